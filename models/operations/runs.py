"""What workers did and whether they live: one row per try of a task, one per worker."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.kernel import clock
from models.kernel.actor import Actor
from models.operations.errors import ensure_program
from models.operations.rules import MAX_ERROR
from models.operations.tables import JobRun, JobStatus, WorkerHeartbeat


def record_run_started(
    session: Session,
    actor: Actor,
    *,
    run_id: UUID,
    task_id: str,
    task: str,
    arguments: Sequence[Any],
    worker: str,
) -> None:
    """A try of a task is on record as running."""
    ensure_program(actor)
    _need_no_flush(session)
    session.add(
        JobRun(id=run_id, task_id=task_id, task=task, arguments={"args": list(arguments)}, worker=worker)
    )


def record_run_finished(
    session: Session, actor: Actor, *, run_id: UUID, status: JobStatus, error: str = ""
) -> None:
    """The try is on record with its outcome; nothing happens where the row was purged meanwhile."""
    ensure_program(actor)
    _need_no_flush(session)
    session.execute(
        update(JobRun)
        .where(col(JobRun.id) == run_id)
        .values(status=status.value, error=error[:MAX_ERROR], finished_at=clock.now())
    )


def record_heartbeat(session: Session, actor: Actor, *, worker: str, started_at: datetime) -> None:
    """The worker was alive just now."""
    ensure_program(actor)
    _need_no_flush(session)
    row = {"worker": worker, "started_at": started_at, "seen_at": clock.now()}
    session.execute(
        insert(WorkerHeartbeat)
        .values(row)
        .on_conflict_do_update(index_elements=["worker"], set_={"seen_at": row["seen_at"]})
    )


def remove_worker(session: Session, actor: Actor, *, worker: str) -> None:
    """The worker has left in good order and is no longer shown."""
    ensure_program(actor)
    session.execute(delete(WorkerHeartbeat).where(col(WorkerHeartbeat.worker) == worker))


def prune_workers(session: Session, actor: Actor, *, silent_since: datetime) -> int:
    """Workers silent since then are gone, and what they had begun shows as failed; returns how many."""
    ensure_program(actor)
    gone = session.execute(delete(WorkerHeartbeat).where(col(WorkerHeartbeat.seen_at) < silent_since))
    session.execute(
        update(JobRun)
        .where(
            col(JobRun.status) == JobStatus.running.value,
            col(JobRun.started_at) < silent_since,
            col(JobRun.worker).not_in(select(WorkerHeartbeat.worker)),
        )
        .values(
            status=JobStatus.failed.value,
            error="WorkerStopped: the worker stopped before the task ended; what is unfinished starts anew",
            finished_at=clock.now(),
        )
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def purge_runs(session: Session, actor: Actor, *, before: datetime, limit: int = 10_000) -> int:
    """At most `limit` of the oldest runs started before then are deleted; returns how many."""
    ensure_program(actor)
    # Ids are UUIDv7, so the walk along the primary key is a walk through time.
    oldest = select(JobRun.id).order_by(col(JobRun.id)).limit(limit).subquery()
    purged = session.execute(
        delete(JobRun).where(col(JobRun.id).in_(select(oldest.c.id)), col(JobRun.started_at) < before)
    )
    return int(purged.rowcount)  # type: ignore[attr-defined]


def _need_no_flush(session: Session) -> None:
    """Do not wait for the disk: losing the last moment of this diary in a crash harms nobody."""
    session.execute(text("SET LOCAL synchronous_commit TO off"))
