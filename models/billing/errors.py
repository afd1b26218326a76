"""Refusals of the billing context that several places raise."""

from models.kernel.errors import Conflict


class PreviewStale(Conflict):
    """What was shown would not happen any more; nothing was done."""

    def __init__(self) -> None:
        super().__init__(
            "preview.stale",
            "Something this was computed from has changed since. Look at the new amounts first.",
        )
