"""Tasks of payments: each looks up what is to be done, calls Stripe outside the transaction, records the result."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.integrations.stripe import (
    CardDeclined,
    DefiniteRefusal,
    MissingAtStripe,
    OutcomeUnknown,
    StripeUnavailable,
    VendorPayment,
    get_stripe,
)
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import Conflict, DomainError
from models.kernel.events import Event
from models.payments import (
    ChargeCause,
    ChargeOrder,
    ChargeStatus,
    Decline,
    DeclineClass,
    DueCharge,
    PaymentMethod,
    apply_payment_state,
    claim_charge,
    close_page,
    fail_charge,
    get_account_id,
    list_due_charges,
    note_unknown,
    request_charge,
    sync_methods,
    wants_automatic_charge,
)

log = structlog.get_logger()

AT_ONCE = 200
# The clocks of two computers differ, and an unknown payment may have been made a little before we noted it.
MARGIN = timedelta(minutes=10)


@subscriber("charge-issued", "invoice.issued")
def charge_issued(session: Session, event: Event) -> None:
    """Charge what is issued where the customer pays automatically; the rest waits for them."""
    actor = system_actor("collection", Cause.event)
    if event.subject_id is None or not wants_automatic_charge(session, actor, event.subject_id):
        return
    # Paid from the balance, or charged by hand meanwhile: nothing is left to do.
    with suppress(Conflict):
        request_charge(
            session,
            actor,
            invoice_id=event.subject_id,
            cause=ChargeCause.rule,
            request_key=f"issued:{event.subject_id}",
        )


@subscriber("send-charge", "charge.requested")
def queue_charge(_session: Session, event: Event) -> None:
    """Queue the call; the claim makes a second task harmless."""
    send_charge(str((event.after or {})["charge_id"]))


@task()
def send_charge(charge_id: str) -> None:
    """Charge at Stripe; whatever happens on the way, the charge ends as what Stripe says, or is asked for again."""
    actor = system_actor("collection", Cause.event, charge_id)
    with unit_of_work() as session:
        order = claim_charge(session, actor, charge_id=UUID(charge_id))
    if order is None:
        return
    try:
        found = (_look_up(order) if order.is_repeat else None) or _charge(order)
    except CardDeclined as refusal:
        _declined(actor, order, refusal)
    except DefiniteRefusal as refusal:
        _refused(actor, order, refusal)
    except (OutcomeUnknown, StripeUnavailable) as trouble:
        with unit_of_work() as session:
            note_unknown(session, actor, charge_id=order.charge_id, sentence=trouble.sentence)
    else:
        with unit_of_work() as session:
            apply_payment_state(session, actor, charge_id=order.charge_id, found=found)


def _charge(order: ChargeOrder) -> VendorPayment:
    if order.is_last:
        raise MissingAtStripe("No payment was made for this charge.")
    return get_stripe().payments.create(
        customer_id=order.vendor_customer_id,
        method_id=order.vendor_method_id,
        kind=order.kind,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        key=order.key,
        description=order.description,
        metadata=order.metadata,
    )


def _look_up(order: ChargeOrder) -> VendorPayment | None:
    """The payment that an earlier call made after all."""
    made = get_stripe().payments.list(
        customer_id=order.vendor_customer_id, created_since=order.asked_at - MARGIN
    )
    return next((each for each in made if each.metadata.get("charge_id") == str(order.charge_id)), None)


def _declined(actor: Actor, order: ChargeOrder, refusal: CardDeclined) -> None:
    payment = refusal.payment
    if payment is None:
        _refused(actor, order, refusal)
        return
    with unit_of_work() as session:
        apply_payment_state(session, actor, charge_id=order.charge_id, found=payment)
    # A declined payment could still be confirmed at Stripe; ours has ended, so that one ends too.
    with suppress(DomainError):
        get_stripe().payments.cancel(payment.id, key=f"cancel-{payment.id}")


def _refused(actor: Actor, order: ChargeOrder, refusal: DefiniteRefusal) -> None:
    code = refusal.code.removeprefix("stripe.")
    # Nothing that waiting would change: the customer or we must act.
    needs = DeclineClass.new_method if isinstance(refusal, MissingAtStripe) else DeclineClass.stop
    with unit_of_work() as session:
        fail_charge(session, actor, charge_id=order.charge_id, decline=Decline(code, needs, refusal.sentence))


def look_after_charges() -> None:
    """Send charges whose wake-up was lost, ask again after unknown outcomes, look at what stands at Stripe."""
    actor = system_actor("collection")
    with read_session() as session:
        due = list_due_charges(session, actor, limit=AT_ONCE)
    for each in due:
        try:
            _look_after(actor, each)
        except DomainError as error:
            # Stripe is away, or somebody was faster: the next round looks again.
            log.warning("charge.skipped", charge_id=str(each.id), reason=error.code)


def _look_after(actor: Actor, due: DueCharge) -> None:
    if due.status in {ChargeStatus.requested, ChargeStatus.sent} and not due.vendor_payment_id:
        send_charge(str(due.id))
        return
    stripe = get_stripe()
    payment_id = due.vendor_payment_id
    page = stripe.checkouts.get(due.vendor_page_id) if due.vendor_page_id else None
    if page is not None:
        payment_id = page.payment_id or payment_id
    found = stripe.payments.get(payment_id) if payment_id else None
    with unit_of_work() as session:
        if found is not None:
            apply_payment_state(session, actor, charge_id=due.id, found=found)
        if due.status == ChargeStatus.needs_action:
            close_page(session, actor, charge_id=due.id, found=page)


@subscriber("tell-default", "payment_method.preferred")
def queue_default(_session: Session, event: Event) -> None:
    """Queue the call; telling it twice changes nothing."""
    tell_default(str((event.after or {})["payment_method_id"]))


@task()
def tell_default(payment_method_id: str) -> None:
    """Make the customer's choice theirs at Stripe too, so that the next look does not undo it."""
    actor = system_actor("collection", Cause.event, payment_method_id)
    with read_session() as session:
        method = session.get(PaymentMethod, UUID(payment_method_id))
        vendor_id = get_account_id(session, actor, method.tenant_id) if method else ""
    if method is not None and method.is_default and vendor_id:
        get_stripe().customers.update(
            vendor_id,
            default_method_id=method.vendor_id,
            # A choice may be made, changed and made again: each is a call of its own.
            key=f"default-{method.id}-{method.updated_at.timestamp()}",
        )


def sync_customer(tenant_id: UUID) -> None:
    """Mirror a customer's methods as they are at Stripe now."""
    actor = system_actor("collection", Cause.event)
    with read_session() as session:
        vendor_id = get_account_id(session, actor, tenant_id)
    if not vendor_id:
        return
    stripe = get_stripe()
    customer, methods = stripe.customers.get(vendor_id), stripe.methods.list(vendor_id)
    with unit_of_work() as session:
        sync_methods(
            session,
            actor,
            tenant_id=tenant_id,
            found=methods,
            default_vendor_id=customer.default_method_id,
        )
