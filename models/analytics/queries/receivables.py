"""What customers owe: open, overdue, and by age."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.billing import Invoice, InvoiceStatus
from models.kernel import clock

# Label, and the most days since the due date that still belong; None is without end.
_AGES: tuple[tuple[str, int | None], ...] = (
    ("0", 0),
    ("1-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("90+", None),
)


@dataclass(frozen=True, slots=True)
class Age:
    """Open invoices by days since their due date; `label` is `0`, `1-30`, `31-60`, `61-90` or `90+`."""

    label: str
    invoices: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Receivables:
    """What is still to be paid in one currency; `ages` has every label, youngest first."""

    currency: str
    open_invoices: int
    open_minor: int
    overdue_invoices: int
    overdue_minor: int
    ages: tuple[Age, ...]


def receivables(session: Session) -> tuple[Receivables, ...]:
    """Open amounts as of today, by currency; nothing where nothing is open."""
    today = clock.today()
    currency, due_on = col(Invoice.currency), col(Invoice.due_on)
    statement = (
        select(currency, due_on, func.count(), func.sum(col(Invoice.due_minor)))
        .where(col(Invoice.status) == InvoiceStatus.open)
        .group_by(currency, due_on)
    )
    found: dict[str, list[list[int]]] = {}
    for code, due, invoices, minor in session.execute(statement):
        ages = found.setdefault(code, [[0, 0] for _ in _AGES])
        age = ages[_age((today - due).days)]
        age[0] += invoices
        age[1] += int(minor)
    return tuple(_receivables(code, ages) for code, ages in sorted(found.items()))


def _age(days: int) -> int:
    """Index into `_AGES` of so many days since the due date."""
    return next(index for index, (_, most) in enumerate(_AGES) if most is None or days <= most)


def _receivables(currency: str, sums: list[list[int]]) -> Receivables:
    ages = tuple(Age(label, *numbers) for (label, _), numbers in zip(_AGES, sums, strict=True))
    return Receivables(
        currency=currency,
        open_invoices=sum(age.invoices for age in ages),
        open_minor=sum(age.amount_minor for age in ages),
        overdue_invoices=sum(age.invoices for age in ages[1:]),
        overdue_minor=sum(age.amount_minor for age in ages[1:]),
        ages=ages,
    )
