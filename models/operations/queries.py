"""What the Jobs page and the health check read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.events import DeliveryStatus, Event, EventDelivery
from models.kernel.permissions import Permission
from models.operations.tables import JobRun, JobStatus, WorkerHeartbeat

HEARTBEAT_SECONDS = 5
# Three missed beats: a long pause of the garbage collector or the disk is not yet a death.
ALIVE_SECONDS = 3 * HEARTBEAT_SECONDS
UNFINISHED = [status.value for status in DeliveryStatus if status is not DeliveryStatus.done]


@dataclass(frozen=True, slots=True)
class JobsOverview:
    """Background work in figures, each of which the Jobs page lists."""

    waiting: int
    oldest_waiting_seconds: float
    scheduled: int
    running: int
    failed_last_hour: int
    parked: int


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker process and its last sign of life."""

    worker: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An event on its way to one subscriber."""

    id: UUID
    event_id: UUID
    event_name: str
    subscriber: str
    status: str
    attempts: int
    next_attempt_at: datetime
    last_error: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One try of one task."""

    id: UUID
    task: str
    arguments: str
    status: str
    worker: str
    started_at: datetime
    finished_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class ParkedError:
    """A class of error and how many deliveries it parked."""

    error_class: str
    deliveries: int


def get_jobs_overview(session: Session, actor: Actor) -> JobsOverview:
    """The figures as of now; needs `jobs:read`."""
    actor.ensure(Permission.jobs_read)
    by_status = {
        status: int(number)
        for status, number in session.execute(
            select(EventDelivery.status, func.count())
            .where(col(EventDelivery.status).in_(UNFINISHED))
            .group_by(col(EventDelivery.status))
        )
    }
    unrelayed = _number(session, select(func.count()).where(col(Event.relayed_at).is_(None)))
    running = select(func.count()).where(col(JobRun.status) == JobStatus.running.value)
    failed = select(func.count()).where(
        col(JobRun.status) == JobStatus.failed.value,
        col(JobRun.finished_at) > clock.now() - timedelta(hours=1),
    )
    return JobsOverview(
        waiting=by_status.get(DeliveryStatus.waiting, 0) + unrelayed,
        oldest_waiting_seconds=get_queue_lag(session, actor),
        scheduled=by_status.get(DeliveryStatus.retrying, 0),
        running=_number(session, running),
        failed_last_hour=_number(session, failed),
        parked=by_status.get(DeliveryStatus.parked, 0),
    )


def get_queue_lag(session: Session, actor: Actor) -> float:
    """Seconds since the oldest event happened that nobody has taken up; 0 where none waits."""
    actor.ensure(Permission.jobs_read)
    oldest_event = session.scalar(
        select(Event.occurred_at).where(col(Event.relayed_at).is_(None)).order_by(col(Event.id)).limit(1)
    )
    oldest_delivery = session.scalar(
        select(EventDelivery.created_at)
        .where(EventDelivery.status == DeliveryStatus.waiting.value)
        .order_by(col(EventDelivery.id))
        .limit(1)
    )
    instants = [instant for instant in (oldest_event, oldest_delivery) if instant is not None]
    return max(0.0, (clock.now() - min(instants)).total_seconds()) if instants else 0.0


def list_workers(session: Session, actor: Actor) -> list[WorkerRow]:
    """Workers, the latest first; one that missed three beats is not alive."""
    actor.ensure(Permission.jobs_read)
    alive_since = clock.now() - timedelta(seconds=ALIVE_SECONDS)
    found = session.exec(select(WorkerHeartbeat).order_by(col(WorkerHeartbeat.started_at).desc()))
    return [WorkerRow(row.worker, row.started_at, row.seen_at, row.seen_at >= alive_since) for row in found]


def list_deliveries(
    session: Session, actor: Actor, *, status: DeliveryStatus, limit: int = 100
) -> list[DeliveryRow]:
    """The newest deliveries of this status."""
    actor.ensure(Permission.jobs_read)
    found = session.exec(
        select(EventDelivery)
        .where(EventDelivery.status == status.value)
        .order_by(col(EventDelivery.id).desc())
        .limit(limit)
    )
    return [
        DeliveryRow(
            row.id,
            row.event_id,
            row.event_name,
            row.subscriber,
            row.status,
            row.attempts,
            row.next_attempt_at,
            row.last_error,
            row.created_at,
            row.finished_at,
        )
        for row in found
    ]


def list_runs(session: Session, actor: Actor, *, status: JobStatus, limit: int = 100) -> list[RunRow]:
    """The newest task runs of this status."""
    actor.ensure(Permission.jobs_read)
    found = session.exec(
        select(JobRun).where(JobRun.status == status.value).order_by(col(JobRun.id).desc()).limit(limit)
    )
    return [
        RunRow(
            row.id,
            row.task,
            ", ".join(str(value) for value in row.arguments.get("args", [])),
            row.status,
            row.worker,
            row.started_at,
            row.finished_at,
            row.error,
        )
        for row in found
    ]


def list_parked_errors(session: Session, actor: Actor) -> list[ParkedError]:
    """Classes of error behind parked deliveries, the most frequent first."""
    actor.ensure(Permission.jobs_read)
    error_class = func.split_part(col(EventDelivery.last_error), ":", 1)
    found = session.execute(
        select(error_class, func.count())
        .where(EventDelivery.status == DeliveryStatus.parked.value)
        .group_by(error_class)
        .order_by(func.count().desc(), error_class)
    )
    return [ParkedError(name, int(number)) for name, number in found]


def _number(session: Session, statement: Any) -> int:
    return int(session.scalar(statement) or 0)
