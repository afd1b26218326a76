"""Money that has arrived, whatever became of its invoice meanwhile: nothing of it is lost."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.balance import move_balance
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.payments import apply_payment, unsettled_minor
from models.billing.tables import BalanceEntry, BalanceKind, Invoice, InvoiceStatus, Payment, PaymentChannel
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission

TAKES_MONEY = {InvoiceStatus.open, InvoiceStatus.uncollectible}


@dataclass(frozen=True, slots=True)
class Incoming:
    """Where the money went: to the invoice as a payment, and what was more than due to the customer's balance."""

    payment_id: UUID | None
    applied: Money
    to_balance: Money


def apply_incoming(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    amount: Money,
    channel: PaymentChannel,
    received_on: date,
    reference: str,
    request_key: str,
) -> Incoming:
    """Enter money that is here already: as much as is due to the invoice, the rest to the customer's balance.

    Unlike `record_payment` it cannot refuse an invoice that was paid, voided or written off meanwhile. The same
    `request_key` twice is entered once. Raises Conflict for another currency than the invoice's.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.payments_record)
    _ensure_currency(amount, invoice)
    known = _known(session, invoice, request_key)
    if known is not None:
        return known
    due = unsettled_minor(invoice) if invoice.status in TAKES_MONEY else 0
    payment = Payment(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        channel=channel,
        currency=amount.currency,
        amount_minor=min(amount.minor, due),
        received_on=received_on,
        reference=reference,
        request_key=request_key,
    )
    if payment.amount_minor:
        apply_payment(session, actor, invoice, payment)
    rest = amount - Money(payment.amount_minor, amount.currency)
    if rest.minor:
        _keep(session, actor, invoice, rest, reference, request_key)
    return Incoming(payment.id if payment.amount_minor else None, amount - rest, rest)


def _ensure_currency(amount: Money, invoice: Invoice) -> None:
    if amount.currency != invoice.currency:
        raise Conflict(
            "payment.other_currency",
            f"{amount.format()} cannot pay invoice {invoice.number}, which is in {invoice.currency}. "
            f"Convert it first, or give it back.",
        )


def _known(session: Session, invoice: Invoice, request_key: str) -> Incoming | None:
    payment = session.exec(select(Payment).where(Payment.request_key == request_key)).first()
    entry = session.exec(select(BalanceEntry).where(BalanceEntry.request_key == request_key)).first()
    if payment is None and entry is None:
        return None
    return Incoming(
        payment.id if payment else None,
        Money(payment.amount_minor if payment else 0, invoice.currency),
        Money(entry.amount_minor if entry else 0, invoice.currency),
    )


def _keep(
    session: Session, actor: Actor, invoice: Invoice, rest: Money, reference: str, request_key: str
) -> None:
    entry = move_balance(
        session,
        tenant_id=invoice.tenant_id,
        change=rest,
        kind=BalanceKind.overpayment,
        invoice_id=invoice.id,
        reason=f"More than was due on {invoice.number}",
        request_key=request_key,
    )
    record_event(
        session,
        actor,
        events.PAYMENT_OVERPAID,
        invoice_subject(invoice),
        after={
            "amount_minor": rest.minor,
            "currency": rest.currency,
            "reference": reference,
            "balance_minor": entry.balance_after_minor,
        },
    )
