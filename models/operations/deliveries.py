"""Events on their way to subscribers: fan out, claim, deliver, retry."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.events import (
    DeliveryStatus,
    Event,
    EventDelivery,
    Subject,
    record_event,
)
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission
from models.kernel.settings import get_settings
from models.operations import events
from models.operations.errors import (
    DeliveryNotRetryable,
    UnknownSubscriber,
    ensure_program,
)
from models.operations.rules import (
    build_error_text,
    can_deliver,
    can_retry,
    compute_pause,
)

log = structlog.get_logger()

# Literal on purpose: with bound parameters a generic plan could not use the partial index.
OPEN = text("event_delivery.status IN ('waiting', 'retrying')")
RETRY_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who wants to know: a stable name, the events it wants, and what it does with one.

    `run` works in the delivery's own transaction, so what it writes there happens exactly once.
    """

    name: str
    events: frozenset[str]
    run: Callable[[Session, Event], None]


def fan_out(
    session: Session, actor: Actor, *, subscribers: Mapping[str, Subscriber], limit: int = 500
) -> int:
    """Every event not yet relayed has one delivery per subscriber; returns how many events were taken."""
    ensure_program(actor)
    found = session.exec(
        select(Event.id, Event.name)
        .where(col(Event.relayed_at).is_(None))
        .order_by(col(Event.id))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    now = clock.now()
    deliveries = [
        {
            "id": new_id(),
            "event_id": event_id,
            "event_name": name,
            "subscriber": subscriber.name,
            "status": DeliveryStatus.waiting.value,
            "attempts": 0,
            "next_attempt_at": now,
            "last_error": "",
            "created_at": now,
        }
        for event_id, name in found
        for subscriber in subscribers.values()
        if name in subscriber.events
    ]
    if deliveries:
        session.execute(insert(EventDelivery).on_conflict_do_nothing(), deliveries)
    if found:
        taken = [event_id for event_id, _ in found]
        session.execute(update(Event).where(col(Event.id).in_(taken)).values(relayed_at=now))
    return len(found)


def claim_due(session: Session, actor: Actor, *, limit: int = 200) -> list[UUID]:
    """Deliveries to queue now; none of them is due again before the lease ends, lost or not.

    One that is being worked on holds its row's lock and is passed over, however long it takes.
    """
    ensure_program(actor)
    now = clock.now()
    due = list(
        session.exec(
            select(EventDelivery.id)
            .where(OPEN, col(EventDelivery.next_attempt_at) <= now)
            .order_by(col(EventDelivery.next_attempt_at))
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True)
        )
    )
    if due:
        again = now + timedelta(seconds=get_settings().delivery_lease_seconds)
        session.execute(
            update(EventDelivery).where(col(EventDelivery.id).in_(due)).values(next_attempt_at=again)
        )
    return due


def deliver_one(
    session: Session, actor: Actor, *, delivery_id: UUID, subscribers: Mapping[str, Subscriber]
) -> DeliveryStatus | None:
    """Run the subscriber and note the outcome in one transaction; None where nothing is owed any more.

    A failing subscriber's own changes are undone; it is tried again later or, after the last try, parked.
    """
    ensure_program(actor)
    delivery = session.exec(
        select(EventDelivery)
        .where(EventDelivery.id == delivery_id)
        .with_for_update(skip_locked=True, key_share=True)
    ).first()
    if delivery is None or not can_deliver(delivery.status):
        return None
    event = session.get_one(Event, delivery.event_id)
    try:
        with session.begin_nested():
            _subscriber(subscribers, delivery.subscriber).run(session, event)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        _note_failure(delivery, error)
    else:
        delivery.status = DeliveryStatus.done
        delivery.attempts += 1
        delivery.last_error = ""
        delivery.finished_at = clock.now()
    return DeliveryStatus(delivery.status)


def retry_delivery(session: Session, actor: Actor, *, delivery_id: UUID) -> None:
    """The delivery is due now with all its tries; refused where it is done or already on its way."""
    actor.ensure(Permission.jobs_retry)
    delivery = lock_row(session, EventDelivery, delivery_id)
    if not can_retry(delivery.status):
        raise DeliveryNotRetryable(delivery.status)
    _put_back(session, actor, delivery)


def retry_all(session: Session, actor: Actor, *, error_class: str) -> int:
    """Up to 1,000 deliveries parked with this class of error are due now; returns how many."""
    actor.ensure(Permission.jobs_retry)
    parked = session.exec(
        select(EventDelivery)
        .where(
            EventDelivery.status == DeliveryStatus.parked.value,
            func.split_part(col(EventDelivery.last_error), ":", 1) == error_class,
        )
        .order_by(col(EventDelivery.id))
        .limit(RETRY_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for delivery in parked:
        _put_back(session, actor, delivery)
    return len(parked)


def _subscriber(subscribers: Mapping[str, Subscriber], name: str) -> Subscriber:
    found = subscribers.get(name)
    if found is None:
        raise UnknownSubscriber(name)
    return found


def _put_back(session: Session, actor: Actor, delivery: EventDelivery) -> None:
    before = {
        "status": str(delivery.status),
        "attempts": delivery.attempts,
        "error": delivery.last_error,
    }
    # Not `waiting`: the age of that queue is an alarm, and this delivery may be days old.
    delivery.status = DeliveryStatus.retrying
    delivery.attempts = 0
    delivery.next_attempt_at = clock.now()
    delivery.finished_at = None
    subject = Subject("delivery", delivery.id, f"{delivery.event_name} to {delivery.subscriber}")
    after = {"status": DeliveryStatus.retrying.value, "attempts": 0}
    record_event(session, actor, events.DELIVERY_RETRIED, subject, before=before, after=after)


def _note_failure(delivery: EventDelivery, error: Exception) -> None:
    settings = get_settings()
    delivery.attempts += 1
    delivery.last_error = build_error_text(error)
    is_last = delivery.attempts >= settings.delivery_attempts
    if is_last:
        delivery.status = DeliveryStatus.parked
        delivery.finished_at = clock.now()
    else:
        jitter = random.random()  # noqa: S311 -- spreads retries, keeps no secret
        pause = compute_pause(delivery.attempts, settings.delivery_backoff_seconds, jitter)
        delivery.status = DeliveryStatus.retrying
        delivery.next_attempt_at = clock.now() + timedelta(seconds=pause)
    log.warning(
        "delivery.parked" if is_last else "delivery.failed",
        delivery_id=str(delivery.id),
        subscriber=delivery.subscriber,
        event_name=delivery.event_name,
        attempts=delivery.attempts,
        exc_info=error,
    )
