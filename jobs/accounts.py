"""Tasks of the accounts context."""

from uuid import UUID

from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.accounts import (
    actor_for,
    continue_bulk_change,
    fail_bulk_change,
    list_stale_bulk_changes,
    purge_sessions,
)
from models.kernel.actor import Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import NotFound
from models.kernel.events import Event


@subscriber("work-bulk-change", "bulk_change.queued")
def queue_bulk_change(_session: Session, event: Event) -> None:
    """Queue the change; a second task for it finds nothing left to do."""
    work_bulk_change(str(event.subject_id), str(event.actor_id))


@task()
def work_bulk_change(bulk_id: str, user_id: str) -> None:
    """Work a change of many customers off, chunk by chunk; goes on where a dead worker stopped.

    Nothing is done in the name of a person who was deactivated: the change fails and says so.
    """
    has_more = True
    while has_more:
        with unit_of_work() as session:
            try:
                person = actor_for(session, UUID(user_id), Cause.event)
            except NotFound as error:
                program = system_actor("bulk changes", Cause.event)
                fail_bulk_change(session, program, bulk_id=UUID(bulk_id), error=error.sentence)
                return
            has_more = continue_bulk_change(session, person, bulk_id=UUID(bulk_id))


def restart_stale_bulk_changes() -> None:
    """Queue changes whose task was lost or whose worker fell silent."""
    with read_session() as session:
        stale = list_stale_bulk_changes(session)
    for bulk_id, user_id in stale:
        work_bulk_change(str(bulk_id), str(user_id))


def purge_ended_sessions() -> None:
    """Delete sessions that ended more than 30 days ago."""
    with unit_of_work() as session:
        purge_sessions(session, system_actor("schedule"))
