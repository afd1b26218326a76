"""Charging an invoice: asked for, sent, and brought to its end by what Stripe says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import lock_scoped
from models.billing import Invoice, InvoiceStatus, invoice_subject
from models.integrations.stripe import MethodKind
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, NotFound
from models.kernel.events import EventType, record_event
from models.kernel.locking import lock_row
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.errors import NoMethod, ensure_within
from models.payments.rules.method_words import method_words
from models.payments.tables import (
    LIVE,
    Charge,
    ChargeCause,
    ChargeStatus,
    MethodStatus,
    PaymentAccount,
    PaymentMethod,
)

# A call to Stripe takes up to a minute with its retries; after that nobody is still at it.
LEASE = timedelta(minutes=2)
# Stripe replays a key's answer for 24 hours, errors too: what is not there after an hour never will be.
GIVE_UP_AFTER = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """What is to be sent to Stripe.

    `is_repeat`: an earlier call may have made the payment, so look for it first. `is_last`: and do not call again.
    """

    charge_id: UUID
    key: str
    vendor_customer_id: str
    vendor_method_id: str
    kind: MethodKind
    amount: Money
    description: str
    invoice_id: UUID
    asked_at: datetime
    is_repeat: bool
    is_last: bool

    @property
    def metadata(self) -> dict[str, str]:
        """By what the payment is found again at Stripe."""
        return {"charge_id": str(self.charge_id), "invoice_id": str(self.invoice_id)}


def request_charge(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    payment_method_id: UUID | None = None,
    amount_minor: int | None = None,
    cause: ChargeCause,
    request_key: str = "",
) -> Charge:
    """Ask for an invoice to be charged: all that is due with the default method unless told otherwise.

    The same `request_key` twice is one charge. Raises Conflict where nothing is due, a charge is under way or no
    method can be charged; Invalid for an amount beyond what is due.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.payments_charge)
    known = _known(session, request_key)
    if known is not None:
        return known
    ensure_chargeable(session, invoice)
    method = _method(session, invoice, payment_method_id)
    return _add(session, actor, invoice, method, _amount(invoice, amount_minor), cause, request_key)


def ensure_chargeable(session: Session, invoice: Invoice) -> None:
    """Refuse an invoice that asks for nothing, or that is being collected already."""
    if invoice.status != InvoiceStatus.open or invoice.due_minor <= 0:
        raise Conflict(
            "charge.nothing_due",
            f"Invoice {invoice.number} is {invoice.status} and asks for nothing. Only open invoices are charged.",
            number=invoice.number,
        )
    under_way = session.exec(
        select(Charge).where(Charge.invoice_id == invoice.id, col(Charge.status).in_(LIVE))
    ).first()
    if under_way is not None:
        raise Conflict(
            "charge.under_way",
            f"{Money(under_way.amount_minor, under_way.currency).format()} of {invoice.number} are being collected "
            "already. Wait for that to end; nothing was charged twice.",
            charge_id=str(under_way.id),
        )


def claim_charge(session: Session, actor: Actor, *, charge_id: UUID) -> ChargeOrder | None:
    """Take the charge for sending, or for asking again after an unknown outcome; None where that is not its turn.

    Between the request and now the invoice may have been paid or voided: then the charge is given up. The key
    stays the same for as long as nobody knows what became of the first call.
    """
    actor.ensure(Permission.payments_charge)
    invoice, charge = lock_charge(session, charge_id)
    now = clock.now()
    is_first = charge.status == ChargeStatus.requested
    if not is_first and (charge.status != ChargeStatus.sent or (charge.check_at or now) > now):
        return None
    if is_first and (invoice.status != InvoiceStatus.open or invoice.due_minor < charge.amount_minor):
        give_up(session, actor, invoice, charge, "Less was due by the time it was to be sent.")
        return None
    method = session.get(PaymentMethod, charge.payment_method_id) if charge.payment_method_id else None
    account = session.get(PaymentAccount, charge.tenant_id)
    if method is None or account is None:
        return None
    charge.status = ChargeStatus.sent
    charge.sent_at = charge.sent_at or now
    charge.send_count += 1
    charge.check_at = now + LEASE
    charge.updated_at = now
    return ChargeOrder(
        charge.id,
        f"charge-{charge.id}",
        account.vendor_id,
        method.vendor_id,
        MethodKind(method.kind),
        Money(charge.amount_minor, charge.currency),
        invoice.number,
        charge.invoice_id,
        charge.sent_at,
        is_repeat=not is_first,
        is_last=now - charge.sent_at > GIVE_UP_AFTER,
    )


def note_unknown(session: Session, actor: Actor, *, charge_id: UUID, sentence: str) -> None:
    """Nobody knows yet what became of the call: the same one is made again, later and later."""
    actor.ensure(Permission.payments_charge)
    _, charge = lock_charge(session, charge_id)
    if charge.status != ChargeStatus.sent:
        return
    charge.sentence = sentence
    charge.check_at = clock.now() + min(timedelta(seconds=15) * 2**charge.send_count, LONGEST_PAUSE)
    charge.updated_at = clock.now()


def give_up(session: Session, actor: Actor, invoice: Invoice, charge: Charge, sentence: str) -> None:
    """End an attempt for which no money moves."""
    charge.status, charge.sentence = ChargeStatus.cancelled, sentence
    charge.finished_at = charge.updated_at = clock.now()
    charge.check_at = None
    session.flush()
    record_charge(session, actor, events.CHARGE_CANCELLED, invoice, charge, sentence=sentence)


def lock_charge(session: Session, charge_id: UUID) -> tuple[Invoice, Charge]:
    """The charge under a lock, after that of its invoice: everybody locks in this order."""
    invoice_id = session.exec(select(Charge.invoice_id).where(Charge.id == charge_id)).first()
    if invoice_id is None:
        raise NotFound("charge", charge_id)
    invoice = lock_row(session, Invoice, invoice_id)
    return invoice, lock_row(session, Charge, charge_id)


def record_charge(
    session: Session, actor: Actor, event: EventType, invoice: Invoice, charge: Charge, **more: object
) -> None:
    """The event, on the invoice's timeline."""
    method = session.get(PaymentMethod, charge.payment_method_id) if charge.payment_method_id else None
    record_event(
        session,
        actor,
        event,
        invoice_subject(invoice),
        after={
            "charge_id": str(charge.id),
            "amount_minor": charge.amount_minor,
            "currency": charge.currency,
            "cause": charge.cause,
            "method": method_words(method.kind, method.brand, method.last4) if method else "Payment page",
            **more,
        },
    )


def fall_back(session: Session, actor: Actor, invoice: Invoice, failed: Charge) -> Charge | None:
    """Ask for the same amount from the next method that this round has not tried; None where there is none left.

    A person who chose a method meant that one, so only what the rules and dunning started falls back.
    """
    if failed.cause not in {ChargeCause.rule, ChargeCause.dunning, ChargeCause.fallback}:
        return None
    tried = select(Charge.payment_method_id).where(
        Charge.round_id == failed.round_id, col(Charge.payment_method_id).is_not(None)
    )
    method = session.exec(
        select(PaymentMethod)
        .where(
            PaymentMethod.tenant_id == failed.tenant_id,
            PaymentMethod.status == MethodStatus.usable,
            col(PaymentMethod.id).not_in(tried),
        )
        .order_by(col(PaymentMethod.is_default).desc(), col(PaymentMethod.id))
    ).first()
    if method is None or invoice.status != InvoiceStatus.open or invoice.due_minor < failed.amount_minor:
        return None
    amount = Money(failed.amount_minor, failed.currency)
    return _add(session, actor, invoice, method, amount, ChargeCause.fallback, "", failed.round_id)


def _known(session: Session, request_key: str) -> Charge | None:
    if not request_key:
        return None
    return session.exec(select(Charge).where(Charge.request_key == request_key)).first()


def _method(session: Session, invoice: Invoice, payment_method_id: UUID | None) -> PaymentMethod:
    account = session.get(PaymentAccount, invoice.tenant_id)
    statement = select(PaymentMethod).where(
        PaymentMethod.tenant_id == invoice.tenant_id, PaymentMethod.status != MethodStatus.removed
    )
    # A person may insist on a failing one; the rules charge what works.
    chosen = (
        PaymentMethod.id == payment_method_id
        if payment_method_id
        else col(PaymentMethod.is_default).is_(True)
    )
    method = session.exec(statement.where(chosen)).first()
    if method is None or account is None or account.deleted_at is not None:
        raise NoMethod(invoice.tenant_id)
    return method


def _amount(invoice: Invoice, amount_minor: int | None) -> Money:
    due = Money(invoice.due_minor, invoice.currency)
    return due if amount_minor is None else ensure_within(amount_minor, due)


def _add(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    method: PaymentMethod,
    amount: Money,
    cause: ChargeCause,
    request_key: str,
    round_id: UUID | None = None,
) -> Charge:
    identifier = new_id()
    charge = Charge(
        id=identifier,
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        payment_method_id=method.id,
        round_id=round_id or identifier,
        cause=cause,
        currency=amount.currency,
        amount_minor=amount.minor,
        request_key=request_key,
        # Should the wake-up be lost, the sweep sends it.
        check_at=clock.now() + LEASE,
    )
    session.add(charge)
    session.flush()
    record_charge(session, actor, events.CHARGE_REQUESTED, invoice, charge)
    return charge
