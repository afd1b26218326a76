"""The list of refunds: did the money reach the customer?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col

from models.accounts import Tenant, matches, scoped
from models.billing import CreditNote, Invoice
from models.kernel.actor import Actor
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
from models.payments.tables import RefundTransfer, TransferStatus

ON_THE_WAY = (TransferStatus.requested, TransferStatus.sent, TransferStatus.pending)


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund; `sentence` says why it did not arrive, or why nobody knows yet."""

    id: UUID
    tenant_id: UUID
    customer: str
    invoice_id: UUID
    number: str
    charge_id: UUID
    credit_note_id: UUID
    credit_note: str
    reason: str
    status: str
    currency: str
    amount_minor: int
    vendor_id: str | None
    sentence: str
    created_at: datetime
    finished_at: datetime | None


_columns: tuple[Any, ...] = (
    RefundTransfer.id,
    RefundTransfer.tenant_id,
    col(Tenant.name).label("customer"),
    RefundTransfer.invoice_id,
    Invoice.number,
    RefundTransfer.charge_id,
    RefundTransfer.credit_note_id,
    col(CreditNote.number).label("credit_note"),
    CreditNote.reason,
    RefundTransfer.status,
    RefundTransfer.currency,
    RefundTransfer.amount_minor,
    RefundTransfer.vendor_id,
    RefundTransfer.sentence,
    RefundTransfer.created_at,
    RefundTransfer.finished_at,
)


def refund_statement(actor: Actor) -> Select[Any]:
    """Refunds within the actor's reach."""
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == RefundTransfer.tenant_id)
        .join(Invoice, col(Invoice.id) == RefundTransfer.invoice_id)
        .join(CreditNote, col(CreditNote.id) == RefundTransfer.credit_note_id)
    )
    return scoped(statement, RefundTransfer.tenant_id, actor, Permission.payments_read)


def build_refund_row(row: Any) -> RefundRow:
    """A row of the statement."""
    return RefundRow(*row[: len(_columns)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    number = plain.upper()
    if plain.startswith("re_"):
        return col(RefundTransfer.vendor_id) == plain
    if number.startswith(("INV", "CN")):
        return or_(
            col(Invoice.number).startswith(number, autoescape=True),
            col(CreditNote.number).startswith(number, autoescape=True),
        )
    return matches(text)


def _on_the_way() -> ColumnElement[bool]:
    return col(RefundTransfer.status).in_(ON_THE_WAY)


REFUNDS: Listing[RefundRow] = register(
    Listing(
        key="refunds",
        title="Refunds",
        noun="refund",
        path="/billing/refunds",
        permission=Permission.payments_read,
        export_permission=Permission.invoices_export,
        statement=refund_statement,
        build=build_refund_row,
        identifier=col(RefundTransfer.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "credit_note",
                "Refund of",
                ColumnKind.link,
                lambda row: row.credit_note,
                href=lambda row: f"/billing/charges/{row.charge_id}?tab=refunds",
            ),
            Column("created_at", "Asked", ColumnKind.instant, lambda row: row.created_at, "created_at"),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column(
                "number",
                "Invoice",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/invoices/{row.invoice_id}",
            ),
            Column("amount", "Amount", ColumnKind.money, lambda row: money_of(row, "amount"), "amount"),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("reason", "Reason", ColumnKind.text, lambda row: row.reason),
            Column("sentence", "What happened", ColumnKind.text, lambda row: row.sentence or None),
            Column("finished_at", "Finished", ColumnKind.instant, lambda row: row.finished_at),
            Column(
                "vendor_id", "Stripe id", ColumnKind.code, lambda row: row.vendor_id or None, is_default=False
            ),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("created_at", col(RefundTransfer.id), UUID),
            SortKey("amount", col(RefundTransfer.amount_minor), int),
        ),
        default_sort="-created_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(RefundTransfer.status),
                (
                    *(Choice(each.value, each.value.capitalize()) for each in TransferStatus),
                    Choice("on_the_way", "On the way", _on_the_way),
                ),
            ),
            Filter("created", "Asked", FilterKind.date, col(RefundTransfer.created_at)),
            Filter("amount", "Amount", FilterKind.money, col(RefundTransfer.amount_minor)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Invoice, credit note, customer, or re_…",
        views=(
            View("all", "All", ""),
            View("on_the_way", "On the way", "f=status:on_the_way"),
            View("failed", "Failed", "f=status:failed"),
        ),
        total=(col(RefundTransfer.amount_minor), col(RefundTransfer.currency)),
        empty="A refund appears when money goes back through the charge it came with: open the charge and choose Refund.",
        nouns=frozenset({"tenant", "invoice", "credit_note"}),
    )
)
