"""Tasks of billing: a run works in batches, each one transaction, until nothing is due."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.billing import (
    BatchResult,
    RunOrder,
    claim_run,
    count_due,
    finish_run,
    list_overdue,
    list_stale_runs,
    report_batch,
    restore_subscription,
    run_batch,
    start_run,
    subscription_of,
    suspend_subscription,
)
from models.dunning import list_chased_subscriptions
from models.kernel import clock
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import Conflict, DomainError, Kind
from models.kernel.events import Event

log = structlog.get_logger()

BATCH = 1_000


@subscriber("bill-run", "billing_run.requested")
def queue_run(_session: Session, event: Event) -> None:
    """Queue the run; should this delivery be undone, the claim makes a second task harmless."""
    bill_run(str(event.subject_id))


@task()
def bill_run(run_id: str) -> None:
    """Carry out one run; does nothing where that is done or in other hands."""
    actor = system_actor("billing run", Cause.schedule, run_id)
    with unit_of_work() as session:
        order = claim_run(session, actor, run_id=UUID(run_id))
    if order is None:
        return
    try:
        while order is not None:
            order, _ = bill_batch(order)
    except DomainError as error:
        # The database is away: the sweep takes the run up again once it is back.
        if error.kind is Kind.unavailable:
            raise
        _fail(actor, run_id, error.sentence)
    except Exception:  # the edge: whoever waits for the run must learn that it has ended
        _fail(actor, run_id, "The run stopped because of a fault in the program; it has been reported.")
        raise


def _fail(actor: Actor, run_id: str, sentence: str) -> None:
    with unit_of_work() as session:
        finish_run(session, actor, run_id=UUID(run_id), error=sentence)


def bill_batch(order: RunOrder) -> tuple[RunOrder | None, BatchResult]:
    """One batch and its count in one transaction; the order is None where the run has ended."""
    actor = system_actor("billing run", Cause.schedule, str(order.id))
    with unit_of_work() as session:
        # Dated as of the run, also where it looks back or ahead.
        with clock.pinned(order.as_of):
            batch = run_batch(session, actor, as_of=order.as_of, run_id=order.id, limit=BATCH)
        if batch.taken:
            return report_batch(session, actor, order=order, batch=batch), batch
        finish_run(session, actor, run_id=order.id)
    return None, batch


def start_due_run() -> None:
    """Start a run where something is due and none is under way."""
    actor = system_actor("schedule")
    now: datetime = clock.now()
    with read_session() as session:
        is_due = count_due(session, now) > 0
    if is_due:
        try:
            with unit_of_work() as session:
                start_run(session, actor, as_of=now)
        except Conflict:
            # Another worker was first, or a run is under way.
            return


def suspend_overdue() -> None:
    """Suspend what stays unpaid beyond the grace period, each in a transaction of its own.

    What a campaign has taken is left to its steps (decision 15).
    """
    actor = system_actor("schedule")
    with read_session() as session:
        chased = list_chased_subscriptions(session, actor)
        overdue = [each for each in list_overdue(session, actor, today=clock.today()) if each not in chased]
    for subscription_id in overdue:
        try:
            with unit_of_work() as session:
                suspend_subscription(session, actor, subscription_id=subscription_id)
        except Conflict as error:
            # Paid, changed or due for renewal meanwhile: tomorrow's look decides.
            log.info("suspension.skipped", subscription_id=str(subscription_id), reason=error.code)


@subscriber("restore-paid", "invoice.paid", "invoice.voided", "invoice.credited", "invoice.written_off")
def restore_settled(session: Session, event: Event) -> None:
    """A suspended subscription goes on when nothing of it is overdue any more, whatever settled the last; safe to repeat."""
    subscription_id = subscription_of(session, event.subject_id)
    if subscription_id is not None:
        restore_subscription(session, system_actor("billing", Cause.event), subscription_id=subscription_id)


def restart_stale_runs() -> None:
    """Queue runs whose task was lost or whose worker fell silent."""
    with read_session() as session:
        stale = list_stale_runs(session, system_actor("schedule"))
    for run_id in stale:
        bill_run(str(run_id))
