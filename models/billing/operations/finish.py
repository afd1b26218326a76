"""What follows a stored draft: it is issued, and its number taken, in the same transaction."""

from sqlmodel import Session

from models.billing import events
from models.billing.operations.numbering import take_invoice_numbers
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.events import Subject, record_event


def finish_draft(session: Session, actor: Actor, invoice: Invoice) -> bool:
    """Issue the draft unless a step of it failed; whether it was issued."""
    if invoice.status == InvoiceStatus.generating:
        return False
    invoice.number = take_invoice_numbers(
        session, legal_entity=invoice.legal_entity, year=invoice.issued_on.year, count=1
    )[0]
    invoice.status = InvoiceStatus.open
    if invoice.total_minor <= 0:
        invoice.balance_minor = invoice.total_minor
        invoice.status, invoice.paid_at = InvoiceStatus.paid, clock.now()
    session.flush()
    record_event(
        session,
        actor,
        events.INVOICE_ISSUED,
        Subject("invoice", invoice.id, invoice.number, invoice.tenant_id),
        after={
            "number": invoice.number,
            "total_minor": invoice.total_minor,
            "currency": invoice.currency,
        },
    )
    return True
