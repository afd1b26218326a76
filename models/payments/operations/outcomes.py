"""What became of a charge, as Stripe says it: applied by rank, so that order and repetition do not matter."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

from models.billing import Invoice, PaymentChannel, apply_incoming
from models.integrations.stripe import MethodKind, VendorPayment
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.operations.charges import fall_back, give_up, lock_charge, record_charge
from models.payments.operations.methods import choose_default
from models.payments.rules.charge_status import may_become, read_status
from models.payments.rules.declines import Decline, DeclineClass, read_decline
from models.payments.tables import LIVE, Charge, ChargeCause, ChargeStatus, MethodStatus, PaymentMethod

CHANNELS = {
    MethodKind.card: PaymentChannel.card,
    MethodKind.sepa_debit: PaymentChannel.bank_transfer,
    MethodKind.us_bank_account: PaymentChannel.bank_transfer,
}
# Should the webhook be lost.
LOOK_AGAIN = timedelta(hours=6)


def apply_payment_state(session: Session, actor: Actor, *, charge_id: UUID, found: VendorPayment) -> Charge:
    """Move the charge to what the payment is at Stripe now; what is older than we know changes nothing.

    On success the money is entered on the invoice, once; a failure may fall back to the customer's next method.
    `found` was fetched from Stripe just now, never taken from a webhook's body.
    """
    actor.ensure(Permission.payments_charge)
    invoice, charge = lock_charge(session, charge_id)
    _mirror(charge, found)
    is_page_open = charge.page_expires_at is not None and charge.page_expires_at > clock.now()
    following = read_status(found.status, is_declined=found.decline is not None, is_page_open=is_page_open)
    if found.decline is not None and charge.status in LIVE:
        decline = read_decline(found.decline.reason, advice=found.decline.advice)
        charge.decline_code, charge.decline_class = decline.code, decline.decline_class
        charge.sentence = decline.sentence
    if not may_become(ChargeStatus(charge.status), following):
        return charge
    match following:
        case ChargeStatus.succeeded:
            _succeed(session, actor, invoice, charge, found)
        case ChargeStatus.failed:
            _fail(session, actor, invoice, charge)
        case ChargeStatus.cancelled:
            give_up(session, actor, invoice, charge, "It was cancelled at Stripe.")
        case _:
            _wait(session, actor, invoice, charge, following)
    return charge


def fail_charge(session: Session, actor: Actor, *, charge_id: UUID, decline: Decline) -> Charge:
    """End the charge for a definite refusal behind which no payment stands, e.g. an amount too small."""
    actor.ensure(Permission.payments_charge)
    invoice, charge = lock_charge(session, charge_id)
    if may_become(ChargeStatus(charge.status), ChargeStatus.failed):
        charge.decline_code, charge.decline_class = decline.code, decline.decline_class
        charge.sentence = decline.sentence
        _fail(session, actor, invoice, charge)
    return charge


def find_charge(session: Session, actor: Actor, found: VendorPayment) -> UUID | None:
    """Which charge of ours the payment is, by the id it carries or by its own; None where we did not make it."""
    actor.ensure(Permission.payments_charge)
    known = session.exec(select(Charge.id).where(Charge.vendor_payment_id == found.id)).first()
    if known is not None:
        return known
    try:
        claimed = UUID(found.metadata.get("charge_id", ""))
    except ValueError:
        return None
    return session.exec(select(Charge.id).where(Charge.id == claimed)).first()


def _mirror(charge: Charge, found: VendorPayment) -> None:
    charge.vendor_payment_id = found.id
    charge.refunded_minor = min(max(charge.refunded_minor, found.refunded_minor), charge.amount_minor)
    if found.fee_minor is not None:
        charge.fee_minor, charge.fee_currency = found.fee_minor, found.fee_currency
    charge.updated_at = clock.now()


def _wait(session: Session, actor: Actor, invoice: Invoice, charge: Charge, following: ChargeStatus) -> None:
    charge.status = following
    charge.check_at = clock.now() + LOOK_AGAIN
    session.flush()
    if following is ChargeStatus.processing:
        record_charge(session, actor, events.CHARGE_PROCESSING, invoice, charge)
    elif following is ChargeStatus.needs_action and charge.cause != ChargeCause.link:
        # On a page of Stripe's the customer confirms at once; elsewhere somebody has to ask them.
        record_charge(session, actor, events.CHARGE_NEEDS_ACTION, invoice, charge)


def _succeed(session: Session, actor: Actor, invoice: Invoice, charge: Charge, found: VendorPayment) -> None:
    _finish(session, charge, ChargeStatus.succeeded)
    charge.decline_code = charge.decline_class = charge.sentence = ""
    _remember_method(session, charge, found)
    came = apply_incoming(
        session,
        actor,
        invoice_id=invoice.id,
        amount=Money(found.received_minor, charge.currency),
        channel=CHANNELS.get(found.method_kind or MethodKind.other, PaymentChannel.other),
        received_on=clock.today(),
        reference=found.id,
        request_key=f"charge:{charge.id}",
    )
    record_charge(
        session,
        actor,
        events.CHARGE_SUCCEEDED,
        invoice,
        charge,
        applied_minor=came.applied.minor,
        to_balance_minor=came.to_balance.minor,
    )


def _fail(session: Session, actor: Actor, invoice: Invoice, charge: Charge) -> None:
    _finish(session, charge, ChargeStatus.failed)
    _blame_method(session, charge)
    following = fall_back(session, actor, invoice, charge)
    record_charge(
        session,
        actor,
        events.CHARGE_FAILED,
        invoice,
        charge,
        decline_code=charge.decline_code,
        decline_class=charge.decline_class,
        sentence=charge.sentence,
        falls_back=following is not None,
    )


def _finish(session: Session, charge: Charge, status: ChargeStatus) -> None:
    charge.status = status
    charge.finished_at = charge.updated_at = clock.now()
    charge.check_at = None
    charge.page_url = ""
    session.flush()


def _remember_method(session: Session, charge: Charge, found: VendorPayment) -> None:
    method = session.exec(select(PaymentMethod).where(PaymentMethod.vendor_id == found.method_id)).first()
    if method is None:
        return
    if charge.cause == ChargeCause.link:
        charge.payment_method_id = method.id
    if method.status == MethodStatus.failing:
        method.status = MethodStatus.usable
    method.failure, method.failed_at = "", None


def _blame_method(session: Session, charge: Charge) -> None:
    method = session.get(PaymentMethod, charge.payment_method_id) if charge.payment_method_id else None
    if method is None or method.status == MethodStatus.removed:
        return
    method.failure, method.failed_at = charge.sentence, clock.now()
    # A card that wants its owner's consent is sound; one that was refused for good is not.
    if charge.decline_class != DeclineClass.try_later and charge.decline_code != "authentication_required":
        method.status = MethodStatus.failing
        choose_default(session, charge.tenant_id)
