"""The worker's end of the inbox: each message of Stripe is worked off by looking at what it is about."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import structlog

from jobs.listening import Listener
from jobs.payments import sync_customer
from jobs.threads import Loop
from models.integrations.error_reports import report_error
from models.integrations.stripe import (
    CheckoutStatus,
    MissingAtStripe,
    StripeMode,
    get_stripe,
    stripe_mode,
)
from models.kernel import clock
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError
from models.kernel.settings import get_settings
from models.payments import (
    apply_dispute_state,
    apply_payment_state,
    apply_refund_state,
    close_account,
    close_page,
    find_charge,
    find_page,
    find_tenant_of_account,
    find_transfer,
)
from models.webhooks import (
    CHANNEL,
    WorkItem,
    claim_messages,
    fail_message,
    finish_message,
    last_heard,
    store_messages,
)

log = structlog.get_logger()

SOURCE = "stripe"
AT_ONCE = 50
# Stripe keeps events for 30 days; what was created a moment ago may still be on its way to us.
FARTHEST = timedelta(days=29)
OVERLAP = timedelta(hours=1)
# Nothing of ours: the message is kept and ignored.
FOREIGN = ""


def work_inbox_once() -> int:
    """Work off one batch of messages; returns how many were taken."""
    actor = system_actor("stripe inbox", Cause.event)
    with unit_of_work() as session:
        items = claim_messages(session, actor, limit=AT_ONCE)
    for item in items:
        _work(actor, item)
    return len(items)


def _work(actor: Actor, item: WorkItem) -> None:
    try:
        outcome = _handle(actor, item)
    except DomainError as error:
        with unit_of_work() as session:
            fail_message(session, actor, message_id=item.id, sentence=error.sentence)
    except Exception as fault:  # the edge: one message must not stop the others
        report_error(fault)
        log.exception("inbox.fault", message_id=str(item.id), kind=item.kind)
        with unit_of_work() as session:
            fail_message(
                session,
                actor,
                message_id=item.id,
                sentence="A fault in the program; it has been reported.",
            )
    else:
        with unit_of_work() as session:
            finish_message(
                session,
                actor,
                message_id=item.id,
                is_ours=outcome != FOREIGN,
                outcome=outcome or "Nothing of ours.",
            )


def _handle(actor: Actor, item: WorkItem) -> str:
    """What was done, in words; "" where the message concerns nothing of ours.

    The message only says where to look: its object is fetched anew, so that order and age do not matter.
    """
    handler = HANDLERS.get(item.object_type)
    if handler is None:
        return FOREIGN
    try:
        return handler(actor, item)
    except MissingAtStripe:
        return _gone(actor, item)


def _payment(actor: Actor, item: WorkItem) -> str:
    return _take_payment(actor, item.object_id)


def _charge(actor: Actor, item: WorkItem) -> str:
    payment_id = _named(item, "payment_intent")
    return _take_payment(actor, payment_id) if payment_id else FOREIGN


def _take_payment(actor: Actor, payment_id: str) -> str:
    found = get_stripe().payments.get(payment_id)
    with unit_of_work() as session:
        charge_id = find_charge(session, actor, found)
        if charge_id is None:
            return FOREIGN
        charge = apply_payment_state(session, actor, charge_id=charge_id, found=found)
        return f"The charge is {charge.status.replace('_', ' ')}."


def _page(actor: Actor, item: WorkItem) -> str:
    stripe = get_stripe()
    found = stripe.checkouts.get(item.object_id)
    if found.setup_id:
        return _sync(actor, found.customer_id)
    payment = stripe.payments.get(found.payment_id) if found.payment_id else None
    with unit_of_work() as session:
        charge_id = find_page(session, actor, vendor_page_id=found.id)
        if charge_id is None:
            return FOREIGN
        if payment is not None:
            apply_payment_state(session, actor, charge_id=charge_id, found=payment)
        if found.status is CheckoutStatus.expired:
            close_page(session, actor, charge_id=charge_id, found=found)
        return f"The payment page is {found.status}."


def _refund(actor: Actor, item: WorkItem) -> str:
    found = get_stripe().refunds.get(item.object_id)
    with unit_of_work() as session:
        transfer_id = find_transfer(session, actor, vendor_id=found.id, key=found.idempotency_key)
        if transfer_id is None:
            return FOREIGN
        apply_refund_state(session, actor, transfer_id=transfer_id, found=found)
        return f"The refund is {found.status}."


def _dispute(actor: Actor, item: WorkItem) -> str:
    found = get_stripe().disputes.get(item.object_id)
    with unit_of_work() as session:
        dispute = apply_dispute_state(session, actor, found=found)
        return f"The dispute is {dispute.status.replace('_', ' ')}." if dispute else FOREIGN


def _of_customer(actor: Actor, item: WorkItem) -> str:
    """A method or setup: the customer's methods are looked at as a whole."""
    customer_id = _named(item, "customer")
    if not customer_id:
        # A method that was detached names its customer only in what it was before.
        before = (item.payload.get("data") or {}).get("previous_attributes") or {}
        customer_id = str(before.get("customer") or "")
    return _sync(actor, customer_id)


def _customer(actor: Actor, item: WorkItem) -> str:
    return _sync(actor, item.object_id)


def _sync(actor: Actor, customer_id: str) -> str:
    with read_session() as session:
        tenant_id = find_tenant_of_account(session, actor, customer_id) if customer_id else None
    if tenant_id is None:
        return FOREIGN
    if get_stripe().customers.get(customer_id).is_deleted:
        return _close(actor, tenant_id)
    sync_customer(tenant_id)
    return "The customer's payment methods are as at Stripe."


def _gone(actor: Actor, item: WorkItem) -> str:
    """What the message is about was deleted at Stripe."""
    if item.object_type == "customer":
        with read_session() as session:
            tenant_id = find_tenant_of_account(session, actor, item.object_id)
        if tenant_id is not None:
            return _close(actor, tenant_id)
    return "It no longer exists at Stripe."


def _close(actor: Actor, tenant_id: UUID) -> str:
    with unit_of_work() as session:
        close_account(session, actor, tenant_id=tenant_id)
    return "The customer was deleted at Stripe: nothing can be charged there."


def _named(item: WorkItem, name: str) -> str:
    """An id that the message's object carries; only followed, never believed."""
    found = (item.payload.get("data") or {}).get("object") or {}
    value = found.get(name)
    return str(value.get("id", "") if isinstance(value, dict) else value or "")


HANDLERS: Mapping[str, Callable[[Actor, WorkItem], str]] = {
    "charge": _charge,
    "checkout.session": _page,
    "customer": _customer,
    "dispute": _dispute,
    "payment_intent": _payment,
    "payment_method": _of_customer,
    "refund": _refund,
    "setup_intent": _of_customer,
}


def fetch_missed() -> int:
    """Ask Stripe for what it has told nobody: the gap since the newest message we have; returns how many were new."""
    if stripe_mode() is StripeMode.off:
        return 0
    actor = system_actor("stripe gap finder")
    with read_session() as session:
        newest = last_heard(session, actor, source=SOURCE)
    earliest = clock.now() - FARTHEST
    since = max(newest - OVERLAP, earliest) if newest else earliest
    found = get_stripe().events.list(created_since=since)
    with unit_of_work() as session:
        return len(store_messages(session, actor, source=SOURCE, messages=found, is_fetched=True))


def find_gaps() -> None:
    """The schedule's look for what was missed; Stripe being away is no fault of ours."""
    try:
        new = fetch_missed()
    except DomainError as error:
        log.warning("inbox.gap_unknown", reason=error.code)
        return
    if new:
        log.warning("inbox.gap_closed", messages=new)


class Inbox:
    """Works the inbox off, woken by what is stored; `thread` runs it."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._listener = Listener(CHANNEL, "clientforge-inbox", stopping)

    def thread(self) -> Loop:
        """The thread that works until stopped."""
        return Loop("inbox", self.turn, self.close, self._stopping)

    def turn(self) -> None:
        """One batch, then wait for a wake-up or the sweep unless more is due."""
        self._listener.open()
        if not work_inbox_once():
            self._listener.wait(get_settings().relay_sweep_seconds)

    def close(self) -> None:
        """Drop the listening connection; the next turn opens a new one."""
        self._listener.close()
