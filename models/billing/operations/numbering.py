"""Numbers without gaps: taken under the lock of their series, in the transaction that uses them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from models.billing.errors import NumberingFailed
from models.billing.tables import CreditNote, Invoice, LegalEntity

# A number that was taken in a transaction that fails is taken again by the next: the series has no gaps.
TAKE = text(
    "INSERT INTO number_series (series, next_number) VALUES (:series, 1 + :count) "
    "ON CONFLICT (series) DO UPDATE SET next_number = number_series.next_number + :count "
    "RETURNING next_number - :count"
)
FIGURES = 6


def take_invoice_numbers(session: Session, *, legal_entity: str, year: int, count: int) -> Sequence[str]:
    """The next `count` invoice numbers of an entity's year, e.g. `INV-2026-000123`.

    Holds the series until the transaction ends, so take numbers last. Raises NumberingFailed for an entity that is
    not there, and where the series stands behind numbers that are used.
    """
    prefix = _entity(session, legal_entity).invoice_prefix
    return _take(session, f"{prefix}-{year}", count, col(Invoice.number))


def take_credit_note_number(session: Session, *, legal_entity: str, year: int) -> str:
    """The next credit note number of an entity's year, e.g. `CN-2026-000007`; raises as `take_invoice_numbers`."""
    prefix = _entity(session, legal_entity).credit_note_prefix
    return _take(session, f"{prefix}-{year}", 1, col(CreditNote.number))[0]


def _entity(session: Session, key: str) -> LegalEntity:
    found = session.exec(select(LegalEntity).where(LegalEntity.key == key)).first()
    if found is None:
        raise NumberingFailed(
            "numbering.no_entity",
            f"There is no legal entity “{key}” to take a number from. "
            "Choose another one in the customer's billing details, then retry the step.",
        )
    return found


def _take(session: Session, series: str, count: int, numbers: Mapped[str]) -> Sequence[str]:
    first = session.execute(TAKE, {"series": series, "count": count}).scalar_one()
    taken = [f"{series}-{number:0{FIGURES}}" for number in range(first, first + count)]
    # Up to a million all of a series have the same length, so that text compares as numbers do.
    among = (numbers >= taken[0]) & (numbers <= taken[-1])
    used = session.scalars(select(numbers).where(among).limit(1)).first()
    if used is not None:
        raise NumberingFailed(
            "numbering.behind",
            f"The number {used} is used already: the series {series} stands behind. "
            "Have an administrator set it beyond the last number used, then retry the step.",
        )
    return taken


def draft_number(invoice_id: UUID) -> str:
    """What a draft is called until it is issued, e.g. `DRAFT-9B0F12AC`."""
    return f"DRAFT-{invoice_id.hex[-8:].upper()}"
