"""Carrying out what rules have planned: the subscription, its parts and its invoice, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.billing.operations.invoice_store import store_draft
from models.billing.rules.changes import Change, PlannedChange, change_record
from models.billing.rules.offers import Component
from models.billing.rules.outcome import Outcome, monthly_recurring, next_look_at
from models.billing.rules.periods import local_date, local_midnight
from models.billing.rules.snapshot import Snapshot
from models.billing.tables import (
    Discount,
    Invoice,
    PendingLine,
    ScheduledChange,
    ScheduledStatus,
    Subscription,
    SubscriptionAddOn,
    SubscriptionStatus,
)
from models.kernel import clock
from models.kernel.actor import Actor


def apply_outcome(
    session: Session, actor: Actor, row: Subscription, outcome: Outcome, *, at: datetime, reason: str = ""
) -> Invoice | None:
    """The subscription stands as planned, and its invoice is stored as a draft; None where nothing is billed."""
    _settle_planned(session, outcome)
    _move_planned(session, outcome.moved)
    more = [
        plan_change_row(session, actor, outcome.before, change, due_on, reason)
        for due_on, change in outcome.planned
    ]
    after = _with_planned(outcome.after, more)
    _write_subscription(row, after, outcome.stopped_on)
    _write_add_ons(session, after, local_date(at, after.period.zone))
    _write_discounts(session, outcome)
    invoice = store_draft(session, outcome.before, outcome.invoice) if outcome.invoice else None
    _write_pending(session, outcome, invoice)
    session.flush()
    return invoice


def plan_change_row(
    session: Session, actor: Actor, s: Snapshot, change: Change, due_on: date, reason: str
) -> PlannedChange:
    """A change that waits for the midnight that begins `due_on`."""
    planned = ScheduledChange(
        tenant_id=s.tenant_id,
        subscription_id=s.subscription_id,
        due_on=due_on,
        due_at=local_midnight(due_on, s.period.zone),
        change=change_record(change),
        reason=reason,
        planned_by=actor.name,
    )
    session.add(planned)
    session.flush()
    return PlannedChange(planned.id, planned.due_on, planned.due_at, change)


def _write_subscription(row: Subscription, after: Snapshot, stopped_on: date | None) -> None:
    base = after.base
    row.status = after.status
    row.plan_id, row.price_id = base.offer.plan_id, base.offer.price_id
    row.unit_amount_minor = base.offer.terms.unit_amount_minor
    row.quantity = base.quantity
    row.mrr_minor = monthly_recurring(after)
    row.anchor_day = after.anchor_day
    row.period_start_on, row.period_until_on = after.period.start_on, after.period.until_on
    row.trial_until_on = after.trial_until_on
    row.segment_start_at = base.segment_start_at
    row.billed_gross_minor, row.billed_net_minor = base.billed_gross_minor, base.billed_net_minor
    is_cancelled = after.status is SubscriptionStatus.cancelled
    is_paused = after.status in {SubscriptionStatus.paused, SubscriptionStatus.unpaid}
    row.cancelled_on = (stopped_on or row.cancelled_on) if is_cancelled else None
    row.paused_on = (stopped_on or row.paused_on) if is_paused else None
    row.resumes_on = next((each.due_on for each in after.planned), None) if is_paused else None
    cancels = [each.due_on for each in after.planned if each.change.kind == "cancel"]
    row.cancels_on = min(cancels, default=None)
    row.renews_at = next_look_at(after)
    row.version += 1
    row.updated_at = clock.now()


def _write_add_ons(session: Session, after: Snapshot, today: date) -> None:
    wanted = {each.id: each for each in after.components[1:]}
    stored = session.exec(
        select(SubscriptionAddOn).where(
            SubscriptionAddOn.subscription_id == after.subscription_id,
            col(SubscriptionAddOn.removed_on).is_(None),
        )
    ).all()
    for row in stored:
        if row.id in wanted:
            _write_add_on(row, wanted.pop(row.id))
        else:
            row.removed_on, row.updated_at = max(today, row.added_on), clock.now()
    for each in wanted.values():
        row = SubscriptionAddOn(
            id=each.id,
            tenant_id=after.tenant_id,
            subscription_id=after.subscription_id,
            plan_id=each.offer.plan_id,
            price_id=each.offer.price_id,
            currency=after.currency,
            unit_amount_minor=each.offer.terms.unit_amount_minor,
            added_on=today,
        )
        _write_add_on(row, each)
        session.add(row)


def _write_add_on(row: SubscriptionAddOn, component: Component) -> None:
    row.quantity = component.quantity
    row.segment_start_at = component.segment_start_at
    row.billed_gross_minor, row.billed_net_minor = component.billed_gross_minor, component.billed_net_minor
    row.updated_at = clock.now()


def _write_discounts(session: Session, outcome: Outcome) -> None:
    kept = {each.id: each for each in outcome.after.discounts}
    for was in outcome.before.discounts:
        now = kept.get(was.id)
        if now == was:
            continue
        values = (
            {"ended_on": outcome.after.period.start_on}
            if now is None
            else {"periods_used": now.periods_used, "last_period_start_on": now.last_period_start_on}
        )
        session.execute(update(Discount).where(col(Discount.id) == was.id).values(**values))


def _write_pending(session: Session, outcome: Outcome, invoice: Invoice | None) -> None:
    if invoice is not None and outcome.swept:
        session.execute(
            update(PendingLine).where(col(PendingLine.id).in_(outcome.swept)).values(invoice_id=invoice.id)
        )
    s = outcome.before
    session.add_all(
        PendingLine(
            tenant_id=s.tenant_id,
            subscription_id=s.subscription_id,
            currency=s.currency,
            amount_minor=line.amount_minor,
            description=line.description,
            line=line.record(),
        )
        for line in outcome.waiting
    )


def _settle_planned(session: Session, outcome: Outcome) -> None:
    for ids, status in (
        (outcome.done, ScheduledStatus.done),
        (outcome.dropped, ScheduledStatus.cancelled),
    ):
        if ids:
            session.execute(
                update(ScheduledChange)
                .where(col(ScheduledChange.id).in_(ids))
                .values(status=status.value, settled_at=clock.now())
            )


def _move_planned(session: Session, moved: Sequence[PlannedChange]) -> None:
    for each in moved:
        session.execute(
            update(ScheduledChange)
            .where(col(ScheduledChange.id) == each.id)
            .values(due_on=each.due_on, due_at=each.due_at)
        )


def _with_planned(after: Snapshot, planned: Sequence[PlannedChange]) -> Snapshot:
    """The snapshot with what was planned beside it, so that the next look comes in time."""
    return replace(after, planned=(*after.planned, *planned)) if planned else after
