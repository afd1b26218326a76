"""Voiding a credit note, as long as no money has left the house for it."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.accounts import get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.balance import balance_of, move_balance
from models.billing.operations.credit_note_records import credit_note_subject
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.reasons import ensure_reason
from models.billing.tables import BalanceKind, CreditNote, CreditNoteStatus, Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import record_event
from models.kernel.locking import lock_row
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class CreditVoidPreview:
    """What voiding a credit note will do; `token` pins the facts it was computed from."""

    number: str
    invoice: str
    due_again: Money
    from_balance: Money
    token: str


def preview_void_credit_note(session: Session, actor: Actor, *, credit_note_id: UUID) -> CreditVoidPreview:
    """What `void_credit_note` would do now; raises the same refusals."""
    note = get_scoped(session, actor, CreditNote, credit_note_id, Permission.credit_notes_create)
    invoice = session.get_one(Invoice, note.invoice_id)
    _ensure_voidable(session, note, invoice)
    return CreditVoidPreview(
        note.number,
        invoice.number,
        Money(note.reduced_minor, note.currency),
        Money(note.to_balance_minor, note.currency),
        _token(note, invoice),
    )


def void_credit_note(
    session: Session, actor: Actor, *, credit_note_id: UUID, reason: str, token: str = ""
) -> CreditNote:
    """Take a credit note back: the money is due again or leaves the balance, and the number stays used.

    Cannot be undone. Raises Conflict where money was refunded or settled outside, where the invoice is no longer
    open, where the balance was spent, and where anything has changed since the preview of `token`.
    """
    seen = get_scoped(session, actor, CreditNote, credit_note_id, Permission.credit_notes_create)
    # The invoice first, in the order in which issuing locks them.
    invoice = lock_row(session, Invoice, seen.invoice_id)
    note = lock_scoped(session, actor, CreditNote, credit_note_id, Permission.credit_notes_create)
    _ensure_voidable(session, note, invoice)
    text = ensure_reason(reason)
    if token and token != _token(note, invoice):
        raise Conflict(
            "credit_note.changed_since",
            f"Credit note {note.number} has changed since the preview. Look at the new preview first.",
        )
    before = {"credited_minor": invoice.credited_minor, "reduced_minor": invoice.reduced_minor}
    note.status = CreditNoteStatus.void
    note.voided_at = note.updated_at = invoice.updated_at = clock.now()
    invoice.credited_minor -= note.total_minor
    invoice.reduced_minor -= note.reduced_minor
    invoice.version += 1
    session.flush()
    if note.to_balance_minor:
        move_balance(
            session,
            tenant_id=note.tenant_id,
            change=Money(-note.to_balance_minor, note.currency),
            kind=BalanceKind.credit_note,
            invoice_id=invoice.id,
            credit_note_id=note.id,
            reason=f"{note.number} was voided",
        )
    _record(session, actor, note, invoice, text, before)
    return note


def _record(
    session: Session, actor: Actor, note: CreditNote, invoice: Invoice, reason: str, before: dict[str, int]
) -> None:
    record_event(
        session,
        actor,
        events.CREDIT_NOTE_VOIDED,
        credit_note_subject(note),
        reason=reason,
        before={"status": CreditNoteStatus.issued},
        after={
            "status": note.status,
            "number": note.number,
            "total_minor": note.total_minor,
            "currency": note.currency,
        },
    )
    record_event(
        session,
        actor,
        events.INVOICE_UNCREDITED,
        invoice_subject(invoice),
        reason=reason,
        before={**before, "currency": note.currency},
        after={
            "credit_note": note.number,
            "credited_minor": invoice.credited_minor,
            "reduced_minor": invoice.reduced_minor,
            "due_minor": invoice.due_minor,
            "currency": note.currency,
        },
    )


def _ensure_voidable(session: Session, note: CreditNote, invoice: Invoice) -> None:
    if note.status == CreditNoteStatus.void:
        raise Conflict("credit_note.already_void", "This credit note is void already. Nothing is left to do.")
    gone = Money(note.refunded_minor + note.outside_minor, note.currency)
    if gone.minor:
        raise Conflict(
            "credit_note.money_gone",
            f"Cannot be voided: {gone.format()} has reached the customer. Make a new invoice for it instead.",
        )
    if note.reduced_minor and invoice.status != InvoiceStatus.open:
        raise Conflict(
            "credit_note.invoice_closed",
            f"Cannot be voided: {invoice.number} is {invoice.status} and takes no amount back. "
            "Make a new invoice for it instead.",
        )
    held = Money(balance_of(session, note.tenant_id, note.currency), note.currency)
    if held.minor < note.to_balance_minor:
        raise Conflict(
            "credit_note.balance_spent",
            f"Cannot be voided: the balance is down to {held.format()}. Make a new invoice for it instead.",
        )


def _token(note: CreditNote, invoice: Invoice) -> str:
    facts = f"{note.id}|{note.status}|{note.total_minor}|{invoice.version}|{invoice.status}"
    return hashlib.sha256(facts.encode()).hexdigest()
