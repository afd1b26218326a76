"""The event row: audit line and outbox entry in one, written in the transaction of the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, select, text
from sqlmodel import Field, Session, SQLModel

from models.kernel.actor import Actor
from models.kernel.columns import (
    id_column,
    in_values,
    instant_column,
    json_column,
    new_id,
    status_column,
    text_column,
)

CHANNEL = "clientforge_events"


@dataclass(frozen=True, slots=True)
class EventType:
    """A fact that can happen: `noun.past_verb`, a sentence, and the fields of its before and after."""

    name: str
    sentence: str
    payload: tuple[str, ...] = ()


_catalogue: dict[str, EventType] = {}


def declare(name: str, sentence: str, *payload: str) -> EventType:
    """Enter an event type into the catalogue; a name stands once."""
    if name in _catalogue:
        msg = f"event {name} is declared twice"
        raise RuntimeError(msg)
    _catalogue[name] = EventType(name, sentence, payload)
    return _catalogue[name]


def event_catalogue() -> Mapping[str, EventType]:
    """Every declared event type by name."""
    return _catalogue


class Event(SQLModel, table=True):
    """What happened, by whom, why, to what; never changed, only marked as relayed."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_id", "id"),
        Index("ix_event_tenant", "tenant_id", "id"),
        Index("ix_event_actor", "actor_id", "id"),
        Index("ix_event_name", "name", "id"),
        Index("ix_event_request", "request_id"),
        Index("ix_event_occurred", "occurred_at", "id"),
        Index("ix_event_waiting", "id", postgresql_where=text("relayed_at IS NULL")),
    )

    id: UUID = id_column()
    name: str = text_column()
    occurred_at: datetime = instant_column()
    tenant_id: UUID | None = Field(default=None)
    actor_kind: str = text_column()
    actor_id: UUID | None = Field(default=None)
    actor_name: str = text_column()
    on_behalf_of: str | None = text_column(nullable=True)
    cause: str = text_column()
    reason: str = text_column(default="")
    subject_type: str = text_column()
    subject_id: UUID = Field()
    subject_label: str = text_column(default="")
    before: dict[str, Any] | None = json_column(nullable=True)
    after: dict[str, Any] | None = json_column(nullable=True)
    request_id: str = text_column(default="")
    relayed_at: datetime | None = instant_column(nullable=True)


class DeliveryStatus(StrEnum):
    """Where the delivery of an event to one subscriber stands."""

    waiting = "waiting"
    retrying = "retrying"
    done = "done"
    parked = "parked"


class EventDelivery(SQLModel, table=True):
    """One event for one subscriber; tried until it succeeds or is parked after its last try."""

    __tablename__ = "event_delivery"
    __table_args__ = (
        Index("uq_event_delivery_pair", "event_id", "subscriber", unique=True),
        Index(
            "ix_event_delivery_due",
            "next_attempt_at",
            postgresql_where=text("status IN ('waiting', 'retrying')"),
        ),
        Index("ix_event_delivery_status", "status", "id"),
        in_values("status", DeliveryStatus),
    )

    id: UUID = id_column()
    event_id: UUID = Field(foreign_key="event.id")
    event_name: str = text_column()
    subscriber: str = text_column()
    status: str = status_column(DeliveryStatus.waiting)
    attempts: int = Field(default=0)
    next_attempt_at: datetime = instant_column()
    last_error: str = text_column(default="")
    created_at: datetime = instant_column()
    finished_at: datetime | None = instant_column(nullable=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about."""

    type: str
    id: UUID
    label: str
    tenant_id: UUID | None = None


def record_event(
    session: Session,
    actor: Actor,
    event: EventType,
    subject: Subject,
    *,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Event:
    """Add the event to the transaction; its commit wakes the relay and the lists that show such subjects.

    `before` and `after` hold plain JSON values and only the fields the event type declares.
    """
    unknown = {*(before or {}), *(after or {})} - set(event.payload)
    if unknown:
        msg = f"event {event.name} does not declare {sorted(unknown)}"
        raise RuntimeError(msg)
    row = Event(
        id=new_id(),
        name=event.name,
        tenant_id=subject.tenant_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        on_behalf_of=actor.mandate.on_behalf_of if actor.mandate else None,
        cause=actor.cause,
        reason=reason,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_label=subject.label,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        request_id=actor.request_id,
    )
    session.add(row)
    wake(session, subject.type)
    return row


def wake(session: Session, *nouns: str) -> None:
    """Wake, at the commit, the relay and the lists that show such subjects; `record_event` does it itself.

    The database sends equal notes of one transaction once, so a thousand customers are one wake-up.
    """
    session.execute(select(*(func.pg_notify(CHANNEL, noun) for noun in nouns)))
