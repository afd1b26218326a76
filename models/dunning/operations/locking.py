"""Locks of cases: everything that changes one holds its row."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.dunning.tables import DunningCase


def is_open() -> ColumnElement[bool]:
    """Still chased: as the partial indexes have it, so that the planner finds them."""
    return col(DunningCase.closed_at).is_(None)


def lock_open_case(session: Session, invoice_id: UUID) -> DunningCase | None:
    """The open case of the invoice, locked and read anew; None where nobody chases it."""
    found = lock_open_cases_of(session, DunningCase.invoice_id == invoice_id)
    return found[0] if found else None


def lock_open_cases_of(session: Session, *where: Any) -> list[DunningCase]:
    """The open cases that fit, locked in one order and read anew."""
    session.flush()
    statement = (
        select(DunningCase)
        .where(is_open(), *where)
        .order_by(col(DunningCase.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement))
