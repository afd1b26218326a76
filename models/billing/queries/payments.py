"""Reading payments: the list."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from models.accounts import Tenant, matches, scoped
from models.billing.tables import Invoice, Payment, PaymentChannel
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


@dataclass(frozen=True, slots=True)
class PaymentListRow:
    """A payment in a list."""

    id: UUID
    tenant_id: UUID
    customer: str
    invoice_id: UUID
    number: str
    status: str
    channel: str
    currency: str
    amount_minor: int
    received_on: date
    reference: str


_columns: tuple[Any, ...] = (
    Payment.id,
    Payment.tenant_id,
    col(Tenant.name).label("customer"),
    Payment.invoice_id,
    Invoice.number,
    Payment.status,
    Payment.channel,
    Payment.currency,
    Payment.amount_minor,
    Payment.received_on,
    Payment.reference,
)


def _statement(actor: Actor) -> Select[Any]:
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == Payment.tenant_id)
        .join(Invoice, col(Invoice.id) == Payment.invoice_id)
    )
    return scoped(statement, Payment.tenant_id, actor, Permission.payments_read)


def _build(row: Any) -> PaymentListRow:
    return PaymentListRow(*row[: len(_columns)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip().upper()
    return (
        col(Invoice.number).startswith(plain, autoescape=True) if plain.startswith("INV") else matches(text)
    )


PAYMENTS: Listing[PaymentListRow] = register(
    Listing(
        key="payments",
        title="Payments",
        noun="payment",
        path="/billing/payments",
        permission=Permission.payments_read,
        export_permission=Permission.invoices_export,
        statement=_statement,
        build=_build,
        identifier=col(Payment.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "number",
                "Invoice",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/invoices/{row.invoice_id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("amount", "Amount", ColumnKind.money, lambda row: money_of(row, "amount")),
            Column("received_on", "Received", ColumnKind.date, lambda row: row.received_on, "received_on"),
            Column(
                "channel", "Channel", ColumnKind.text, lambda row: row.channel.replace("_", " ").capitalize()
            ),
            Column("reference", "Reference", ColumnKind.text, lambda row: row.reference),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(SortKey("received_on", col(Payment.received_on), date.fromisoformat),),
        default_sort="-received_on",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Payment.status),
                (Choice("succeeded", "Succeeded"), Choice("failed", "Failed")),
            ),
            Filter(
                "channel",
                "Channel",
                FilterKind.choice,
                col(Payment.channel),
                tuple(Choice(each.value, each.replace("_", " ").capitalize()) for each in PaymentChannel),
            ),
            Filter("received_on", "Received", FilterKind.date, col(Payment.received_on)),
            Filter("amount", "Amount", FilterKind.money, col(Payment.amount_minor)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Invoice number or customer",
        views=(View("all", "All", ""), View("failed", "Failed", "f=status:failed")),
        total=(col(Payment.amount_minor), col(Payment.currency)),
        empty="Payments appear when money comes in.",
        nouns=frozenset({"tenant", "invoice", "payment"}),
    )
)
