"""Refusals of the billing context that several places raise."""

from models.kernel.errors import Conflict


class NumberingFailed(Conflict):
    """The series gives no number, so nothing is issued; a series in use by somebody else is `Unavailable`."""


class PreviewStale(Conflict):
    """What was shown would not happen any more; nothing was done."""

    def __init__(self, fact: str = "Something this was computed from has changed since.") -> None:
        super().__init__("preview.stale", f"{fact} Look at the new figures first.")
