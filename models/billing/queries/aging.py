"""What is due by how late it is: the parts of the aging bar, which are filters of the list too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session, col

from models.accounts import in_scope
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission


class Age(StrEnum):
    """How many days after its due date an open invoice is."""

    current = "current"
    to_30 = "1-30"
    to_60 = "31-60"
    to_90 = "61-90"
    older = "91+"


# First and last day overdue; None has no end.
DAYS: Mapping[Age, tuple[int | None, int | None]] = {
    Age.current: (None, 0),
    Age.to_30: (1, 30),
    Age.to_60: (31, 60),
    Age.to_90: (61, 90),
    Age.older: (91, None),
}


@dataclass(frozen=True, slots=True)
class AgingPart:
    """What is due in one currency at one age."""

    age: Age
    count: int
    due: Money


@dataclass(frozen=True, slots=True)
class Aging:
    """What is due in one currency, each age in its order."""

    currency: str
    parts: tuple[AgingPart, ...]

    @property
    def count(self) -> int:
        """How many invoices are open."""
        return sum(each.count for each in self.parts)


def is_aged(age: Age) -> ColumnElement[bool]:
    """Whether an invoice is open and this late today (UTC)."""
    first, last = DAYS[age]
    today, due_on = clock.today(), col(Invoice.due_on)
    clauses = [col(Invoice.status) == InvoiceStatus.open]
    if first is not None:
        clauses.append(due_on <= today - timedelta(days=first))
    if last is not None:
        clauses.append(due_on >= today - timedelta(days=last))
    return and_(*clauses)


def list_aging(session: Session, actor: Actor) -> list[Aging]:
    """All that is due within the actor's reach, the currency with most invoices first."""
    age = case(*((is_aged(each), each.value) for each in Age)).label("age")
    statement = (
        select(col(Invoice.currency), age, func.count(), func.sum(col(Invoice.due_minor)))
        .where(col(Invoice.status) == InvoiceStatus.open)
        .where(in_scope(Invoice.tenant_id, actor, Permission.invoices_read))
        .group_by(col(Invoice.currency), age)
    )
    found: dict[str, dict[Age, tuple[int, int]]] = {}
    for currency, bucket, count, minor in session.execute(statement):
        found.setdefault(currency, {})[Age(bucket)] = (count, int(minor))
    rows = [
        Aging(
            currency,
            tuple(
                AgingPart(age, n, Money(minor, currency))
                for age in Age
                for n, minor in [by_age.get(age, (0, 0))]
            ),
        )
        for currency, by_age in found.items()
    ]
    return sorted(rows, key=lambda each: (-each.count, each.currency))
