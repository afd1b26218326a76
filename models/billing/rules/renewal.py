"""What happens where one period ends and the next begins."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from models.billing.rules.changes import Cancel, Pause, PlannedChange, Resume
from models.billing.rules.configure import Offers, configure
from models.billing.rules.invoice_plan import InvoicePlan, LineDraft, build_invoice
from models.billing.rules.lines import elapsed_lines, full_lines, use_discounts
from models.billing.rules.offers import Component
from models.billing.rules.outcome import Outcome, boundary_at
from models.billing.rules.periods import Period, period_after
from models.billing.rules.snapshot import Snapshot
from models.billing.tables import BillingTiming, InvoiceKind, SubscriptionStatus
from models.kernel.errors import Conflict


def plan_renewal(s: Snapshot, offers: Offers) -> Outcome:
    """The outcome of the next boundary: the start, the trial's end, a renewal, or a planned end.

    Raises Conflict where nothing is billed, and what `configure` raises for a planned change.
    """
    boundary = boundary_at(s)
    if boundary is None:
        raise Conflict("subscription.not_running", f"A subscription that is {s.status} is not billed.")
    due = tuple(each for each in s.planned if each.due_at <= boundary)
    left = replace(s, planned=tuple(each for each in s.planned if each.due_at > boundary)) if due else s
    done = tuple(each.id for each in due)
    if s.status is SubscriptionStatus.scheduled:
        return _seen_from(s, _start(_configured(left, due, offers)), done)
    is_billed_after = s.timing is BillingTiming.arrears and s.status is SubscriptionStatus.active
    lines = elapsed_lines(s, boundary) if is_billed_after else []
    if is_billed_after:
        left = replace(left, discounts=use_discounts(left.discounts, s.period.start_on))
    ending = next((each.change for each in due if isinstance(each.change, Cancel | Pause)), None)
    if ending is not None:
        return _end(s, left, ending, lines, done)
    return _seen_from(s, _next(s, _configured(left, due, offers), lines), done)


def _seen_from(before: Snapshot, outcome: Outcome, done: tuple[UUID, ...]) -> Outcome:
    """The outcome for the subscription as it stood before what was planned."""
    # Copying what hardly ever differs would take a tenth of a run's time.
    return outcome if outcome.before is before else replace(outcome, before=before, done=done)


def first_period(s: Snapshot, start_on: date) -> Period:
    """The period that begins on a day."""
    offer = s.base.offer
    until = period_after(start_on, offer.interval, offer.interval_count, s.anchor_day)
    return Period(start_on, until, s.period.zone)


def begin_period(
    s: Snapshot, period: Period, lines: list[LineDraft], kind: InvoiceKind = InvoiceKind.period
) -> Outcome:
    """The subscription active in a new period, billed at once where that is in advance, with what waited."""
    fresh = replace(
        s, status=SubscriptionStatus.active, period=period, components=unbilled(s.components), pending=()
    )
    billed_on = s.period.start_on if lines else period.start_on
    if s.timing is BillingTiming.advance:
        more, components = full_lines(fresh, fresh.components)
        lines, billed_on = [*lines, *more], period.start_on
        fresh = replace(
            fresh, components=components, discounts=use_discounts(fresh.discounts, period.start_on)
        )
    until_on = period.until_on if billed_on == period.start_on else s.period.until_on
    return settle(s, fresh, lines, kind=kind, period=(billed_on, until_on), issued_on=period.start_on)


def settle(
    before: Snapshot,
    after: Snapshot,
    lines: list[LineDraft],
    *,
    kind: InvoiceKind,
    period: tuple[date, date],
    issued_on: date,
) -> Outcome:
    """The outcome whose invoice holds the lines and all that waited; no invoice without lines."""
    every = [*(each.draft for each in before.pending), *lines]
    invoice: InvoicePlan | None = None
    if every:
        invoice = build_invoice(kind, before.currency, every, before.tax, period=period, issued_on=issued_on)
    swept: tuple[UUID, ...] = tuple(each.id for each in before.pending)
    if after.pending:
        after = replace(after, pending=())
    return Outcome(before, after, invoice, swept=swept)


def unbilled(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """The components at the beginning of a period."""
    return tuple(Component(each.id, each.offer, each.quantity) for each in components)


def _configured(s: Snapshot, due: tuple[PlannedChange, ...], offers: Offers) -> Snapshot:
    for each in due:
        s = replace(s, components=configure(s, each.change, offers))
    return s


def _start(s: Snapshot) -> Outcome:
    if s.trial_until_on is not None and s.trial_until_on > s.period.start_on:
        period = Period(s.period.start_on, s.trial_until_on, s.period.zone)
        return Outcome(s, replace(s, status=SubscriptionStatus.trial, period=period))
    return begin_period(s, first_period(s, s.period.start_on), [])


def _next(before: Snapshot, s: Snapshot, lines: list[LineDraft]) -> Outcome:
    start_on = before.period.until_on
    if before.status is SubscriptionStatus.trial or _has_other_interval(before, s):
        s = replace(s, anchor_day=start_on.day)
    return begin_period(s, first_period(s, start_on), lines)


def _has_other_interval(before: Snapshot, after: Snapshot) -> bool:
    one, two = before.base.offer, after.base.offer
    return (one.interval, one.interval_count) != (two.interval, two.interval_count)


def _end(
    before: Snapshot,
    s: Snapshot,
    ending: Cancel | Pause,
    lines: list[LineDraft],
    done: tuple[UUID, ...],
) -> Outcome:
    is_cancel = isinstance(ending, Cancel)
    status = SubscriptionStatus.cancelled if is_cancel else SubscriptionStatus.paused
    ended = replace(s, status=status, components=unbilled(s.components), planned=())
    kind = InvoiceKind.period if lines else InvoiceKind.change
    period = before.period
    outcome = settle(
        before,
        ended,
        lines,
        kind=kind,
        period=(period.start_on, period.until_on),
        issued_on=period.until_on,
    )
    resumes = isinstance(ending, Pause) and ending.resumes_on
    return replace(
        outcome,
        done=done,
        dropped=tuple(each.id for each in s.planned),
        planned=((resumes, Resume()),) if resumes else (),
        stopped_on=period.until_on,
    )
