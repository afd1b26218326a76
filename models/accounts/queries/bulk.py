"""What became of a change of many customers: everyone their own."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.accounts.tables import BulkChange, BulkChangeRow, BulkOutcome, BulkStatus, StaffUser, Tenant
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound

STALE_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A customer that was not changed, or whose change stayed, and why."""

    id: UUID
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A change of many: what it does, how far it is, and the first hundred customers it left alone."""

    id: UUID
    action: str
    owner: str
    tags_added: tuple[str, ...]
    tags_removed: tuple[str, ...]
    status: str
    total: int
    waiting: int
    done: int
    left: int
    left_alone: tuple[LeftAlone, ...]

    @property
    def is_running(self) -> bool:
        """Whether the worker is still at it."""
        return self.status in {BulkStatus.waiting, BulkStatus.undoing}


def get_bulk_change(session: Session, actor: Actor, bulk_id: UUID, *, limit: int = 100) -> BulkRow:
    """One of the actor's own changes of many; NotFound for anybody else's."""
    found = session.get(BulkChange, bulk_id)
    if found is None or found.user_id != actor.id:
        raise NotFound("bulk_change", bulk_id)
    owner = session.get(StaffUser, found.owner_id) if found.owner_id else None
    counts: dict[str, int] = dict(
        session.execute(
            select(BulkChangeRow.outcome, func.count())  # type: ignore[call-overload]
            .where(BulkChangeRow.bulk_id == bulk_id)
            .group_by(BulkChangeRow.outcome)
        ).all()
    )
    is_undo = found.status in {BulkStatus.undoing, BulkStatus.undone} or BulkOutcome.kept in counts
    left = BulkOutcome.kept if is_undo else BulkOutcome.skipped
    alone = session.execute(
        select(Tenant.id, Tenant.name, BulkChangeRow.reason)  # type: ignore[call-overload]
        .join(BulkChangeRow, col(BulkChangeRow.tenant_id) == Tenant.id)
        .where(BulkChangeRow.bulk_id == bulk_id, BulkChangeRow.outcome == left)
        .order_by(Tenant.name)
        .limit(limit)
    )
    return BulkRow(
        found.id,
        found.action,
        owner.name if owner else "",
        tuple(found.tags_added),
        tuple(found.tags_removed),
        found.status,
        found.rows_total,
        counts.get(BulkOutcome.done if is_undo else BulkOutcome.waiting, 0),
        counts.get(BulkOutcome.undone if is_undo else BulkOutcome.done, 0),
        counts.get(left, 0),
        tuple(LeftAlone(*row) for row in alone),
    )


def list_stale_bulk_changes(session: Session) -> list[tuple[UUID, UUID]]:
    """Changes and their makers whose task was lost or whose worker fell silent a minute ago."""
    statement = select(BulkChange.id, BulkChange.user_id).where(  # type: ignore[call-overload]
        col(BulkChange.status).in_([BulkStatus.waiting, BulkStatus.undoing]),
        BulkChange.updated_at < clock.now() - STALE_AFTER,
    )
    return [tuple(row) for row in session.execute(statement)]
