"""Reading invoices: the list, and one with lines and payments."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts import Tenant, get_scoped, scoped
from models.billing.queries.invoice_search import matching_invoices
from models.billing.tables import Invoice, InvoiceLine, InvoiceStatus, Payment
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

MAX_NUMBER = 30


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list."""

    id: UUID
    number: str
    tenant_id: UUID
    customer: str
    status: str
    currency: str
    total_minor: int
    due_minor: int
    paid_minor: int
    issued_on: date
    due_on: date
    period_start_on: date
    period_until_on: date
    subscription_id: UUID | None
    country: str

    @property
    def days_overdue(self) -> int:
        """Days since the due date while money is due, else 0."""
        return max((clock.today() - self.due_on).days, 0) if self.due_minor > 0 else 0


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an invoice."""

    id: UUID
    position: int
    description: str
    quantity: int
    unit_amount_minor: int
    amount_minor: int
    period_start_on: date
    period_until_on: date
    derivation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment on an invoice."""

    id: UUID
    amount_minor: int
    currency: str
    channel: str
    status: str
    received_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class InvoiceDetail:
    """An invoice with its lines and payments."""

    row: InvoiceRow
    subtotal_minor: int
    tax_minor: int
    paid_at: datetime | None
    voided_at: datetime | None
    version: int
    lines: tuple[LineRow, ...]
    payments: tuple[PaymentRow, ...]


_columns: tuple[Any, ...] = (
    Invoice.id,
    Invoice.number,
    Invoice.tenant_id,
    col(Tenant.name).label("customer"),
    Invoice.status,
    Invoice.currency,
    Invoice.total_minor,
    Invoice.due_minor,
    Invoice.paid_minor,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.period_start_on,
    Invoice.period_until_on,
    Invoice.subscription_id,
    Tenant.country,
)


def _statement(actor: Actor) -> Select[Any]:
    statement = select(*_columns).join(Tenant, col(Tenant.id) == Invoice.tenant_id)
    return scoped(statement, Invoice.tenant_id, actor, Permission.invoices_read)


def _build(row: Any) -> InvoiceRow:
    return InvoiceRow(*row[: len(_columns)])


def _overdue() -> ColumnElement[bool]:
    return and_(col(Invoice.status) == InvoiceStatus.open, col(Invoice.due_on) < clock.today())


def _part_paid() -> ColumnElement[bool]:
    return and_(col(Invoice.status) == InvoiceStatus.open, col(Invoice.paid_minor) > 0)


INVOICES: Listing[InvoiceRow] = register(
    Listing(
        key="invoices",
        title="Invoices",
        noun="invoice",
        path="/billing/invoices",
        permission=Permission.invoices_read,
        export_permission=Permission.invoices_export,
        statement=_statement,
        build=_build,
        identifier=col(Invoice.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "number",
                "Number",
                ColumnKind.link,
                lambda row: row.number,
                "number",
                href=lambda row: f"/billing/invoices/{row.id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.status,
                note=lambda row: f"Overdue {row.days_overdue} d" if row.days_overdue else "",
            ),
            Column("total", "Total", ColumnKind.money, lambda row: money_of(row, "total"), "total"),
            Column(
                "due",
                "Due",
                ColumnKind.money,
                lambda row: money_of(row, "due") if row.status == InvoiceStatus.open else None,
            ),
            Column("issued_on", "Issued", ColumnKind.date, lambda row: row.issued_on, "issued_on"),
            Column("due_on", "Due on", ColumnKind.date, lambda row: row.due_on),
            Column("paid", "Paid", ColumnKind.money, lambda row: money_of(row, "paid"), is_default=False),
            Column(
                "period_start_on",
                "Period from",
                ColumnKind.date,
                lambda row: row.period_start_on,
                is_default=False,
            ),
            Column("country", "Country", ColumnKind.text, lambda row: row.country, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("issued_on", col(Invoice.issued_on), date.fromisoformat),
            SortKey("total", col(Invoice.total_minor), int),
            SortKey("number", col(Invoice.number), str),
        ),
        default_sort="-issued_on",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Invoice.status),
                (
                    Choice("draft", "Draft"),
                    Choice("open", "Open"),
                    Choice("overdue", "Overdue", _overdue),
                    Choice("part_paid", "Part paid", _part_paid),
                    Choice("paid", "Paid"),
                    Choice("void", "Void"),
                    Choice("uncollectible", "Written off"),
                ),
            ),
            Filter("issued_on", "Issued", FilterKind.date, col(Invoice.issued_on)),
            Filter("due_on", "Due on", FilterKind.date, col(Invoice.due_on)),
            Filter("total", "Total", FilterKind.money, col(Invoice.total_minor)),
            Filter("country", "Country", FilterKind.text, col(Tenant.country)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=matching_invoices,
        search_hint="Number or customer",
        views=(
            View("all", "All", ""),
            View("open", "Open", "f=status:open"),
            View("overdue", "Overdue", "f=status:overdue"),
            View("paid", "Paid", "f=status:paid"),
            View("void", "Written off and void", "f=status:void,uncollectible"),
        ),
        total=(col(Invoice.due_minor), col(Invoice.currency)),
        empty="Invoices appear when a subscription bills.",
        labels={"uncollectible": "Written off"},
    )
)


def get_invoice(session: Session, actor: Actor, invoice_id: UUID) -> InvoiceDetail:
    """One invoice within the actor's reach; NotFound otherwise."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_read)
    row = session.execute(_statement(actor).where(col(Invoice.id) == invoice_id)).one()
    lines = session.exec(
        select_rows(InvoiceLine)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(col(InvoiceLine.position))
    )
    payments = session.exec(
        select_rows(Payment)
        .where(Payment.invoice_id == invoice_id)
        .order_by(col(Payment.received_on), col(Payment.id))
    )
    return InvoiceDetail(
        _build(row),
        invoice.subtotal_minor,
        invoice.tax_minor,
        invoice.paid_at,
        invoice.voided_at,
        invoice.version,
        tuple(_fields(LineRow, each) for each in lines),
        tuple(_fields(PaymentRow, each) for each in payments),
    )


def list_recent_invoices(
    session: Session,
    actor: Actor,
    *,
    tenant_id: UUID | None = None,
    subscription_id: UUID | None = None,
    limit: int = 24,
) -> list[InvoiceRow]:
    """The newest invoices of a customer or subscription."""
    statement = _statement(actor)
    if tenant_id is not None:
        statement = statement.where(col(Invoice.tenant_id) == tenant_id)
    if subscription_id is not None:
        statement = statement.where(col(Invoice.subscription_id) == subscription_id)
    statement = statement.order_by(col(Invoice.issued_on).desc(), col(Invoice.id).desc()).limit(limit)
    return [_build(row) for row in session.execute(statement)]


def find_invoices(session: Session, actor: Actor, text: str, limit: int = 6) -> list[InvoiceRow]:
    """Invoices whose number begins so; bare figures are looked up in the latest year's series first."""
    plain = text.strip().upper().lstrip("#")
    if not plain or len(plain) > MAX_NUMBER:
        return []
    digits = plain.zfill(6) if plain.isdigit() else ""
    years = range(clock.today().year, clock.today().year - 8, -1)
    clauses = [col(Invoice.number).startswith(plain, autoescape=True)]
    if digits:
        clauses.append(col(Invoice.number).in_([f"INV-{year}-{digits}" for year in years]))
    statement = _statement(actor).where(or_(*clauses)).order_by(col(Invoice.number).desc()).limit(limit)
    return [_build(row) for row in session.execute(statement)]


def _fields(target: Any, row: Any) -> Any:
    return target(**{name: getattr(row, name) for name in target.__dataclass_fields__})
