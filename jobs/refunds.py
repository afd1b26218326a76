"""Tasks of refunds: sent to Stripe outside the transaction, and looked after until they have arrived."""

from uuid import UUID

import structlog
from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.integrations.stripe import (
    DefiniteRefusal,
    MissingAtStripe,
    OutcomeUnknown,
    StripeUnavailable,
    VendorRefund,
    get_stripe,
)
from models.kernel.actor import Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError
from models.kernel.events import Event
from models.payments import (
    RefundOrder,
    apply_refund_state,
    claim_refund,
    fail_refund,
    list_due_refunds,
    note_refund_unknown,
)

log = structlog.get_logger()

AT_ONCE = 200


@subscriber("send-refund", "refund.requested")
def queue_refund(_session: Session, event: Event) -> None:
    """Queue the call; the claim makes a second task harmless."""
    send_refund(str((event.after or {})["transfer_id"]))


@task()
def send_refund(transfer_id: str) -> None:
    """Give the money back at Stripe, under one key until the outcome is known."""
    actor = system_actor("refunds", Cause.event, transfer_id)
    with unit_of_work() as session:
        order = claim_refund(session, actor, transfer_id=UUID(transfer_id))
    if order is None:
        return
    try:
        found = (_look_up(order) if order.is_repeat else None) or _refund(order)
    except DefiniteRefusal as refusal:
        with unit_of_work() as session:
            fail_refund(session, actor, transfer_id=order.transfer_id, sentence=refusal.sentence)
    except (OutcomeUnknown, StripeUnavailable) as trouble:
        with unit_of_work() as session:
            note_refund_unknown(session, actor, transfer_id=order.transfer_id, sentence=trouble.sentence)
    else:
        with unit_of_work() as session:
            apply_refund_state(session, actor, transfer_id=order.transfer_id, found=found)


def _refund(order: RefundOrder) -> VendorRefund:
    if order.is_last:
        raise MissingAtStripe("No refund was made.")
    return get_stripe().refunds.create(
        payment_id=order.vendor_payment_id, amount_minor=order.amount.minor, key=order.key
    )


def _look_up(order: RefundOrder) -> VendorRefund | None:
    """The refund that an earlier call made after all."""
    made = get_stripe().refunds.list(payment_id=order.vendor_payment_id)
    return next((each for each in made if each.idempotency_key == order.key), None)


def look_after_refunds() -> None:
    """Send refunds whose wake-up was lost, ask again after unknown outcomes, look at those on their way."""
    actor = system_actor("refunds")
    with read_session() as session:
        due = list_due_refunds(session, actor, limit=AT_ONCE)
    for transfer_id, vendor_id in due:
        if not vendor_id:
            send_refund(str(transfer_id))
            continue
        try:
            found = get_stripe().refunds.get(vendor_id)
            with unit_of_work() as session:
                apply_refund_state(session, actor, transfer_id=transfer_id, found=found)
        except DomainError as error:
            # Stripe is away: the next round looks again.
            log.warning("refund.skipped", transfer_id=str(transfer_id), reason=error.code)
