"""Refusals of dunning that several places raise."""

from models.kernel.errors import Conflict


class CaseClosed(Conflict):
    """Nothing can be done with a case that has ended."""

    def __init__(self, status: str) -> None:
        super().__init__(
            "dunning_case.closed",
            f"This case is {status} already. Nothing is chased any more.",
            status=status,
        )
