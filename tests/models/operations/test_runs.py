"""Runs and workers on record, their figures, and what is pruned."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from models.kernel import clock
from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission, system_actor
from models.kernel.columns import new_id
from models.kernel.events import EventType, Subject, record_event
from models.kernel.permissions import Permission, Scope
from models.operations import (
    JobStatus,
    Subscriber,
    fan_out,
    get_jobs_overview,
    get_queue_lag,
    list_runs,
    list_workers,
    prune_workers,
    purge_runs,
    record_heartbeat,
    record_run_finished,
    record_run_started,
    remove_worker,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROGRAM = system_actor("test")
READER = Actor(ActorKind.user, new_id(), "Ada", Cause.click, {Permission.jobs_read: Scope.all})


def begin(session: Session, worker: str = "w1") -> UUID:
    """A try of a task begins."""
    run_id = new_id()
    record_run_started(
        session, PROGRAM, run_id=run_id, task_id="t", task="deliver", arguments=["d1"], worker=worker
    )
    session.flush()
    return run_id


def test_figures_count_what_the_page_lists(session: Session) -> None:
    """Running and recently failed runs, events and deliveries that wait, and the age of the oldest."""
    happened = EventType("test.happened", "happened")
    with clock.pinned(NOON - timedelta(hours=2)):
        record_run_finished(session, PROGRAM, run_id=begin(session), status=JobStatus.failed, error="old")
    with clock.pinned(NOON - timedelta(seconds=90)):
        failed = begin(session)
        record_run_finished(session, PROGRAM, run_id=failed, status=JobStatus.failed, error="E: x")
        begin(session)
        for _ in range(2):
            event = record_event(session, PROGRAM, happened, Subject("test", new_id(), ""))
            event.occurred_at = clock.now()
        session.flush()
    with clock.pinned(NOON):
        nobody = {"x": Subscriber("x", frozenset({"test.happened"}), lambda _session, _event: None)}
        assert get_queue_lag(session, READER) == 90
        fan_out(session, PROGRAM, subscribers=nobody, limit=1)
        found = get_jobs_overview(session, READER)
        assert (found.waiting, found.running, found.failed_last_hour, found.parked) == (2, 1, 1, 0)
        assert found.oldest_waiting_seconds == 90
        rows = list_runs(session, READER, status=JobStatus.failed)
        assert [(row.error, row.arguments) for row in rows] == [("E: x", "d1"), ("old", "d1")]
    with pytest.raises(MissingPermission):
        get_jobs_overview(session, Actor(ActorKind.user, new_id(), "Bob", Cause.click))


def test_worker_lives_by_its_heartbeat(session: Session) -> None:
    """Three missed beats make it dead; a minute later it is pruned and its open runs are closed."""
    for moment, worker in ((NOON - timedelta(seconds=120), "dead"), (NOON, "alive")):
        with clock.pinned(moment):
            record_heartbeat(session, PROGRAM, worker=worker, started_at=moment)
            record_heartbeat(session, PROGRAM, worker=worker, started_at=moment)
            begin(session, worker)
    with clock.pinned(NOON + timedelta(seconds=10)):
        shown = [(row.worker, row.is_alive) for row in list_workers(session, READER)]
        assert shown == [("alive", True), ("dead", False)]
        assert prune_workers(session, PROGRAM, silent_since=NOON - timedelta(seconds=60)) == 1
    assert [row.worker for row in list_runs(session, READER, status=JobStatus.running)] == ["alive"]
    (closed,) = list_runs(session, READER, status=JobStatus.failed)
    assert closed.worker == "dead"
    assert closed.error.startswith("WorkerStopped")
    remove_worker(session, PROGRAM, worker="alive")
    assert list_workers(session, READER) == []


def test_purge_takes_the_old_runs_only(session: Session) -> None:
    """Batch by batch, and what is younger stays."""
    for moment in (NOON - timedelta(days=9), NOON - timedelta(days=8), NOON):
        with clock.pinned(moment):
            record_run_finished(session, PROGRAM, run_id=begin(session), status=JobStatus.done)
    before = NOON - timedelta(days=7)
    assert [purge_runs(session, PROGRAM, before=before, limit=1) for _ in range(3)] == [1, 1, 0]
    assert len(list_runs(session, READER, status=JobStatus.done)) == 1
