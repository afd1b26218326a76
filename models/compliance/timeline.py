"""The timeline of one thing: its events, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import in_scope
from models.kernel.actor import Actor
from models.kernel.events import Event, Subject, event_catalogue
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event of a timeline, with its sentence."""

    id: UUID
    name: str
    sentence: str
    occurred_at: datetime
    actor_name: str
    actor_kind: str
    on_behalf_of: str
    cause: str
    reason: str
    subject_type: str
    subject_id: UUID
    subject_label: str
    request_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """That something happened, and by whom."""

    id: UUID
    actor_id: UUID | None
    actor_name: str
    sentence: str


def list_traces(session: Session, actor: Actor, subject: Subject, *, limit: int = 5) -> list[Trace]:
    """The latest events of a subject and of its customer within the actor's reach, newest first.

    Two pages that hold the same traces show the same; of those that arrive out of order none is overlooked.
    """
    within = in_scope(Event.tenant_id, actor, Permission.customers_read)
    columns = select(col(Event.id), col(Event.actor_id), col(Event.actor_name), col(Event.name)).where(within)
    newest = col(Event.id).desc()
    found = set(session.exec(columns.where(Event.subject_id == subject.id).order_by(newest).limit(limit)))
    if subject.tenant_id is not None:
        of_customer = columns.where(Event.tenant_id == subject.tenant_id)
        found |= set(session.exec(of_customer.order_by(newest).limit(limit)))
    catalogue = event_catalogue()
    return [
        Trace(key, actor_id, name, catalogue[event].sentence if event in catalogue else event)
        for key, actor_id, name, event in sorted(found, reverse=True)[:limit]
    ]


def list_timeline(
    session: Session,
    actor: Actor,
    *,
    subject_id: UUID | None = None,
    related: Sequence[UUID] = (),
    tenant_id: UUID | None = None,
    limit: int = 100,
) -> list[TimelineEvent]:
    """Events of a subject and what is `related` to it, or of everything of a customer, within the actor's reach."""
    statement = select(Event).where(in_scope(Event.tenant_id, actor, Permission.customers_read))
    if subject_id is not None:
        statement = statement.where(col(Event.subject_id).in_([subject_id, *related]))
    if tenant_id is not None:
        statement = statement.where(Event.tenant_id == tenant_id)
    found = session.exec(statement.order_by(col(Event.id).desc()).limit(limit))
    catalogue = event_catalogue()
    return [
        TimelineEvent(
            each.id,
            each.name,
            catalogue[each.name].sentence if each.name in catalogue else each.name,
            each.occurred_at,
            each.actor_name,
            each.actor_kind,
            each.on_behalf_of or "",
            each.cause,
            each.reason,
            each.subject_type,
            each.subject_id,
            each.subject_label,
            each.request_id,
            each.before or {},
            each.after or {},
        )
        for each in found
    ]
