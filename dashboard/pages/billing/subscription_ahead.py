"""What is ahead of a subscription: the time line, the next invoice, the forecast."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from dashboard.components.band import BandView
from dashboard.components.preview import BillView
from dashboard.pages.billing.change_preview import bill_of
from dashboard.pages.billing.engine_words import change_words, money
from dashboard.shell.formats import relative_day
from models.billing import Forecast, Snapshot, Step, SubscriptionDetail, local_date
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import show_date

EVENTS = {
    "start": "Starts",
    "trial": "Trial begins",
    "trial_end": "Trial ends, first period begins",
    "renew": "Renews",
    "cancel": "Ends",
    "pause": "Pauses",
    "resume": "Resumes",
}


def names_of(s: Snapshot) -> Mapping[UUID, str]:
    """What the components are called, by id."""
    return {each.id: each.offer.plan_name for each in s.components}


def _billed(forecast: Forecast) -> Step | None:
    return next((each for each in forecast.steps if each.outcome.invoice), None)


def next_bill(ahead: Forecast, reader: Actor) -> BillView:
    """The next invoice with its lines."""
    step = _billed(ahead)
    if step is None or step.outcome.invoice is None:
        return BillView("")
    plan = step.outcome.invoice
    return bill_of(plan, step.balance_used_minor, show_date(plan.issued_on, reader.locale), reader)


def next_text(found: SubscriptionDetail, reader: Actor) -> str:
    """Why there is no next invoice, where there is none."""
    if found.snapshot.held_reason:
        return "Parked: no run bills it until a person releases it."
    if _billed(found.ahead) is not None:
        return ""
    if found.ahead.steps:
        step = found.ahead.steps[0]
        on = show_date(local_date(step.at, found.snapshot.period.zone), reader.locale)
        return f"Nothing is billed on {on}: {EVENTS.get(step.event, step.event).lower()}."
    return "Nothing is billed any more."


def band_of(found: SubscriptionDetail, reader: Actor) -> list[BandView]:
    """Past, now and ahead, in the order of days."""
    row, s, locale = found.row, found.snapshot, reader.locale
    today = local_date(clock.now(), s.period.zone)
    points: list[tuple[date, str]] = [(row.started_on, "Started" if row.started_on <= today else "Starts")]
    if s.trial_until_on and row.started_on < s.trial_until_on <= today:
        points.append((s.trial_until_on, "Trial ended"))
    if s.period.start_on not in {row.started_on, s.trial_until_on}:
        points.append((s.period.start_on, "Period began" if s.period.start_on <= today else "Period begins"))
    if s.stopped_on:
        points.append((s.stopped_on, row.status.capitalize()))
    names = names_of(s)
    points += [
        (each.due_on, change_words(each.change, names, found.offers, reader)) for each in found.planned
    ]
    points += [(local_date(each.at, s.period.zone), _ahead(each, reader)) for each in found.ahead.steps]
    shown = [
        BandView(show_date(day, locale), label, "past" if day <= today else "ahead", relative_day(day))
        for day, label in sorted(points, key=lambda each: each[0])
    ]
    place = sum(each.phase == "past" for each in shown)
    here = BandView("Today", f"{row.status.capitalize()}, {row.plan} × {row.quantity}", "now")
    return [*shown[:place], here, *shown[place:]]


def _ahead(step: Step, reader: Actor) -> str:
    plan = step.outcome.invoice
    event = EVENTS.get(step.event, step.event.replace("_", " ").capitalize())
    return f"{event}: {money(plan.total_minor, plan.currency, reader)}" if plan else event


def forecast_bills(ahead: Forecast, found: SubscriptionDetail, reader: Actor) -> list[BillView]:
    """Each step ahead as an invoice, or as what happens without one."""
    zone = found.snapshot.period.zone
    shown = []
    for step in ahead.steps:
        day = show_date(local_date(step.at, zone), reader.locale)
        words = [
            change_words(each.change, names_of(step.outcome.before), found.offers, reader)
            for each in step.changes
        ]
        title = f"{day}: {EVENTS.get(step.event, 'Change')}" if step.is_boundary else f"{day}: {words[0]}"
        if step.outcome.invoice is None:
            shown.append(BillView(title, "Nothing billed", "; ".join(words) if step.is_boundary else ""))
            continue
        made = bill_of(step.outcome.invoice, step.balance_used_minor, title, reader)
        note = "; ".join([*(words if step.is_boundary else []), *([made.note] if made.note else [])])
        shown.append(BillView(made.title, made.amount, note, made.lines, made.totals))
    return shown


def forecast_text(found: SubscriptionDetail, reader: Actor) -> str:
    """What the forecast assumes, and where it ends."""
    ahead = found.ahead
    if ahead.refusal:
        return f"It ends early, because a planned change will fail: {ahead.refusal}"
    total = money(ahead.total_minor, ahead.currency, reader)
    return (
        f"{total} in all, with tax. Computed by the rules that bill, from today's prices, coupons and "
        "planned changes, as if nothing else happened. Nothing is written."
    )
