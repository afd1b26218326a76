"""Refusals of requests that carry what has changed."""

from collections.abc import Sequence

from models.approvals.rules.deciding import Why
from models.approvals.rules.shown import Difference
from models.kernel.errors import Conflict, DomainError, Forbidden, Kind
from models.kernel.money import Money


class OutOfDate(Conflict):
    """What was asked for is not what would happen now; nothing was done."""

    def __init__(self, changes: Sequence[Difference]) -> None:
        told = "; ".join(f"{each.label}: was {_text(each.was)}, now {_text(each.now)}" for each in changes)
        super().__init__(
            "approval.out_of_date",
            f"It has changed since it was asked for{f' ({told})' if told else ''}. "
            "Nothing was done. Whoever asked for it can ask again with a new preview.",
        )
        self.changes = tuple(changes)


def refusal(why: Why) -> DomainError:
    """The reason as the error that a driver understands."""
    kind = Forbidden if why.kind is Kind.forbidden else Conflict
    return kind(why.code, why.sentence)


def _text(value: str | Money | None) -> str:
    if value is None:
        return "nothing"
    return value.format() if isinstance(value, Money) else value
