"""Tasks of dunning: what happens to charges and invoices moves cases, and the sweep takes what is due."""

from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session

from jobs.subscribers import subscriber
from models.dunning import (
    ChargeWord,
    DeclineClass,
    advance_due,
    evaluate_cases,
    open_overdue,
    record_failed_charge,
    record_given_up,
    record_good_charge,
    record_waiting_charge,
    replan_customer,
    stop_for_cancellation,
    stop_for_dispute,
    sync_case,
    try_now,
    wake_for_method,
)
from models.kernel import clock
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import unit_of_work
from models.kernel.errors import Conflict
from models.kernel.events import Event
from models.payments import ChargeCause

log = structlog.get_logger()

# The bank asks for the customer, not for another method.
CONFIRM_WORDS = "The bank wants the customer to confirm the payment."
CONFIRM = {
    "authentication_required",
    "mobile_device_authentication_required",
    "payment_intent_authentication_failure",
}
BATCH = 200
REVIEW_BATCH = 1_000
# A turn of the sweep ends after so many cases, so that one task never holds a worker for long; the next minute goes on.
MOST_IN_A_TURN = 10_000


@subscriber("dunning-charges", "charge.failed", "charge.needs_action", "charge.succeeded", "charge.cancelled")
def follow_charge(session: Session, event: Event) -> None:
    """Tell the case of the invoice how a charge went; safe to repeat, in any order."""
    record = _RECORDS[event.name]
    record(session, _actor(), word=_word(event))


@subscriber(
    "dunning-invoices",
    "invoice.paid",
    "invoice.voided",
    "invoice.written_off",
    "invoice.credited",
    "payment.recorded",
)
def follow_invoice(session: Session, event: Event) -> None:
    """Bring the case in line with its invoice."""
    sync_case(session, _actor(), invoice_id=event.subject_id)


@subscriber("dunning-disputes", "dispute.opened")
def follow_dispute(session: Session, event: Event) -> None:
    """Nobody is chased while a bank decides."""
    stop_for_dispute(session, _actor(), invoice_id=event.subject_id)


@subscriber("dunning-cancellations", "subscription.cancelled")
def follow_cancellation(session: Session, event: Event) -> None:
    """Who has cancelled is charged no more."""
    stop_for_cancellation(session, _actor(), subscription_id=event.subject_id)


@subscriber("dunning-new-methods", "payment_method.added")
def follow_new_method(session: Session, event: Event) -> None:
    """A new method is charged at once for what is owed; the same event again is the same charge."""
    actor = _actor()
    for case_id in wake_for_method(session, actor, tenant_id=event.subject_id):
        try:
            with session.begin_nested():
                try_now(
                    session,
                    actor,
                    case_id=case_id,
                    request_key=f"dunning:method:{event.id}:{case_id}",
                    cause=ChargeCause.dunning,
                )
        except Conflict as refusal:
            # Being collected already, or nothing to charge after all: the campaign goes on.
            log.info("dunning.method_not_charged", case_id=str(case_id), reason=refusal.code)


@subscriber("dunning-removed-methods", "payment_method.removed")
def follow_removed_method(session: Session, event: Event) -> None:
    """What is ahead may be skipped now."""
    replan_customer(session, _actor(), tenant_id=event.subject_id)


def advance_dunning() -> None:
    """Take what is due one step on, batch after batch, each one transaction."""
    taken = 0
    while taken < MOST_IN_A_TURN:
        with unit_of_work() as session:
            batch = advance_due(session, system_actor("dunning"), limit=BATCH)
        taken += batch.taken
        if batch.taken < BATCH:
            return


def chase_overdue() -> None:
    """Open cases for what is overdue, batch after batch."""
    opened = BATCH
    while opened:
        with unit_of_work() as session:
            opened = open_overdue(session, system_actor("dunning"), today=clock.today(), limit=BATCH)


def review_dunning() -> None:
    """Look at every open case anew, batch after batch."""
    cursor = None
    while True:
        with unit_of_work() as session:
            batch = evaluate_cases(session, system_actor("dunning"), after=cursor, limit=REVIEW_BATCH)
        if batch.cursor is None:
            return
        cursor = batch.cursor


def _actor() -> Actor:
    return system_actor("dunning", Cause.event)


def _word(event: Event) -> ChargeWord:
    after = event.after or {}
    return ChargeWord(
        invoice_id=event.subject_id,
        charge_id=UUID(after["charge_id"]),
        amount_minor=after["amount_minor"],
        currency=after["currency"],
        at=event.occurred_at,
        decline_code=after.get("decline_code") or "",
        decline_class=_class(event, after),
        sentence=after.get("sentence") or (CONFIRM_WORDS if event.name == "charge.needs_action" else ""),
        falls_back=bool(after.get("falls_back")),
    )


def _class(event: Event, after: dict[str, Any]) -> str:
    """The class of the decline; where the bank wants the customer to confirm, nothing else has to be new."""
    if event.name == "charge.needs_action" or after.get("decline_code") in CONFIRM:
        return DeclineClass.needs_action
    return str(after.get("decline_class") or "")


_RECORDS = {
    "charge.failed": record_failed_charge,
    "charge.needs_action": record_waiting_charge,
    "charge.succeeded": record_good_charge,
    "charge.cancelled": record_given_up,
}
