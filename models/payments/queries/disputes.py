"""Disputes: which answer is due, and by when?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from models.accounts import Tenant, matches, scoped
from models.billing import Invoice
from models.integrations.stripe import DisputeStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    money_of,
    register,
)
from models.kernel.permissions import Permission
from models.payments.rules.dispute_status import ANSWERABLE
from models.payments.tables import Dispute

STANDINGS = {
    DisputeStatus.warning_needs_response: "Inquiry to answer",
    DisputeStatus.warning_under_review: "Inquiry under review",
    DisputeStatus.warning_closed: "Inquiry closed",
    DisputeStatus.needs_response: "To answer",
    DisputeStatus.under_review: "Under review",
    DisputeStatus.won: "Won",
    DisputeStatus.lost: "Lost",
    DisputeStatus.prevented: "Prevented",
}


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute; no `evidence_due_at`: the bank takes no answer."""

    id: UUID
    tenant_id: UUID
    customer: str
    invoice_id: UUID
    number: str
    charge_id: UUID
    vendor_id: str
    status: str
    reason: str
    currency: str
    amount_minor: int
    evidence_due_at: datetime | None
    submitted_at: datetime | None
    opened_at: datetime


_columns: tuple[Any, ...] = (
    Dispute.id,
    Dispute.tenant_id,
    col(Tenant.name).label("customer"),
    Dispute.invoice_id,
    Invoice.number,
    Dispute.charge_id,
    Dispute.vendor_id,
    Dispute.status,
    Dispute.reason,
    Dispute.currency,
    Dispute.amount_minor,
    Dispute.evidence_due_at,
    Dispute.submitted_at,
    Dispute.opened_at,
)


def dispute_statement(actor: Actor) -> Select[Any]:
    """Disputes within the actor's reach."""
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == Dispute.tenant_id)
        .join(Invoice, col(Invoice.id) == Dispute.invoice_id)
    )
    return scoped(statement, Dispute.tenant_id, actor, Permission.payments_read)


def build_dispute_row(row: Any) -> DisputeRow:
    """A row of the statement."""
    return DisputeRow(*row[: len(_columns)])


def get_dispute(session: Session, actor: Actor, dispute_id: UUID) -> tuple[DisputeRow, dict[str, str]]:
    """One dispute and the texts kept for its answer, by Stripe's names; NotFound out of reach."""
    statement = dispute_statement(actor).add_columns(col(Dispute.evidence))
    row = session.execute(statement.where(col(Dispute.id) == dispute_id)).first()
    if row is None:
        raise NotFound("dispute", dispute_id)
    return build_dispute_row(row), dict(row.evidence)


def find_dispute_of(session: Session, actor: Actor, charge_id: UUID) -> DisputeRow | None:
    """The newest dispute of a charge, None where there is none."""
    statement = dispute_statement(actor).where(col(Dispute.charge_id) == charge_id)
    row = session.execute(statement.order_by(col(Dispute.id).desc())).first()
    return None if row is None else build_dispute_row(row)


def _to_answer() -> ColumnElement[bool]:
    is_in_time = or_(col(Dispute.evidence_due_at).is_(None), col(Dispute.evidence_due_at) > clock.now())
    return and_(col(Dispute.status).in_(ANSWERABLE), col(Dispute.submitted_at).is_(None), is_in_time)


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    if plain.startswith(("dp_", "du_")):
        return col(Dispute.vendor_id) == plain
    number = plain.upper()
    return (
        col(Invoice.number).startswith(number, autoescape=True) if number.startswith("INV") else matches(text)
    )


DISPUTES: Listing[DisputeRow] = register(
    Listing(
        key="disputes",
        title="Disputes",
        noun="dispute",
        path="/billing/disputes",
        permission=Permission.payments_read,
        export_permission=Permission.invoices_export,
        statement=dispute_statement,
        build=build_dispute_row,
        identifier=col(Dispute.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "number",
                "Dispute of",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/disputes/{row.id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column("amount", "Amount", ColumnKind.money, lambda row: money_of(row, "amount"), "amount"),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("due_at", "Answer due", ColumnKind.instant, lambda row: row.evidence_due_at),
            Column(
                "reason", "Reason", ColumnKind.text, lambda row: row.reason.replace("_", " ").capitalize()
            ),
            Column("opened_at", "Opened", ColumnKind.instant, lambda row: row.opened_at, "opened_at"),
            Column("answered_at", "Answered", ColumnKind.instant, lambda row: row.submitted_at),
            Column("vendor_id", "Stripe id", ColumnKind.code, lambda row: row.vendor_id, is_default=False),
        ),
        sorts=(
            SortKey("opened_at", col(Dispute.opened_at), datetime.fromisoformat),
            SortKey("amount", col(Dispute.amount_minor), int),
        ),
        default_sort="-opened_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Dispute.status),
                (
                    *(Choice(each.value, label) for each, label in STANDINGS.items()),
                    Choice("to_answer", "Waiting for our answer", _to_answer),
                ),
            ),
            Filter("due", "Answer due", FilterKind.date, col(Dispute.evidence_due_at)),
            Filter("amount", "Amount", FilterKind.money, col(Dispute.amount_minor)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Invoice number, customer, or the id at Stripe",
        views=(
            View("all", "All", ""),
            View("to_answer", "To answer", "f=status:to_answer"),
            View("lost", "Lost", "f=status:lost"),
            View("won", "Won", "f=status:won"),
        ),
        total=(col(Dispute.amount_minor), col(Dispute.currency)),
        empty="A dispute appears when a payer's bank takes a payment back. Stripe tells us within minutes.",
        nouns=frozenset({"tenant", "invoice"}),
        labels={each.value: label for each, label in STANDINGS.items()},
    )
)
