"""A customer's statement: all that changed what they owe us between two dates, in one currency."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.accounts import Tenant, get_scoped
from models.billing.operations.draft_totals import UNISSUED
from models.billing.tables import (
    BalanceEntry,
    BalanceKind,
    CreditNote,
    CreditNoteStatus,
    Invoice,
    InvoiceStatus,
    Payment,
    PaymentStatus,
    Refund,
)
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission

MAX_DAYS = 366 * 5


class StatementKind(StrEnum):
    """What a row of a statement is, in the order of a day."""

    invoice = "invoice"
    credit_note = "credit_note"
    payment = "payment"
    refund = "refund"
    outside = "outside"
    adjustment = "adjustment"
    void = "void"
    credit_note_void = "credit_note_void"
    write_off = "write_off"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One change; positive is owed to us, negative in the customer's favour."""

    on: date
    kind: StatementKind
    reference: str
    amount_minor: int
    balance_minor: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """Opening and closing balance with every change between; the closing day is included.

    Positive is owed to us: open invoices less the balance we hold in the customer's favour.
    """

    tenant_id: UUID
    currency: str
    from_on: date
    last_on: date
    opening: Money
    rows: tuple[StatementRow, ...]
    closing: Money


def get_statement(
    session: Session, actor: Actor, *, tenant_id: UUID, currency: str, from_on: date, last_on: date
) -> Statement:
    """The statement of a customer within the actor's reach; refuses dates in the wrong order or too far apart."""
    tenant = get_scoped(session, actor, Tenant, tenant_id, Permission.credit_notes_read)
    if not timedelta(0) <= last_on - from_on <= timedelta(days=MAX_DAYS):
        raise Invalid(
            "statement.dates_unusable",
            "The last day is on or after the first one, and at most five years later.",
            field="last_on",
        )
    found = sorted(_changes(session, tenant, currency), key=_order)
    opening = sum(each.amount_minor for each in found if each.on < from_on)
    balance, rows = opening, []
    for each in found:
        if from_on <= each.on <= last_on:
            balance += each.amount_minor
            rows.append(StatementRow(each.on, each.kind, each.reference, each.amount_minor, balance))
    return Statement(
        tenant_id, currency, from_on, last_on, Money(opening, currency), tuple(rows), Money(balance, currency)
    )


def list_statement_currencies(session: Session, actor: Actor, tenant_id: UUID) -> list[str]:
    """Currencies in which anything stands between the customer and us; their own one first."""
    tenant = get_scoped(session, actor, Tenant, tenant_id, Permission.credit_notes_read)
    used = session.exec(select(Invoice.currency).where(Invoice.tenant_id == tenant_id).distinct()).all()
    held = session.exec(
        select(BalanceEntry.currency).where(BalanceEntry.tenant_id == tenant_id).distinct()
    ).all()
    return [tenant.currency, *sorted({*used, *held} - {tenant.currency})]


# Movements of the balance that no other document tells of.
_OWN_ROWS = {
    BalanceKind.adjustment: StatementKind.adjustment,
    BalanceKind.overpayment: StatementKind.payment,
}
_DAY_ORDER = {kind: position for position, kind in enumerate(StatementKind)}


def _order(row: StatementRow) -> tuple[date, int, str]:
    return (row.on, _DAY_ORDER[row.kind], row.reference)


def _changes(session: Session, tenant: Tenant, currency: str) -> Iterator[StatementRow]:
    zone = ZoneInfo(tenant.time_zone)
    yield from _invoices(session, tenant.id, currency, zone)
    yield from _credit_notes(session, tenant.id, currency, zone)
    yield from _payments(session, tenant.id, currency)
    entries = select(BalanceEntry).where(
        BalanceEntry.tenant_id == tenant.id,
        BalanceEntry.currency == currency,
        col(BalanceEntry.kind).in_(_OWN_ROWS),
    )
    for entry in session.exec(entries):
        on = _day(entry.created_at, zone)
        yield StatementRow(on, _OWN_ROWS[BalanceKind(entry.kind)], entry.reason, -entry.amount_minor)


def _invoices(session: Session, tenant_id: UUID, currency: str, zone: ZoneInfo) -> Iterator[StatementRow]:
    statement = select(Invoice).where(
        Invoice.tenant_id == tenant_id,
        Invoice.currency == currency,
        col(Invoice.status).not_in(UNISSUED),
        # A draft that was voided was never a demand.
        ~col(Invoice.number).startswith("DRAFT-"),
    )
    for each in session.exec(statement):
        yield StatementRow(each.issued_on, StatementKind.invoice, each.number, each.total_minor)
        if each.voided_at is not None:
            on = max(_day(each.voided_at, zone), each.issued_on)
            yield StatementRow(on, StatementKind.void, each.number, -each.total_minor)
        if each.status == InvoiceStatus.uncollectible and each.written_off_at is not None:
            lost = each.total_minor - each.balance_minor - each.reduced_minor - each.paid_minor
            yield StatementRow(_day(each.written_off_at, zone), StatementKind.write_off, each.number, -lost)


def _credit_notes(session: Session, tenant_id: UUID, currency: str, zone: ZoneInfo) -> Iterator[StatementRow]:
    statement = select(CreditNote).where(CreditNote.tenant_id == tenant_id, CreditNote.currency == currency)
    for note in session.exec(statement):
        yield StatementRow(note.issued_on, StatementKind.credit_note, note.number, -note.total_minor)
        if note.status == CreditNoteStatus.void and note.voided_at is not None:
            on = max(_day(note.voided_at, zone), note.issued_on)
            yield StatementRow(on, StatementKind.credit_note_void, note.number, note.total_minor)
        if note.outside_minor:
            yield StatementRow(note.issued_on, StatementKind.outside, note.number, note.outside_minor)


def _payments(session: Session, tenant_id: UUID, currency: str) -> Iterator[StatementRow]:
    payments = (
        select(Payment, Invoice.number)
        .join(Invoice, col(Invoice.id) == Payment.invoice_id)
        .where(Payment.tenant_id == tenant_id, Payment.currency == currency)
        .where(Payment.status == PaymentStatus.succeeded)
    )
    for payment, number in session.exec(payments):
        yield StatementRow(payment.received_on, StatementKind.payment, number, -payment.amount_minor)
    refunds = (
        select(Refund, CreditNote.number)
        .join(CreditNote, col(CreditNote.id) == Refund.credit_note_id)
        .where(Refund.tenant_id == tenant_id, Refund.currency == currency)
    )
    for refund, number in session.exec(refunds):
        yield StatementRow(refund.refunded_on, StatementKind.refund, number, refund.amount_minor)


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
