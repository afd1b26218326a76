"""Changes that wait for their time: planned, taken back, carried out by a run."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from models.accounts import get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.changes import (
    carry_out,
    subscription_subject,
)
from models.billing.operations.outcomes import plan_change_row
from models.billing.operations.reasons import ensure_reason
from models.billing.queries.offers import ensure_on_sale, offers_for
from models.billing.queries.snapshots import get_snapshot
from models.billing.rules.change_plan import plan_change
from models.billing.rules.changes import (
    AddAddOn,
    Cancel,
    Change,
    ChangePlan,
    EndTrial,
    ExtendTrial,
    PlannedChange,
    change_record,
)
from models.billing.rules.configure import configure
from models.billing.rules.outcome import next_look_at
from models.billing.rules.periods import local_date
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.subscription_status import why_not
from models.billing.tables import ScheduledChange, ScheduledStatus, Subscription
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission


def schedule_change(
    session: Session,
    actor: Actor,
    *,
    subscription_id: UUID,
    change: Change,
    due_on: date | None,
    reason: str,
) -> PlannedChange:
    """Plan the change for a day, or for the period's end where none is given; a run carries it out.

    Nothing is billed now. Raises what the change itself would raise today, Conflict where it collides with
    another planned change, Invalid for a day that is not ahead.
    """
    row = lock_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    s = get_snapshot(session, subscription_id)
    day = due_on or s.period.until_on
    ensure_plannable(session, s, change, day)
    planned = plan_change_row(session, actor, s, change, day, ensure_reason(reason))
    _refresh(row, replace(s, planned=(*s.planned, planned)))
    record_event(
        session,
        actor,
        events.CHANGE_SCHEDULED,
        subscription_subject(s),
        reason=reason,
        after={"due_on": day.isoformat(), "change": change_record(change)},
    )
    return planned


def cancel_scheduled_change(session: Session, actor: Actor, *, planned_id: UUID, reason: str) -> None:
    """A planned change is taken back: nothing will happen; so is a planned cancellation, and the subscription stays."""
    seen = get_scoped(session, actor, ScheduledChange, planned_id, Permission.subscriptions_write)
    # The subscription first, as in a run and in every change of it, so that two that meet never wait crosswise.
    row = lock_scoped(session, actor, Subscription, seen.subscription_id, Permission.subscriptions_write)
    planned = lock_row(session, ScheduledChange, planned_id)
    if planned.status != ScheduledStatus.planned:
        raise Conflict(
            "change.not_planned", f"This change is {planned.status} already. Nothing is left to do."
        )
    planned.status, planned.settled_at = ScheduledStatus.cancelled, clock.now()
    session.flush()
    s = get_snapshot(session, planned.subscription_id)
    _refresh(row, s)
    record_event(
        session,
        actor,
        events.CHANGE_UNSCHEDULED,
        subscription_subject(s),
        reason=ensure_reason(reason),
        before={"due_on": planned.due_on.isoformat(), "change": planned.change},
    )


def undo_cancellation(session: Session, actor: Actor, *, subscription_id: UUID, reason: str) -> None:
    """The subscription goes on: its planned cancellation is taken back. Conflict where none is planned."""
    get_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    found = next(
        (each for each in get_snapshot(session, subscription_id).planned if isinstance(each.change, Cancel)),
        None,
    )
    if found is None:
        raise Conflict("change.no_cancellation", "No cancellation is planned. Nothing is left to do.")
    cancel_scheduled_change(session, actor, planned_id=found.id, reason=reason)


def carry_out_planned(session: Session, actor: Actor, *, planned_id: UUID) -> None:
    """A change within the period is carried out as of the instant it was planned for."""
    seen = get_scoped(session, actor, ScheduledChange, planned_id, Permission.subscriptions_write)
    row = lock_scoped(session, actor, Subscription, seen.subscription_id, Permission.subscriptions_write)
    planned = lock_row(session, ScheduledChange, planned_id)
    if planned.status != ScheduledStatus.planned:
        raise NotFound("scheduled_change", planned_id)
    s = get_snapshot(session, planned.subscription_id)
    mine = next(each for each in s.planned if each.id == planned_id)
    left = replace(s, planned=tuple(each for each in s.planned if each.id != planned_id))
    offers = offers_for(session, [each.change for each in s.planned])
    outcome = plan_change(left, mine.change, mine.due_at, offers)
    carry_out(
        session,
        actor,
        row,
        replace(outcome, before=s, done=(planned_id,)),
        mine.change,
        at=mine.due_at,
        reason=planned.reason,
    )


def ensure_plannable(session: Session, s: Snapshot, change: Change, day: date) -> None:
    """Raises what `schedule_change` refuses: not in this status, not ahead, not on sale, or in another's way."""
    refusal = why_not(s.status, change)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    if isinstance(change, ExtendTrial | EndTrial):
        raise Invalid("change.only_now", "A trial is extended or ended at once. Choose “now”.", field="when")
    if day <= local_date(clock.now(), s.period.zone):
        raise Invalid("change.not_ahead", f"{day} is not ahead. Choose a later day, or “now”.", field="when")
    if isinstance(change, ChangePlan | AddAddOn):
        ensure_on_sale(session, change.price_id)
    clash = next((each for each in s.planned if _collide(each, change, day)), None)
    if clash is not None:
        raise Conflict(
            "change.collides",
            f"On {clash.due_on} the plan is to {clash.change.kind.replace('_', ' ')}. "
            "Cancel that change first, or choose another day before it.",
        )
    configure(s, change, offers_for(session, [change]))


def _collide(other: PlannedChange, change: Change, day: date) -> bool:
    if isinstance(other.change, Cancel):
        return day >= other.due_on or isinstance(change, Cancel)
    if isinstance(change, Cancel):
        return other.due_on > day
    return other.due_on == day and other.change.kind == change.kind


def _refresh(row: Subscription, s: Snapshot) -> None:
    cancels = [each.due_on for each in s.planned if isinstance(each.change, Cancel)]
    row.cancels_on = min(cancels, default=None)
    row.renews_at = next_look_at(s)
    row.version += 1
    row.updated_at = clock.now()
