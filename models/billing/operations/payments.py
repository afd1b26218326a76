"""Payments: recording money that was received outside."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.paid import mark_paid
from models.billing.operations.write_off import open_again
from models.billing.rules.invoice_status import why_not_payable
from models.billing.tables import Invoice, InvoiceStatus, Payment, PaymentChannel
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission

MAX_REFERENCE = 140  # SEPA remittance information, EPC 130-08


def record_payment(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    amount: str,
    received_on: date,
    channel: str,
    reference: str,
    request_key: str,
) -> Payment:
    """Record money received for an invoice; the invoice is paid when nothing is left due.

    `amount` is text in the major unit. The same `request_key` twice records one payment. Money for an invoice that
    was written off opens it again. Refused: more than is due, a date after tomorrow or more than a year before the
    issue, an invoice that is neither open nor written off.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.payments_record)
    known = _known(session, request_key)
    if known is not None:
        return _same(known, invoice)
    due = Money(unsettled_minor(invoice), invoice.currency)
    refusal = why_not_payable(InvoiceStatus(invoice.status), due)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    payment = Payment(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        channel=_channel(channel),
        currency=invoice.currency,
        amount_minor=_amount(amount, due).minor,
        received_on=_received_on(received_on, invoice),
        reference=" ".join(reference.split())[:MAX_REFERENCE],
        request_key=request_key,
    )
    apply_payment(session, actor, invoice, payment)
    return payment


def unsettled_minor(invoice: Invoice) -> int:
    """What neither payments nor balance nor credit notes have settled, also where it was written off."""
    return invoice.total_minor - invoice.balance_minor - invoice.reduced_minor - invoice.paid_minor


def apply_payment(session: Session, actor: Actor, invoice: Invoice, payment: Payment) -> None:
    """Enter money of at most what is unsettled on the locked invoice; one written off is opened again."""
    session.add(payment)
    if invoice.status == InvoiceStatus.uncollectible:
        open_again(session, actor, invoice, "Money arrived after all")
    due = Money(unsettled_minor(invoice), invoice.currency)
    before = {"paid_minor": invoice.paid_minor, "due_minor": due.minor, "currency": invoice.currency}
    invoice.paid_minor += payment.amount_minor
    invoice.version += 1
    invoice.updated_at = clock.now()
    left = due.minor - payment.amount_minor
    session.flush()
    record_event(
        session,
        actor,
        events.PAYMENT_RECORDED,
        invoice_subject(invoice),
        before=before,
        after={
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "channel": payment.channel,
            "received_on": payment.received_on.isoformat(),
            "reference": payment.reference,
            "paid_minor": invoice.paid_minor,
            "due_minor": left,
        },
    )
    if left == 0:
        mark_paid(session, actor, invoice)


def _known(session: Session, request_key: str) -> Payment | None:
    if not request_key:
        return None
    return session.exec(select(Payment).where(Payment.request_key == request_key)).first()


def _same(known: Payment, invoice: Invoice) -> Payment:
    if known.invoice_id != invoice.id:
        raise Conflict(
            "payment.key_reused", "This form was sent for another invoice already. Open it anew and send it."
        )
    return known


def _amount(text: str, due: Money) -> Money:
    paid = Money.parse(text, due.currency)
    if paid.minor <= 0:
        raise Invalid("payment.not_positive", "A payment is more than zero.", field="amount")
    if paid.minor > due.minor:
        raise Invalid(
            "payment.too_much",
            f"{paid.format()} is more than the {due.format()} that are due. Enter at most what is due.",
            field="amount",
        )
    return paid


def _channel(text: str) -> str:
    if text not in set(PaymentChannel):
        raise Invalid("payment.unknown_channel", "Choose how the money came.", field="channel")
    return text


def _received_on(day: date, invoice: Invoice) -> date:
    # One day of grace: for a customer east of us it may be tomorrow already.
    if day > clock.today() + timedelta(days=1):
        raise Invalid(
            "payment.in_future",
            "The money cannot have come in the future. Check the date.",
            field="received_on",
        )
    if day < invoice.issued_on - timedelta(days=366):
        raise Invalid(
            "payment.too_early",
            f"That is more than a year before the invoice of {invoice.issued_on}. Check the date.",
            field="received_on",
        )
    return day
