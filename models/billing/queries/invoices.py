"""Reading invoices: one with lines and payments, a customer's newest, and by number."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts import get_scoped
from models.billing.operations.draft_totals import UNISSUED
from models.billing.queries.invoice_listing import INVOICES
from models.billing.queries.invoice_rows import (
    InvoiceDetail,
    InvoiceRow,
    LineRow,
    LinkedInvoice,
    PaymentRow,
    build_invoice_row,
    invoice_statement,
)
from models.billing.tables import Invoice, InvoiceApproval, InvoiceLine, InvoiceStatus, Payment
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

MAX_NUMBER = 30

__all__ = [
    "INVOICES",
    "InvoiceDetail",
    "InvoiceRow",
    "LineRow",
    "PaymentRow",
    "find_invoices",
    "get_invoice",
    "list_recent_invoices",
]


def get_invoice(session: Session, actor: Actor, invoice_id: UUID) -> InvoiceDetail:
    """One invoice within the actor's reach; NotFound otherwise."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_read)
    row = session.execute(invoice_statement(actor).where(col(Invoice.id) == invoice_id)).one()
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
        build_invoice_row(row),
        invoice.subtotal_minor,
        invoice.tax_minor,
        invoice.paid_at,
        invoice.voided_at,
        invoice.version,
        invoice.legal_entity,
        invoice.tax_note,
        invoice.memo,
        tuple(invoice.review),
        _approvals(session, invoice),
        invoice.failure,
        invoice.edited_by,
        tuple(_fields(LineRow, each) for each in lines),
        tuple(_fields(PaymentRow, each) for each in payments),
        _linked(session, col(Invoice.id) == invoice.replaces_id) if invoice.replaces_id else None,
        _linked(session, col(Invoice.replaces_id) == invoice.id)
        if invoice.status == InvoiceStatus.void
        else None,
    )


def _linked(session: Session, which: ColumnElement[bool]) -> LinkedInvoice | None:
    """Another invoice of the same customer."""
    found = session.exec(select_rows(Invoice).where(which)).first()
    return LinkedInvoice(found.id, found.number, found.status not in UNISSUED) if found else None


def _approvals(session: Session, invoice: Invoice) -> int:
    if invoice.status != InvoiceStatus.draft:
        return 0
    statement = select(func.count()).where(
        col(InvoiceApproval.invoice_id) == invoice.id, col(InvoiceApproval.invoice_version) == invoice.version
    )
    return int(session.execute(statement).scalar_one())


def list_recent_invoices(
    session: Session,
    actor: Actor,
    *,
    tenant_id: UUID | None = None,
    subscription_id: UUID | None = None,
    limit: int = 24,
) -> list[InvoiceRow]:
    """The newest invoices of a customer or subscription."""
    statement = invoice_statement(actor)
    if tenant_id is not None:
        statement = statement.where(col(Invoice.tenant_id) == tenant_id)
    if subscription_id is not None:
        statement = statement.where(col(Invoice.subscription_id) == subscription_id)
    statement = statement.order_by(col(Invoice.issued_on).desc(), col(Invoice.id).desc()).limit(limit)
    return [build_invoice_row(row) for row in session.execute(statement)]


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
    statement = (
        invoice_statement(actor).where(or_(*clauses)).order_by(col(Invoice.number).desc()).limit(limit)
    )
    return [build_invoice_row(row) for row in session.execute(statement)]


def _fields(target: Any, row: Any) -> Any:
    return target(**{name: getattr(row, name) for name in target.__dataclass_fields__})
