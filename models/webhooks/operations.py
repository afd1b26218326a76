"""The inbox of vendors' messages: stored first, worked off afterwards, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.integrations.stripe import VendorEvent
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission
from models.webhooks import events
from models.webhooks.rules import pause_after, why_not_replay
from models.webhooks.tables import InboundEvent, InboundStatus

# Wakes whoever works the inbox off.
CHANNEL = "clientforge_inbox"
# Longer than the slowest call to a vendor: after that the worker is taken for dead and another one goes on.
LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A message to work off now."""

    id: UUID
    kind: str
    object_type: str
    object_id: str
    payload: dict[str, Any]


def store_messages(
    session: Session,
    actor: Actor,
    *,
    source: str,
    messages: Sequence[VendorEvent],
    is_fetched: bool = False,
) -> set[str]:
    """Store messages in one statement; returns the ids of those that are new.

    What is known already only counts one more delivery.
    """
    actor.ensure(Permission.inbound_retry)
    # A statement cannot touch a row twice.
    once = {each.id: each for each in messages}
    if not once:
        return set()
    now = clock.now()
    statement = insert(InboundEvent).values([_row(each, source, is_fetched, now) for each in once.values()])
    rows = session.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "external_id"],
            set_={"deliveries": InboundEvent.deliveries + (0 if is_fetched else 1)},
            # `xmax` is 0 in a row that this statement made.
        ).returning(col(InboundEvent.external_id), literal_column("inbound_event.xmax = 0"))
    ).all()
    new = {external_id for external_id, is_new in rows if is_new}
    if new:
        session.execute(select(func.pg_notify(CHANNEL, "")))
    return new


def claim_messages(session: Session, actor: Actor, *, limit: int) -> list[WorkItem]:
    """Take the messages that are due, oldest first, for as long as a lease; other workers skip them."""
    actor.ensure(Permission.inbound_retry)
    now = clock.now()
    due = (
        select(InboundEvent.id)
        .where(col(InboundEvent.due_at) <= now)
        .order_by(col(InboundEvent.due_at), col(InboundEvent.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(InboundEvent)
        .where(col(InboundEvent.id).in_(due.scalar_subquery()))
        .values(due_at=now + LEASE, tries=InboundEvent.tries + 1)
        .returning(
            col(InboundEvent.id),
            col(InboundEvent.kind),
            col(InboundEvent.object_type),
            col(InboundEvent.object_id),
            col(InboundEvent.payload),
        )
    ).all()
    return [WorkItem(*row) for row in sorted(taken)] if taken else []


def finish_message(session: Session, actor: Actor, *, message_id: UUID, is_ours: bool, outcome: str) -> None:
    """The message was worked off; `is_ours` False: it concerned nothing of ours. `outcome` says it in words."""
    actor.ensure(Permission.inbound_retry)
    row = lock_row(session, InboundEvent, message_id)
    row.status = InboundStatus.done if is_ours else InboundStatus.ignored
    row.outcome, row.finished_at, row.due_at = outcome, clock.now(), None


def fail_message(session: Session, actor: Actor, *, message_id: UUID, sentence: str) -> None:
    """A try went wrong: it is tried again later, and after the last one given up with an event."""
    actor.ensure(Permission.inbound_retry)
    row = lock_row(session, InboundEvent, message_id)
    pause = pause_after(row.tries)
    row.outcome = sentence
    if pause is not None:
        row.status, row.due_at = InboundStatus.retrying, clock.now() + pause
        return
    row.status, row.due_at, row.finished_at = InboundStatus.dead, None, clock.now()
    record_event(
        session, actor, events.INBOUND_DEAD, _subject(row), after={"kind": row.kind, "outcome": sentence}
    )


def replay_message(session: Session, actor: Actor, *, message_id: UUID, reason: str = "") -> None:
    """Work a message off once more; harmless for one that was done, as its object is fetched anew."""
    actor.ensure(Permission.inbound_retry)
    row = lock_row(session, InboundEvent, message_id)
    why_not = why_not_replay(row.status)
    if why_not:
        raise Conflict("inbound_event.under_way", why_not)
    _again(row)
    record_event(
        session,
        actor,
        events.INBOUND_REPLAYED,
        _subject(row),
        reason=reason,
        after={"kind": row.kind, "count": 1},
    )
    session.execute(select(func.pg_notify(CHANNEL, "")))


def replay_dead(session: Session, actor: Actor, *, reason: str = "") -> int:
    """Work off all that was given up; returns how many."""
    actor.ensure(Permission.inbound_retry)
    dead: Sequence[InboundEvent] = session.exec(
        select(InboundEvent).where(InboundEvent.status == InboundStatus.dead).with_for_update()
    ).all()
    for row in dead:
        _again(row)
    if dead:
        record_event(
            session,
            actor,
            events.INBOUND_REPLAYED,
            _subject(dead[0]),
            reason=reason,
            after={"kind": "every one that was given up", "count": len(dead)},
        )
        session.execute(select(func.pg_notify(CHANNEL, "")))
    return len(dead)


def last_heard(session: Session, actor: Actor, *, source: str) -> datetime | None:
    """When the newest message that we have happened; None where there is none."""
    actor.ensure(Permission.inbound_read)
    return session.exec(select(func.max(InboundEvent.happened_at)).where(InboundEvent.source == source)).one()


def _row(message: VendorEvent, source: str, is_fetched: bool, now: datetime) -> dict[str, Any]:  # noqa: FBT001 -- a row's value
    return {
        "id": new_id(),
        "source": source,
        "external_id": message.id,
        "kind": message.kind,
        "api_version": message.api_version,
        "object_type": message.object_type,
        "object_id": message.object_id,
        "payload": dict(message.payload),
        "status": InboundStatus.stored,
        "is_fetched": is_fetched,
        "deliveries": 1,
        "tries": 0,
        "outcome": "",
        "happened_at": message.created_at,
        "received_at": now,
        "due_at": now,
    }


def _again(row: InboundEvent) -> None:
    row.status, row.tries, row.due_at, row.finished_at = InboundStatus.stored, 0, clock.now(), None


def _subject(row: InboundEvent) -> Subject:
    return Subject("inbound_event", row.id, f"{row.kind} {row.external_id}")
