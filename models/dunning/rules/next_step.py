"""What happens next in a case: exactly when, and why; and what is skipped on the way."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from models.dunning.rules.campaign import (
    ACTION_WORDS,
    CLASS_WORDS,
    NO_DECLINE,
    Action,
    CampaignPlan,
    CampaignStep,
    Condition,
    RouteKind,
)
from models.dunning.rules.times import land, zone_of
from models.kernel.money import Money

# Routes after which no charge goes out until there is something new to charge.
HOLDING = {RouteKind.ask, RouteKind.person}


@dataclass(frozen=True, slots=True)
class Stand:
    """A case as the rules see it; amounts in minor units of `currency`."""

    status: str
    anchor_at: datetime
    position: int
    tries_used: int
    amount_minor: int
    currency: str
    due_on: date
    zone: str = "UTC"
    plan: str = ""
    segments: tuple[str, ...] = ()
    failure_class: str = ""
    # None where nobody has looked; the charge itself would find out.
    has_method: bool | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that is passed over, and why."""

    position: int
    why: str


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next; `position` is the number of steps where that is the end."""

    position: int
    action: str
    at: datetime
    why: str
    skips: tuple[Skip, ...] = ()


def next_step(stand: Stand, plan: CampaignPlan, now: datetime) -> Next:
    """The next step that applies, at the instant it is due (never before `now`), else the end.

    Conditions are judged as of the step's own instant; whoever carries the step out judges them again.
    """
    skips: list[Skip] = []
    for position in range(stand.position, len(plan.steps)):
        step = plan.steps[position]
        at = step_instant(stand, step, now)
        why_not = why_skipped(stand, plan, step, at)
        if why_not:
            skips.append(Skip(position, why_not))
            continue
        return Next(position, step.action, at, _why(stand, plan, position, at), tuple(skips))
    at = max(end_instant(stand, plan), now)
    return Next(len(plan.steps), "end", at, _end_why(plan), tuple(skips))


def outlook(stand: Stand, plan: CampaignPlan, now: datetime) -> list[Next]:
    """Everything ahead, as if each charge failed as the last one did; the end is the last."""
    found: list[Next] = []
    while True:
        coming = next_step(stand, plan, now)
        found.append(coming)
        if coming.position >= len(plan.steps):
            return found
        now = coming.at
        tries = stand.tries_used + (coming.action == Action.charge)
        stand = replace(stand, position=coming.position + 1, tries_used=tries)


def step_instant(stand: Stand, step: CampaignStep, now: datetime) -> datetime:
    """When the step is due: its offset from the anchor, not before now, on the next allowed hour there."""
    wanted = max(stand.anchor_at + timedelta(hours=step.offset_hours), now)
    return land(
        wanted,
        stand.zone,
        from_hour=step.from_hour,
        until_hour=step.until_hour,
        skips_weekends=step.skips_weekends,
    )


def end_instant(stand: Stand, plan: CampaignPlan) -> datetime:
    """When the campaign ends."""
    return stand.anchor_at + timedelta(days=plan.end.after_days)


def why_skipped(stand: Stand, plan: CampaignPlan, step: CampaignStep, at: datetime) -> str:
    """Why the step does not apply at that instant, in a sentence; empty where it does."""
    if step.action is Action.charge and (held := _why_no_charge(stand, plan)):
        return held
    return why_not(step.condition, stand, at)


def _why_no_charge(stand: Stand, plan: CampaignPlan) -> str:
    if stand.tries_used >= plan.budget:
        return f"All {plan.budget} tries are used."
    if stand.has_method is False:
        return "There is no payment method to charge."
    if stand.failure_class and plan.route(stand.failure_class).kind in HOLDING:
        words = CLASS_WORDS.get(stand.failure_class, stand.failure_class)
        return f"The last decline {words}: a charge would be refused."
    return ""


def why_not(condition: Condition, stand: Stand, at: datetime) -> str:
    """Why the condition does not hold, or nothing."""
    if condition.currency and condition.currency != stand.currency:
        return f"Only for amounts in {condition.currency}, and this one is in {stand.currency}."
    if stand.amount_minor < condition.min_minor:
        return f"Only from {Money(condition.min_minor, stand.currency).format()} on."
    if condition.max_minor and stand.amount_minor > condition.max_minor:
        return f"Only up to {Money(condition.max_minor, stand.currency).format()}."
    age = (at.astimezone(zone_of(stand.zone)).date() - stand.due_on).days
    if age < condition.min_age_days:
        return f"Only {condition.min_age_days} days after the due date, and it is {max(age, 0)} then."
    if condition.plans and stand.plan not in condition.plans:
        return f"Only for the plans {', '.join(condition.plans)}."
    if condition.segments and not set(condition.segments) & set(stand.segments):
        return f"Only for customers tagged {' or '.join(condition.segments)}."
    if condition.classes and (stand.failure_class or NO_DECLINE) not in condition.classes:
        words = " or ".join(CLASS_WORDS.get(each, each) for each in condition.classes)
        return f"Only where the last decline {words}."
    return ""


def _why(stand: Stand, plan: CampaignPlan, position: int, at: datetime) -> str:
    step = plan.steps[position]
    wanted = stand.anchor_at + timedelta(hours=step.offset_hours)
    words = (
        f"Step {position + 1} of {len(plan.steps)}: {ACTION_WORDS[step.action].lower()} on day {step.day}."
    )
    if at > wanted:
        words += f" It waits for {step.from_hour}:00 to {step.until_hour}:00 in {stand.zone}" + (
            ", Monday to Friday." if step.skips_weekends else "."
        )
    return words


def _end_why(plan: CampaignPlan) -> str:
    then = {
        "pause": "the subscription is paused",
        "suspend": "the subscription is suspended",
        "cancel": "the subscription is cancelled",
    }.get(plan.end.subscription, "the subscription stays")
    invoice = "the invoice is written off" if plan.end.invoice == "write_off" else "the invoice stays open"
    return f"The campaign ends on day {plan.end.after_days}: {then}, {invoice}."
