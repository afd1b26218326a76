"""Invoices: voiding them."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.accounts import get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.invoice_status import why_not_void
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import Subject, record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class VoidPreview:
    """What voiding will do; `token` pins the facts it was computed from."""

    number: str
    no_longer_due: Money
    token: str


def preview_void(session: Session, actor: Actor, *, invoice_id: UUID) -> VoidPreview:
    """What `void_invoice` would do now; raises the same refusals."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_void)
    _ensure_voidable(invoice)
    return VoidPreview(invoice.number, Money(invoice.due_minor, invoice.currency), _token(invoice))


def void_invoice(
    session: Session, actor: Actor, *, invoice_id: UUID, reason: str, token: str = ""
) -> Invoice:
    """Void an invoice nothing was paid on: it is no longer due, and its number stays used.

    Cannot be undone. With a preview's `token` the invoice must still be what the preview showed.
    Raises Conflict where it was paid, is void already or has changed since; Invalid without a reason.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_void)
    _ensure_voidable(invoice)
    text = ensure_reason(reason)
    if token and token != _token(invoice):
        raise Conflict(
            "invoice.changed",
            f"Invoice {invoice.number} has changed since the preview. Look at the new preview first.",
        )
    before = {"status": invoice.status, "due_minor": invoice.due_minor, "currency": invoice.currency}
    invoice.status = InvoiceStatus.void
    invoice.voided_at = invoice.updated_at = clock.now()
    invoice.version += 1
    record_event(
        session,
        actor,
        events.INVOICE_VOIDED,
        invoice_subject(invoice),
        reason=text,
        before=before,
        after={"status": InvoiceStatus.void, "due_minor": 0, "currency": invoice.currency},
    )
    return invoice


def invoice_subject(invoice: Invoice) -> Subject:
    """The invoice as the subject of an event."""
    return Subject("invoice", invoice.id, invoice.number, invoice.tenant_id)


def _ensure_voidable(invoice: Invoice) -> None:
    refusal = why_not_void(InvoiceStatus(invoice.status), Money(invoice.paid_minor, invoice.currency))
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)


def _token(invoice: Invoice) -> str:
    facts = f"{invoice.id}|{invoice.version}|{invoice.status}|{invoice.due_minor}|{invoice.currency}"
    return hashlib.sha256(facts.encode()).hexdigest()
