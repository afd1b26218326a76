"""Writing an invoice off: the money is no longer expected, with a reason from a list; and opening it again."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from models.accounts import get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.invoice_status import why_not_reopen, why_not_write_off
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction, ensure_alone


class WriteOffReason(StrEnum):
    """Why money is no longer expected."""

    attempts_exhausted = "attempts_exhausted"
    not_received = "not_received"
    cancelled = "cancelled"
    paused = "paused"
    forgiven = "forgiven"


@dataclass(frozen=True, slots=True)
class WriteOffPreview:
    """What writing off will do; `token` pins the facts it was computed from."""

    number: str
    lost: Money
    days_overdue: int
    token: str


def preview_write_off(session: Session, actor: Actor, *, invoice_id: UUID) -> WriteOffPreview:
    """What `write_off_invoice` would do now; raises the same refusals."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_write_off)
    _ensure_open(invoice)
    late = max((clock.today() - invoice.due_on).days, 0)
    return WriteOffPreview(invoice.number, Money(invoice.due_minor, invoice.currency), late, _token(invoice))


def write_off_invoice(
    session: Session, actor: Actor, *, invoice_id: UUID, reason: str, note: str = "", token: str = ""
) -> Invoice:
    """Expect no more money for an open invoice; a payment that comes after all is still recorded on it.

    `reason` is a word of `WriteOffReason`. Can be undone with `reopen_invoice`. With a preview's `token` the
    invoice must still be what the preview showed. Raises Conflict for any invoice that is not open, ApprovalNeeded
    where more is due than one person may write off alone.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_write_off)
    _ensure_open(invoice)
    if reason not in set(WriteOffReason):
        raise Invalid("write_off.unknown_reason", "Choose why the money is not expected.", field="reason")
    if token and token != _token(invoice):
        raise Conflict(
            "write_off.changed",
            f"Invoice {invoice.number} has changed since the preview. Look at the new preview first.",
        )
    due = Money(invoice.due_minor, invoice.currency)
    ensure_alone(session, actor, LimitedAction.write_off, due, invoice.id)
    before = {"status": invoice.status, "due_minor": invoice.due_minor, "currency": invoice.currency}
    invoice.status = InvoiceStatus.uncollectible
    invoice.written_off_at = invoice.updated_at = clock.now()
    invoice.version += 1
    session.flush()
    words = reason.replace("_", " ").capitalize()
    record_event(
        session,
        actor,
        events.INVOICE_WRITTEN_OFF,
        invoice_subject(invoice),
        reason=f"{words}: {' '.join(note.split())}" if note.strip() else words,
        before=before,
        after={"status": invoice.status, "due_minor": 0, "currency": invoice.currency},
    )
    return invoice


def reopen_invoice(session: Session, actor: Actor, *, invoice_id: UUID, reason: str) -> Invoice:
    """Expect the money of a written-off invoice again: it is open and due as before."""
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_write_off)
    refusal = why_not_reopen(InvoiceStatus(invoice.status))
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    open_again(session, actor, invoice, ensure_reason(reason))
    return invoice


def open_again(session: Session, actor: Actor, invoice: Invoice, reason: str) -> None:
    """Make a written-off invoice that is loaded and locked open, and say why."""
    invoice.status = InvoiceStatus.open
    invoice.written_off_at = None
    invoice.version += 1
    invoice.updated_at = clock.now()
    session.flush()
    record_event(
        session,
        actor,
        events.INVOICE_REOPENED,
        invoice_subject(invoice),
        reason=reason,
        before={"status": InvoiceStatus.uncollectible, "due_minor": 0, "currency": invoice.currency},
        after={"status": invoice.status, "due_minor": invoice.due_minor, "currency": invoice.currency},
    )


def _ensure_open(invoice: Invoice) -> None:
    refusal = why_not_write_off(InvoiceStatus(invoice.status))
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)


def _token(invoice: Invoice) -> str:
    facts = f"{invoice.id}|{invoice.version}|{invoice.status}|{invoice.due_minor}"
    return hashlib.sha256(facts.encode()).hexdigest()
