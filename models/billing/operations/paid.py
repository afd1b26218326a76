"""The moment an open invoice asks for nothing more."""

from sqlmodel import Session

from models.billing import events
from models.billing.operations.invoices import invoice_subject
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.events import record_event


def mark_paid(session: Session, actor: Actor, invoice: Invoice) -> None:
    """The locked open invoice is settled in full, by money or by credit."""
    invoice.status = InvoiceStatus.paid
    invoice.paid_at = clock.now()
    session.flush()
    record_event(
        session,
        actor,
        events.INVOICE_PAID,
        invoice_subject(invoice),
        before={"status": InvoiceStatus.open},
        after={
            "status": InvoiceStatus.paid,
            "paid_minor": invoice.paid_minor,
            "currency": invoice.currency,
        },
    )
