"""Reading credit notes and balances: the list, one with its lines, and the ledger of a customer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts import Tenant, get_scoped, matches, scoped
from models.billing.tables import (
    BalanceEntry,
    CreditNote,
    CreditNoteLine,
    Invoice,
    Refund,
)
from models.kernel import clock
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
class CreditNoteRow:
    """A credit note in a list."""

    id: UUID
    number: str
    tenant_id: UUID
    customer: str
    invoice_id: UUID
    invoice: str
    status: str
    currency: str
    total_minor: int
    refunded_minor: int
    to_balance_minor: int
    reduced_minor: int
    outside_minor: int
    reason: str
    issued_on: date
    issued_by: str


@dataclass(frozen=True, slots=True)
class CreditNoteLineRow:
    """How much of a line of the invoice was taken back."""

    invoice_line_id: UUID
    description: str
    amount_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money given back."""

    amount_minor: int
    currency: str
    channel: str
    reference: str
    refunded_on: date


@dataclass(frozen=True, slots=True)
class CreditNoteDetail:
    """A credit note with its lines and refunds."""

    row: CreditNoteRow
    subtotal_minor: int
    tax_minor: int
    voided_at: datetime | None
    lines: tuple[CreditNoteLineRow, ...]
    refunds: tuple[RefundRow, ...]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A movement of a customer's balance; `after_minor` is the running balance of its currency."""

    id: UUID
    created_at: datetime
    kind: str
    currency: str
    amount_minor: int
    after_minor: int
    invoice_id: UUID | None
    invoice: str
    credit_note_id: UUID | None
    credit_note: str
    reason: str


_columns: tuple[Any, ...] = (
    CreditNote.id,
    CreditNote.number,
    CreditNote.tenant_id,
    col(Tenant.name).label("customer"),
    CreditNote.invoice_id,
    col(Invoice.number).label("invoice"),
    CreditNote.status,
    CreditNote.currency,
    CreditNote.total_minor,
    CreditNote.refunded_minor,
    CreditNote.to_balance_minor,
    CreditNote.reduced_minor,
    CreditNote.outside_minor,
    CreditNote.reason,
    CreditNote.issued_on,
    CreditNote.issued_by,
)


def _statement(actor: Actor) -> Select[Any]:
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == CreditNote.tenant_id)
        .join(Invoice, col(Invoice.id) == CreditNote.invoice_id)
    )
    return scoped(statement, CreditNote.tenant_id, actor, Permission.credit_notes_read)


def _build(row: Any) -> CreditNoteRow:
    return CreditNoteRow(*row[: len(_columns)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip().upper()
    if plain.startswith("CN"):
        return col(CreditNote.number).startswith(plain, autoescape=True)
    if plain.startswith("INV"):
        return col(Invoice.number).startswith(plain, autoescape=True)
    return matches(text)


def _this_month() -> ColumnElement[bool]:
    return col(CreditNote.issued_on) >= clock.today().replace(day=1)


CREDIT_NOTES: Listing[CreditNoteRow] = register(
    Listing(
        key="credit_notes",
        title="Credit notes",
        noun="credit note",
        path="/billing/credit-notes",
        permission=Permission.credit_notes_read,
        export_permission=Permission.credit_notes_export,
        statement=_statement,
        build=_build,
        identifier=col(CreditNote.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "number",
                "Number",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/credit-notes/{row.id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column(
                "invoice",
                "Invoice",
                ColumnKind.link,
                lambda row: row.invoice,
                href=lambda row: f"/billing/invoices/{row.invoice_id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("total", "Total", ColumnKind.money, lambda row: money_of(row, "total"), "total"),
            Column("refunded", "Refunded", ColumnKind.money, lambda row: money_of(row, "refunded")),
            Column("to_balance", "To balance", ColumnKind.money, lambda row: money_of(row, "to_balance")),
            Column("reduced", "Reduced due", ColumnKind.money, lambda row: money_of(row, "reduced")),
            Column(
                "outside", "Outside", ColumnKind.money, lambda row: money_of(row, "outside"), is_default=False
            ),
            Column("reason", "Reason", ColumnKind.text, lambda row: row.reason),
            Column("issued_on", "Issued", ColumnKind.date, lambda row: row.issued_on, "issued_on"),
            Column("issued_by", "By", ColumnKind.text, lambda row: row.issued_by),
        ),
        sorts=(
            SortKey("issued_on", col(CreditNote.issued_on), date.fromisoformat),
            SortKey("total", col(CreditNote.total_minor), int),
        ),
        default_sort="-issued_on",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(CreditNote.status),
                (
                    Choice("issued", "Issued"),
                    Choice("void", "Void"),
                    Choice("this_month", "Issued this month", _this_month),
                ),
            ),
            Filter("issued_on", "Issued", FilterKind.date, col(CreditNote.issued_on)),
            Filter("total", "Total", FilterKind.money, col(CreditNote.total_minor)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Number, invoice or customer",
        views=(
            View("all", "All", ""),
            View("this_month", "This month", "f=status:this_month"),
            View("void", "Void", "f=status:void"),
        ),
        total=(col(CreditNote.total_minor), col(CreditNote.currency)),
        empty="A credit note is issued on an invoice: open one, then choose Credit.",
        nouns=frozenset({"tenant", "invoice", "credit_note"}),
    )
)


def get_credit_note(session: Session, actor: Actor, credit_note_id: UUID) -> CreditNoteDetail:
    """One credit note within the actor's reach; NotFound otherwise."""
    note = get_scoped(session, actor, CreditNote, credit_note_id, Permission.credit_notes_read)
    row = session.execute(_statement(actor).where(col(CreditNote.id) == credit_note_id)).one()
    lines = session.exec(
        select_rows(CreditNoteLine)
        .where(CreditNoteLine.credit_note_id == credit_note_id)
        .order_by(col(CreditNoteLine.id))
    )
    refunds = session.exec(select_rows(Refund).where(Refund.credit_note_id == credit_note_id))
    return CreditNoteDetail(
        _build(row),
        note.subtotal_minor,
        note.tax_minor,
        note.voided_at,
        tuple(
            CreditNoteLineRow(each.invoice_line_id, each.description, each.amount_minor, each.tax_minor)
            for each in lines
        ),
        tuple(
            RefundRow(each.amount_minor, each.currency, each.channel, each.reference, each.refunded_on)
            for each in refunds
        ),
    )


def list_credit_notes_of(session: Session, actor: Actor, invoice_id: UUID) -> list[CreditNoteRow]:
    """The credit notes of an invoice, oldest first."""
    statement = _statement(actor).where(col(CreditNote.invoice_id) == invoice_id)
    return [_build(row) for row in session.execute(statement.order_by(col(CreditNote.id)))]


def list_ledger(session: Session, actor: Actor, tenant_id: UUID, limit: int = 100) -> list[LedgerRow]:
    """The newest movements of a customer's balance."""
    get_scoped(session, actor, Tenant, tenant_id, Permission.credit_notes_read)
    columns: tuple[Any, ...] = (
        BalanceEntry.id,
        BalanceEntry.created_at,
        BalanceEntry.kind,
        BalanceEntry.currency,
        BalanceEntry.amount_minor,
        BalanceEntry.balance_after_minor,
        BalanceEntry.invoice_id,
        func.coalesce(Invoice.number, ""),
        BalanceEntry.credit_note_id,
        func.coalesce(CreditNote.number, ""),
        BalanceEntry.reason,
    )
    statement = (
        select(*columns)
        .outerjoin(Invoice, col(Invoice.id) == BalanceEntry.invoice_id)
        .outerjoin(CreditNote, col(CreditNote.id) == BalanceEntry.credit_note_id)
        .where(col(BalanceEntry.tenant_id) == tenant_id)
        .order_by(col(BalanceEntry.id).desc())
        .limit(limit)
    )
    return [LedgerRow(*row) for row in session.execute(statement)]
