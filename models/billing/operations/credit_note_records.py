"""What an issued credit note leaves on record: its refund, and the events of note and invoice."""

from sqlmodel import Session

from models.billing import events
from models.billing.operations.invoices import invoice_subject
from models.billing.tables import CreditNote, Invoice, Refund
from models.kernel.actor import Actor
from models.kernel.events import Subject, record_event

MAX_REFERENCE = 140


def credit_note_subject(note: CreditNote) -> Subject:
    """The credit note as the subject of an event."""
    return Subject("credit_note", note.id, note.number, note.tenant_id)


def record_refund(
    session: Session, actor: Actor, invoice: Invoice, note: CreditNote, channel: str, reference: str
) -> None:
    """Enter the money given back, which was made outside."""
    refund = Refund(
        tenant_id=note.tenant_id,
        invoice_id=invoice.id,
        credit_note_id=note.id,
        channel=channel,
        reference=" ".join(reference.split())[:MAX_REFERENCE],
        currency=note.currency,
        amount_minor=note.refunded_minor,
        refunded_on=note.issued_on,
    )
    session.add(refund)
    record_event(
        session,
        actor,
        events.REFUND_RECORDED,
        invoice_subject(invoice),
        after={
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
            "channel": refund.channel,
            "reference": refund.reference,
            "refunded_on": refund.refunded_on.isoformat(),
        },
    )


def record_credit_note(session: Session, actor: Actor, invoice: Invoice, note: CreditNote) -> None:
    """Two events: the note itself, and what it did to its invoice."""
    parts = ("total_minor", "reduced_minor", "to_balance_minor", "refunded_minor", "outside_minor")
    record_event(
        session,
        actor,
        events.CREDIT_NOTE_ISSUED,
        credit_note_subject(note),
        reason=note.reason,
        after={
            "number": note.number,
            "invoice": invoice.number,
            "currency": note.currency,
            **{name: getattr(note, name) for name in parts},
        },
    )
    record_event(
        session,
        actor,
        events.INVOICE_CREDITED,
        invoice_subject(invoice),
        reason=note.reason,
        after={
            "credit_note": note.number,
            "currency": note.currency,
            "total_minor": note.total_minor,
            "credited_minor": invoice.credited_minor,
            "due_minor": invoice.due_minor,
        },
    )
