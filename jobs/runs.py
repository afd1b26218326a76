"""The diary of task runs: Huey's signals become rows for the Jobs page."""

from typing import Any
from uuid import UUID

from huey import signals

from jobs.queue import WORKER, huey
from models.kernel.actor import Cause, system_actor
from models.kernel.columns import new_id
from models.kernel.database import unit_of_work
from models.operations import JobStatus, build_error_text, record_run_finished, record_run_started

# The open run of each task in this process; a task runs in one thread at a time.
_open_runs: dict[str, UUID] = {}


def on_executing(_signal: str, task: Any) -> None:
    """Record that a try began."""
    run_id = new_id()
    with unit_of_work() as session:
        record_run_started(
            session,
            system_actor("worker", Cause.schedule),
            run_id=run_id,
            task_id=task.id,
            task=task.name,
            arguments=[*task.args, *task.kwargs.values()],
            worker=WORKER,
        )
    _open_runs[task.id] = run_id


def on_complete(_signal: str, task: Any) -> None:
    """Record that a try succeeded."""
    _finish(task, JobStatus.done)


def on_error(_signal: str, task: Any, error: BaseException | None = None) -> None:
    """Record that a try failed, for good or to be repeated."""
    status = JobStatus.retrying if task.retries else JobStatus.failed
    _finish(task, status, build_error_text(error) if error else "")


def on_stopped(signal: str, task: Any) -> None:
    """Record that a try ended early: cancelled, locked out, timed out or interrupted."""
    _finish(task, JobStatus.failed, f"Stopped: {signal}")


def on_retrying(_signal: str, task: Any) -> None:
    """Record that a task asked to be tried again; after an error that has been recorded already."""
    _finish(task, JobStatus.retrying)


def _finish(task: Any, status: JobStatus, error: str = "") -> None:
    run_id = _open_runs.pop(task.id, None)
    if run_id is None:
        return
    with unit_of_work() as session:
        record_run_finished(session, system_actor("worker"), run_id=run_id, status=status, error=error)


def connect() -> None:
    """Listen to Huey's signals; the worker calls this once."""
    huey.signal(signals.SIGNAL_EXECUTING)(on_executing)
    huey.signal(signals.SIGNAL_COMPLETE)(on_complete)
    huey.signal(signals.SIGNAL_ERROR)(on_error)
    huey.signal(signals.SIGNAL_RETRYING)(on_retrying)
    huey.signal(
        signals.SIGNAL_CANCELED,
        signals.SIGNAL_LOCKED,
        signals.SIGNAL_TIMEOUT,
        signals.SIGNAL_RATE_LIMITED,
        signals.SIGNAL_INTERRUPTED,
    )(on_stopped)
