"""Finding invoices by what somebody types: a customer, or the beginning of a number."""

import re
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, false, func, select
from sqlmodel import Session, col

from models.accounts import matches, matching_tenant_ids
from models.billing.tables import Invoice

# Up to this many matching customers the planner is given their ids: it looks their invoices up, or walks the
# list's own order past a hash of them. Beyond it that walk finds a page before it has asked many customers.
FEW_TENANTS = 1_000
# Up to this many invoices whose number begins so, their dates say which part of the list to walk.
FEW_NUMBERS = 20_000
# A series is named for the year in which its invoices are issued.
_SERIES_YEAR = re.compile(r"INV-(2\d{3})(?:-|$)")


def matching_invoices(session: Session, text: str) -> ColumnElement[bool]:
    """Invoices whose number begins so (`INV-2026-0001`), or of customers that match."""
    plain = text.strip().upper()
    if plain.startswith("INV"):
        return _numbered(session, plain)
    ids = matching_tenant_ids(session, text, FEW_TENANTS)
    if len(ids) <= FEW_TENANTS:
        # Written into the statement, so that PostgreSQL plans for these very ids and may hash them.
        return col(Invoice.tenant_id).in_(bindparam(None, ids, expanding=True, literal_execute=True))
    return matches(text)


def _numbered(session: Session, beginning: str) -> ColumnElement[bool]:
    """Numbers that begin so, within their dates: the planner takes such numbers to be spread over all years."""
    begins = col(Invoice.number).startswith(beginning, autoescape=True)
    some = select(Invoice.issued_on).where(begins).limit(FEW_NUMBERS + 1).subquery()  # type: ignore[call-overload]
    dates = some.c.issued_on
    found, first, last = session.execute(select(func.count(), func.min(dates), func.max(dates))).one()
    if not found:
        return false()
    if found <= FEW_NUMBERS:
        return and_(begins, col(Invoice.issued_on).between(first, last))
    series = _SERIES_YEAR.match(beginning)
    if series is None:
        return begins
    year = int(series[1])
    return and_(begins, col(Invoice.issued_on).between(date(year, 1, 1), date(year, 12, 31)))
