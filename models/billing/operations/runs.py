"""Billing runs: started, taken up by a worker, reported on, and what they parked released again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.changes import stored_subject
from models.billing.operations.reasons import ensure_reason
from models.billing.operations.run_batch import BatchResult, bill_one
from models.billing.queries.snapshots import count_due
from models.billing.tables import BillingFailure, BillingRun, RunStatus, Subscription
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name, lock_row
from models.kernel.permissions import Permission

# A run without a sign of life for this long is taken up by the next worker.
STALE = timedelta(seconds=60)
MAX_AHEAD = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class RunOrder:
    """A run in this worker's hands, held by its last heartbeat."""

    id: UUID
    as_of: datetime
    heartbeat_at: datetime


def start_run(session: Session, actor: Actor, *, as_of: datetime, reason: str = "") -> BillingRun:
    """A run over everything due by an instant waits for a worker.

    Raises Conflict while another run is under way, Invalid for an instant more than two months ahead.
    """
    actor.ensure(Permission.billing_runs_start)
    lock_name(session, "billing.run")
    ensure_startable(session, as_of)
    run = BillingRun(
        as_of_at=as_of, started_by=actor.name, cause=actor.cause, due_count=count_due(session, as_of)
    )
    session.add(run)
    session.flush()
    record_event(
        session,
        actor,
        events.RUN_REQUESTED,
        run_subject(run),
        reason=reason,
        after={"as_of": as_of.isoformat(), "due_count": run.due_count},
    )
    return run


def ensure_startable(session: Session, as_of: datetime) -> None:
    """Raises Conflict while a run is under way, Invalid for an instant more than two months ahead."""
    if as_of > clock.now() + MAX_AHEAD:
        raise Invalid(
            "run.too_far", "A run looks at most two months ahead. Choose an earlier day.", field="as_of"
        )
    if _is_one_under_way(session):
        raise Conflict(
            "run.under_way",
            "A run is under way. Wait for its end; it bills what has become due meanwhile too.",
        )


def _is_one_under_way(session: Session) -> bool:
    statement = select(BillingRun.id).where(
        col(BillingRun.status).in_([RunStatus.waiting, RunStatus.running])
    )
    return session.exec(statement).first() is not None


def claim_run(session: Session, actor: Actor, *, run_id: UUID) -> RunOrder | None:
    """The run in the caller's hands; None where it is done or another worker is at it."""
    actor.ensure(Permission.billing_runs_start)
    run = session.exec(
        select(BillingRun).where(BillingRun.id == run_id).with_for_update(skip_locked=True)
    ).first()
    now = clock.now()
    is_free = run is not None and (
        run.status == RunStatus.waiting
        or (run.status == RunStatus.running and (run.heartbeat_at or run.created_at) < now - STALE)
    )
    if run is None or not is_free:
        return None
    run.status, run.heartbeat_at, run.updated_at = RunStatus.running, now, now
    run.started_at = run.started_at or now
    return RunOrder(run.id, run.as_of_at, now)


def report_batch(session: Session, actor: Actor, *, order: RunOrder, batch: BatchResult) -> RunOrder | None:
    """The batch is counted in the transaction that wrote it; None where the run was stopped or taken over meanwhile."""
    actor.ensure(Permission.billing_runs_start)
    run = lock_row(session, BillingRun, order.id)
    run.invoice_count += batch.invoices
    run.draft_count += batch.drafts
    run.change_count += batch.changes
    run.failed_count += batch.failures
    run.updated_at = clock.now()
    if run.status != RunStatus.running or run.heartbeat_at != order.heartbeat_at:
        return None
    run.heartbeat_at = run.updated_at
    return RunOrder(order.id, order.as_of, run.updated_at)


def finish_run(session: Session, actor: Actor, *, run_id: UUID, error: str = "") -> None:
    """The run has ended, well or not."""
    run = lock_row(session, BillingRun, run_id)
    if run.status != RunStatus.running:
        return
    run.status = RunStatus.failed if error else RunStatus.done
    run.error, run.finished_at, run.updated_at = error, clock.now(), clock.now()
    record_event(
        session,
        actor,
        events.RUN_FINISHED,
        run_subject(run),
        after={
            "invoice_count": run.invoice_count,
            "draft_count": run.draft_count,
            "change_count": run.change_count,
            "failed_count": run.failed_count,
        },
    )


def stop_run(session: Session, actor: Actor, *, run_id: UUID, reason: str) -> None:
    """No further batch begins; what is billed stays billed, the rest waits for the next run."""
    actor.ensure(Permission.billing_runs_start)
    run = lock_row(session, BillingRun, run_id)
    if run.status not in {RunStatus.waiting, RunStatus.running}:
        raise Conflict("run.ended", f"This run is {run.status}. Nothing is left to stop.")
    run.status, run.finished_at, run.updated_at = RunStatus.cancelled, clock.now(), clock.now()
    record_event(session, actor, events.RUN_STOPPED, run_subject(run), reason=ensure_reason(reason))


def release_subscription(session: Session, actor: Actor, *, subscription_id: UUID, reason: str) -> None:
    """The next run bills the subscription again; its open failure is resolved. Conflict where it was not parked."""
    row = lock_scoped(session, actor, Subscription, subscription_id, Permission.billing_runs_start)
    if not row.held_reason:
        raise Conflict("subscription.not_held", "This subscription is not parked. Nothing is left to do.")
    before, row.held_reason, row.updated_at = row.held_reason, "", clock.now()
    row.version += 1
    session.execute(
        update(BillingFailure)
        .where(
            col(BillingFailure.subscription_id) == subscription_id, col(BillingFailure.resolved_at).is_(None)
        )
        .values(resolved_at=clock.now(), resolved_by=actor.name)
    )
    record_event(
        session,
        actor,
        events.SUBSCRIPTION_RELEASED,
        stored_subject(session, row),
        reason=ensure_reason(reason),
        before={"held_reason": before},
    )


def release_failures(session: Session, actor: Actor, *, run_id: UUID, reason: str) -> int:
    """Everything a run parked is released; how many."""
    actor.ensure(Permission.billing_runs_start)
    ids = _open_failures(session, run_id)
    for each in ids:
        release_subscription(session, actor, subscription_id=each, reason=reason)
    return len(ids)


def retry_failures(session: Session, actor: Actor, *, run_id: UUID, reason: str) -> BillingRun | None:
    """All that a run parked is released and billed by a new run as of the same instant or now.

    None where a run is under way, which bills them too. Conflict where nothing is parked any more.
    """
    run = get_run(session, actor, run_id=run_id)
    if not release_failures(session, actor, run_id=run_id, reason=reason):
        raise _nothing_parked()
    if _is_one_under_way(session):
        return None
    return start_run(session, actor, as_of=max(run.as_of_at, clock.now()), reason=ensure_reason(reason))


def retry_failure(
    session: Session,
    actor: Actor,
    *,
    run_id: UUID,
    subscription_id: UUID,
    reason: str,
    is_above_bounds_allowed: bool = False,
) -> BatchResult:
    """The step at which a subscription was parked is tried again now: it is billed, or parked with the new reason.

    Above the bounds of a run it is billed only where that is allowed, and then as a draft that a person looks at. It
    takes one step; what else is due the next run bills. The run counts what became of it. Conflict where it is not
    parked by this run any more.
    """
    run = get_run(session, actor, run_id=run_id)
    lock_scoped(session, actor, Subscription, subscription_id, Permission.billing_runs_start)
    if not _open_failures(session, run_id, subscription_id):
        raise _nothing_parked()
    release_subscription(session, actor, subscription_id=subscription_id, reason=reason)
    session.flush()
    as_of = max(run.as_of_at, clock.now())
    with clock.pinned(as_of):
        batch = bill_one(
            session,
            actor,
            subscription_id=subscription_id,
            as_of=as_of,
            run_id=run_id,
            is_above_bounds_allowed=is_above_bounds_allowed,
        )
    run = lock_row(session, BillingRun, run_id)
    run.failed_count += batch.failures - 1
    run.invoice_count += batch.invoices
    run.draft_count += batch.drafts
    run.change_count += batch.changes
    run.updated_at = clock.now()
    return batch


def _open_failures(session: Session, run_id: UUID, subscription_id: UUID | None = None) -> Sequence[UUID]:
    """The subscriptions a run parked that are not released yet, or the one asked for."""
    statement = select(BillingFailure.subscription_id).where(
        BillingFailure.run_id == run_id, col(BillingFailure.resolved_at).is_(None)
    )
    if subscription_id is not None:
        statement = statement.where(BillingFailure.subscription_id == subscription_id)
    return session.scalars(statement).all()


def _nothing_parked() -> Conflict:
    return Conflict("run.nothing_parked", "Nothing of this is parked any more. Nothing is left to do.")


def list_stale_runs(session: Session, actor: Actor) -> list[UUID]:
    """Runs that wait, or whose worker fell silent."""
    actor.ensure(Permission.billing_runs_start)
    limit = clock.now() - STALE
    return list(
        session.scalars(
            select(BillingRun.id).where(
                col(BillingRun.status).in_([RunStatus.waiting, RunStatus.running]),
                func.coalesce(BillingRun.heartbeat_at, BillingRun.created_at) < limit,
            )
        )
    )


def get_run(session: Session, actor: Actor, *, run_id: UUID) -> BillingRun:
    """One run; NotFound where there is none."""
    actor.ensure(Permission.billing_runs_read)
    found = session.get(BillingRun, run_id)
    if found is None:
        raise NotFound("billing_run", run_id)
    return found


def run_subject(run: BillingRun) -> Subject:
    """The run as the subject of an event."""
    return Subject("billing_run", run.id, f"Run as of {run.as_of_at:%Y-%m-%d}")
