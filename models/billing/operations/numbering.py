"""Numbers without gaps: taken under the lock of their series, in the transaction that uses them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, select

from models.billing.tables import LegalEntity
from models.kernel.errors import NotFound

# A number that was taken in a transaction that fails is taken again by the next: the series has no gaps.
TAKE = text(
    "INSERT INTO number_series (series, next_number) VALUES (:series, 1 + :count) "
    "ON CONFLICT (series) DO UPDATE SET next_number = number_series.next_number + :count "
    "RETURNING next_number - :count"
)
FIGURES = 6


def take_invoice_numbers(session: Session, *, legal_entity: str, year: int, count: int) -> Sequence[str]:
    """The next `count` invoice numbers of an entity's year, e.g. `INV-2026-000123`.

    Holds the series until the transaction ends, so take numbers last.
    """
    return _take(session, f"{_entity(session, legal_entity).invoice_prefix}-{year}", count)


def take_credit_note_number(session: Session, *, legal_entity: str, year: int) -> str:
    """The next credit note number of an entity's year, e.g. `CN-2026-000007`."""
    return _take(session, f"{_entity(session, legal_entity).credit_note_prefix}-{year}", 1)[0]


def _entity(session: Session, key: str) -> LegalEntity:
    found = session.exec(select(LegalEntity).where(LegalEntity.key == key)).first()
    if found is None:
        raise NotFound("legal_entity", key)
    return found


def _take(session: Session, series: str, count: int) -> Sequence[str]:
    first = session.execute(TAKE, {"series": series, "count": count}).scalar_one()
    return [f"{series}-{number:0{FIGURES}}" for number in range(first, first + count)]


def draft_number(invoice_id: UUID) -> str:
    """What a draft is called until it is issued, e.g. `DRAFT-9B0F12AC`."""
    return f"DRAFT-{invoice_id.hex[-8:].upper()}"
