"""Locks of cases: everything that changes one holds its row."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.dunning.tables import CaseStatus, DunningCase

OPEN_STATUSES = (CaseStatus.running, CaseStatus.paused, CaseStatus.promised, CaseStatus.waiting_action)


def lock_open_case(session: Session, invoice_id: UUID) -> DunningCase | None:
    """The open case of the invoice, locked and read anew; None where nobody chases it."""
    found = lock_open_cases_of(session, DunningCase.invoice_id == invoice_id)
    return found[0] if found else None


def lock_open_cases_of(session: Session, *where: Any) -> list[DunningCase]:
    """The open cases that fit, locked in one order and read anew."""
    session.flush()
    statement = (
        select(DunningCase)
        .where(col(DunningCase.status).in_(OPEN_STATUSES), *where)
        .order_by(col(DunningCase.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement))
