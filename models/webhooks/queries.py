"""Reading the inbox of vendors' messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col, func

from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    register,
)
from models.kernel.permissions import Permission
from models.webhooks.tables import InboundEvent, InboundStatus

STANDINGS = {
    InboundStatus.stored: "Stored",
    InboundStatus.done: "Done",
    InboundStatus.ignored: "Ignored",
    InboundStatus.retrying: "Retrying",
    InboundStatus.dead: "Given up",
}


@dataclass(frozen=True, slots=True)
class InboundRow:
    """One message; `outcome` says in words what became of it."""

    id: UUID
    source: str
    external_id: str
    kind: str
    api_version: str
    object_type: str
    object_id: str
    status: str
    is_fetched: bool
    deliveries: int
    tries: int
    outcome: str
    happened_at: datetime
    received_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


_columns: tuple[Any, ...] = tuple(getattr(InboundEvent, name) for name in InboundRow.__dataclass_fields__)


def _statement(actor: Actor) -> Select[Any]:
    actor.ensure(Permission.inbound_read)
    return select(*_columns)


def _build(row: Any) -> InboundRow:
    return InboundRow(*row[: len(_columns)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    return or_(
        col(InboundEvent.object_id) == plain,
        col(InboundEvent.external_id) == plain,
        col(InboundEvent.kind).startswith(plain, autoescape=True),
    )


INBOUND: Listing[InboundRow] = register(
    Listing(
        key="inbound",
        title="Inbox of webhooks",
        noun="message",
        path="/ops/inbound",
        permission=Permission.inbound_read,
        export_permission=Permission.inbound_read,
        statement=_statement,
        build=_build,
        identifier=col(InboundEvent.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "kind",
                "Message",
                ColumnKind.link,
                lambda row: row.kind,
                href=lambda row: f"/ops/inbound/{row.id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("object_id", "About", ColumnKind.code, lambda row: row.object_id),
            Column("outcome", "Outcome", ColumnKind.text, lambda row: row.outcome),
            Column("tries", "Tries", ColumnKind.number, lambda row: row.tries),
            Column("deliveries", "Delivered", ColumnKind.number, lambda row: row.deliveries),
            Column("received_at", "Received", ColumnKind.instant, lambda row: row.received_at, "received_at"),
            Column(
                "happened_at", "Happened", ColumnKind.instant, lambda row: row.happened_at, is_default=False
            ),
            Column("external_id", "Id", ColumnKind.code, lambda row: row.external_id, is_default=False),
        ),
        sorts=(SortKey("received_at", col(InboundEvent.id), UUID),),
        default_sort="-received_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(InboundEvent.status),
                tuple(Choice(each.value, label) for each, label in STANDINGS.items()),
            ),
            Filter("kind", "Message", FilterKind.text, col(InboundEvent.kind)),
        ),
        search=_search,
        search_hint="Id of the message or of what it is about",
        views=(
            View("all", "All", ""),
            View("dead", "Given up", "f=status:dead"),
            View("retrying", "Retrying", "f=status:retrying"),
        ),
        empty="Messages appear when Stripe calls /api/v1/inbound/stripe.",
        nouns=frozenset({"inbound_event"}),
        labels={each.value: label for each, label in STANDINGS.items()},
    )
)


def get_inbound(session: Session, actor: Actor, message_id: UUID) -> tuple[InboundRow, dict[str, Any]]:
    """One message and the payload as it came; NotFound where there is none."""
    row = session.execute(
        _statement(actor).add_columns(col(InboundEvent.payload)).where(col(InboundEvent.id) == message_id)
    ).first()
    if row is None:
        raise NotFound("inbound_event", message_id)
    return _build(row), row.payload


def list_failed_kinds(session: Session, actor: Actor) -> list[tuple[str, int]]:
    """What was given up and waits for a person: kinds with their numbers, most first."""
    actor.ensure(Permission.inbound_read)
    number = func.count()
    statement = (
        select(col(InboundEvent.kind), number)
        .where(col(InboundEvent.status) == InboundStatus.dead)
        .group_by(col(InboundEvent.kind))
        .order_by(number.desc())
    )
    return [(kind, count) for kind, count in session.execute(statement)]
