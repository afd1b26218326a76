"""Tasks of background work itself: deliver an event, and keep the records short."""

from datetime import timedelta
from uuid import UUID

from jobs.queue import task
from jobs.subscribers import subscribers
from models.kernel import clock
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work
from models.kernel.settings import get_settings
from models.operations import deliver_one, prune_workers, purge_runs

KEEP_RUNS = timedelta(days=7)
SILENT_AFTER = timedelta(seconds=60)
DELIVERIES_FIRST = 10


# A copy left over in a long queue is dropped once the lease has ended and the relay has queued another.
@task(priority=DELIVERIES_FIRST, expires_seconds=get_settings().delivery_lease_seconds)
def deliver(delivery_id: str) -> None:
    """Hand one event to one subscriber; does nothing where that has been done."""
    with unit_of_work() as session:
        actor = system_actor("relay", Cause.event)
        deliver_one(session, actor, delivery_id=UUID(delivery_id), subscribers=subscribers())


def purge_old_runs() -> None:
    """Delete records of task runs older than a week, in short transactions."""
    actor = system_actor("schedule")
    purged = 1
    while purged:
        with unit_of_work() as session:
            purged = purge_runs(session, actor, before=clock.now() - KEEP_RUNS)


def prune_silent_workers() -> None:
    """Forget workers without a sign of life for a minute, and close what they had begun."""
    with unit_of_work() as session:
        prune_workers(session, system_actor("schedule"), silent_since=clock.now() - SILENT_AFTER)
