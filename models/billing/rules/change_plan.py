"""The outcome of a change made now: what is given back, what is billed, how the subscription stands afterwards."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from models.billing.rules.changes import (
    Cancel,
    Change,
    EndTrial,
    ExtendTrial,
    Pause,
    Resume,
    Settlement,
    Suspend,
)
from models.billing.rules.configure import Offers, configure
from models.billing.rules.invoice_plan import LineDraft
from models.billing.rules.lines import (
    coupons_now,
    elapsed_lines,
    full_lines,
    remaining_line,
    unused_line,
    use_discounts,
)
from models.billing.rules.offers import Component, compute_worths
from models.billing.rules.outcome import Outcome
from models.billing.rules.periods import Period, local_date, local_midnight
from models.billing.rules.renewal import begin_period, first_period, settle, unbilled
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.subscription_status import why_not
from models.billing.tables import BillingTiming, InvoiceKind, SubscriptionStatus
from models.kernel.errors import Conflict, Invalid

MAX_TRIAL_DAYS = 730
STOPPED = {
    Cancel: SubscriptionStatus.cancelled,
    Pause: SubscriptionStatus.paused,
    Suspend: SubscriptionStatus.unpaid,
}


def plan_change(s: Snapshot, change: Change, at: datetime, offers: Offers) -> Outcome:
    """The outcome of the change at an instant within the present period.

    Raises Conflict where the status does not allow it or a renewal is overdue, Invalid where it does not fit.
    """
    refusal = why_not(s.status, change)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    is_running = s.status in {SubscriptionStatus.active, SubscriptionStatus.trial}
    if is_running and at >= s.period.until_at:
        raise Conflict(
            "subscription.renewal_due",
            f"The period ended on {s.period.until_on} and was not billed yet. Run the billing, then try again.",
        )
    match change:
        case Cancel() | Pause() | Suspend():
            return _stop(s, change, at)
        case Resume():
            return _resume(s, at)
        case ExtendTrial():
            return _extend_trial(s, change)
        case EndTrial():
            today = local_date(at, s.period.zone)
            ended = replace(s, anchor_day=today.day, trial_until_on=today)
            return replace(begin_period(ended, first_period(ended, today), []), before=s)
        case _:
            return _reshape(s, configure(s, change, offers), change.settlement, at)


def _reshape(s: Snapshot, components: tuple[Component, ...], settlement: Settlement, at: datetime) -> Outcome:
    after = replace(s, components=components)
    if s.status is SubscriptionStatus.scheduled and s.trial_until_on is None:
        return Outcome(s, replace(after, period=first_period(after, s.period.start_on)))
    if s.status is not SubscriptionStatus.active:
        return Outcome(s, after)
    one, two = s.base.offer, components[0].offer
    if (one.interval, one.interval_count) != (two.interval, two.interval_count):
        if settlement is not Settlement.invoice_now:
            raise Invalid(
                "change.interval_bills_now",
                "Another interval begins a new period today, which is billed now. "
                "Choose “charge now”, or the end of the period.",
                field="settlement",
            )
        return _change_interval(s, after, at)
    if settlement is Settlement.none:
        return Outcome(s, replace(after, components=tuple(_free_of_charge(s, each) for each in components)))
    reshaped = _in_advance if s.timing is BillingTiming.advance else _in_arrears
    lines, components = reshaped(s, after, at)
    after = replace(s, components=components)
    if settlement is Settlement.next_invoice:
        return Outcome(s, after, waiting=tuple(line for line in lines if line.amount_minor))
    return settle(s, after, lines, kind=InvoiceKind.change, period=_settled(s, at), issued_on=_today(s, at))


def _in_advance(s: Snapshot, after: Snapshot, at: datetime) -> tuple[list[LineDraft], tuple[Component, ...]]:
    """Unused time of what changes, then remaining time of what it becomes."""
    old = {each.id: each for each in s.components}
    unused: list[LineDraft] = []
    remaining: list[LineDraft] = []
    components = []
    for each, worth in zip(after.components, compute_worths(after.components, coupons_now(s)), strict=True):
        was = old.pop(each.id, None)
        is_same = was is not None and (was.offer, was.quantity) == (each.offer, each.quantity)
        if is_same and each.billed_net_minor == worth.net_minor:
            components.append(each)
            continue
        line = unused_line(s, was, at) if was else None
        unused += [line] if line else []
        remaining.append(remaining_line(s, each, worth, at))
        components.append(
            Component(each.id, each.offer, each.quantity, at, worth.charge.amount_minor, worth.net_minor)
        )
    unused += [line for each in old.values() if (line := unused_line(s, each, at))]
    return [*unused, *remaining], tuple(components)


def _in_arrears(s: Snapshot, after: Snapshot, at: datetime) -> tuple[list[LineDraft], tuple[Component, ...]]:
    """What ran until now of all that changes; from now on it runs as it has become."""
    coupons = coupons_now(s)
    worth_before = dict(
        zip((each.id for each in s.components), compute_worths(s.components, coupons), strict=True)
    )
    old = {each.id: each for each in s.components}
    changed = set(old) - {each.id for each in after.components}
    components = []
    for each, worth in zip(after.components, compute_worths(after.components, coupons), strict=True):
        was = old.get(each.id)
        is_same = was is not None and (was.offer, was.quantity) == (each.offer, each.quantity)
        if is_same and worth_before[each.id].net_minor == worth.net_minor:
            components.append(each)
            continue
        changed |= {each.id} if was else set()
        components.append(replace(each, segment_start_at=at))
    return elapsed_lines(s, at, frozenset(changed)), tuple(components)


def _free_of_charge(s: Snapshot, component: Component) -> Component:
    """A component that takes effect without a bill for the rest of the period."""
    if s.timing is BillingTiming.arrears or any(each.id == component.id for each in s.components):
        return component
    return replace(component, billed_gross_minor=0, billed_net_minor=0)


def _change_interval(s: Snapshot, after: Snapshot, at: datetime) -> Outcome:
    """A new period begins with today: the old one is given back or billed up to the midnight before."""
    today = _today(s, at)
    midnight = local_midnight(today, s.period.zone)
    if any(each.segment_start_at and each.segment_start_at > midnight for each in s.components):
        raise Conflict(
            "change.again_today",
            "Something was changed today already. Change the interval tomorrow, or at the period's end.",
        )
    if s.timing is BillingTiming.advance:
        lines = [line for each in s.components if (line := unused_line(s, each, midnight))]
    else:
        lines = elapsed_lines(s, midnight)
    moved = replace(after, anchor_day=today.day)
    begun = begin_period(moved, first_period(moved, today), lines, InvoiceKind.change)
    return replace(begun, before=s)


def _stop(s: Snapshot, change: Cancel | Pause | Suspend, at: datetime) -> Outcome:
    lines: list[LineDraft] = []
    components = s.components
    if s.status is SubscriptionStatus.active:
        if s.timing is BillingTiming.arrears:
            lines, components = elapsed_lines(s, at), unbilled(s.components)
        elif not isinstance(change, Suspend) and change.gives_credit:
            lines = [line for each in s.components if (line := unused_line(s, each, at))]
            components = unbilled(s.components)
    after = replace(s, status=STOPPED[type(change)], components=components, planned=())
    outcome = settle(
        s, after, lines, kind=InvoiceKind.change, period=_settled(s, at), issued_on=_today(s, at)
    )
    planned = ((change.resumes_on, Resume()),) if isinstance(change, Pause) and change.resumes_on else ()
    if planned and planned[0][0] <= _today(s, at):
        raise Invalid("pause.too_short", "A pause ends tomorrow at the earliest.", field="resumes_on")
    dropped = tuple(each.id for each in s.planned)
    return replace(outcome, dropped=dropped, planned=planned, stopped_on=_today(s, at))


def _resume(s: Snapshot, at: datetime) -> Outcome:
    """Within a period that stays paid for, it goes on; else a new period begins with today.

    On the day of the stop, which was billed until the stop, the new period is billed from now.
    """
    resumed = replace(s, status=SubscriptionStatus.active, planned=())
    dropped = tuple(each.id for each in s.planned)
    if s.period.covers(at) and all(each.billed_net_minor is not None for each in s.components):
        return Outcome(s, resumed, dropped=dropped)
    today = _today(s, at)
    period = first_period(replace(s, anchor_day=today.day), today)
    fresh = replace(resumed, anchor_day=today.day, components=unbilled(s.components))
    if s.stopped_on != today:
        outcome = begin_period(fresh, period, [], InvoiceKind.period)
    else:
        outcome = _begin_within_today(fresh, period, at)
    return replace(outcome, before=s, dropped=dropped)


def _begin_within_today(s: Snapshot, period: Period, at: datetime) -> Outcome:
    fresh = replace(s, period=period)
    if s.timing is BillingTiming.arrears:
        parts = tuple(replace(each, segment_start_at=at) for each in fresh.components)
        return Outcome(s, replace(fresh, components=parts))
    lines, components = full_lines(fresh, fresh.components, at)
    fresh = replace(fresh, components=components, discounts=use_discounts(fresh.discounts, period.start_on))
    span = (period.start_on, period.until_on)
    return settle(s, fresh, lines, kind=InvoiceKind.change, period=span, issued_on=period.start_on)


def _extend_trial(s: Snapshot, change: ExtendTrial) -> Outcome:
    if change.until_on <= s.period.until_on:
        raise Invalid(
            "trial.not_longer",
            f"The trial runs to {s.period.until_on} already. Choose a later day.",
            field="until_on",
        )
    ensure_trial_days((change.until_on - s.period.start_on).days)
    period = Period(s.period.start_on, change.until_on, s.period.zone)
    # What is to happen when the trial ends happens when it ends; any other day stays the day that was said.
    moved = {
        each.id: replace(each, due_on=period.until_on, due_at=period.until_at)
        for each in s.planned
        if each.due_on == s.period.until_on
    }
    planned = tuple(moved.get(each.id, each) for each in s.planned)
    after = replace(s, period=period, trial_until_on=change.until_on, planned=planned)
    return Outcome(s, after, moved=tuple(moved.values()))


def ensure_trial_days(days: int) -> None:
    """Raises Invalid for a trial that is longer than two years, or shorter than nothing."""
    if not 0 <= days <= MAX_TRIAL_DAYS:
        raise Invalid("trial.too_long", f"A trial lasts 0 to {MAX_TRIAL_DAYS} days.", field="trial")


def _today(s: Snapshot, at: datetime) -> date:
    return local_date(at, s.period.zone)


def _settled(s: Snapshot, at: datetime) -> tuple[date, date]:
    """The days a change settles: what ran until today in arrears, what is left from today in advance."""
    today = _today(s, at)
    if s.timing is BillingTiming.arrears:
        return s.period.start_on, today + timedelta(days=1)
    return (today, s.period.until_on) if today < s.period.until_on else (s.period.start_on, s.period.until_on)
