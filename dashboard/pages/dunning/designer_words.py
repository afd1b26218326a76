"""Campaigns in words: steps, conditions, two versions side by side, what comes next."""

from datetime import datetime

from dashboard.pages.dunning.designer_data import ROUTE_LABELS
from models.dunning import (
    ACTION_WORDS,
    CLASS_WORDS,
    CampaignPlan,
    CampaignStep,
    Condition,
    DeclineClass,
    RouteKind,
)
from models.kernel.actor import Actor
from models.kernel.listing import show_instant
from models.kernel.money import Money


def step_words(step: CampaignStep) -> str:
    """A step in one line, for comparing versions."""
    parts = [f"Day {step.day}", ACTION_WORDS[step.action]]
    if step.offset_hours % 24:
        parts[0] += f" + {step.offset_hours % 24} h"
    if step.template:
        parts.append(step.template.replace("_", " "))
    parts.append(f"{step.from_hour}–{step.until_hour} h")
    if step.skips_weekends:
        parts.append("weekdays")
    if words := condition_words(step.condition):
        parts.append(words)
    return " \u00b7 ".join(parts)


def condition_words(condition: Condition) -> str:
    """What must hold, in one line."""
    parts = []
    if condition.min_minor:
        parts.append(f"from {Money(condition.min_minor, condition.currency).format()}")
    elif condition.currency:
        parts.append(f"in {condition.currency}")
    if condition.min_age_days:
        parts.append(f"{condition.min_age_days} d overdue")
    if condition.plans:
        parts.append(f"plans {', '.join(condition.plans)}")
    if condition.segments:
        parts.append(f"tagged {' or '.join(condition.segments)}")
    if condition.classes:
        parts.append("decline " + " or ".join(CLASS_WORDS.get(each, each) for each in condition.classes))
    return "; ".join(parts)


def differences(old: CampaignPlan, new: CampaignPlan) -> list[tuple[str, str]]:
    """Both versions side by side, line by line; a line that only one has leaves the other empty."""
    left, right = _lines(old), _lines(new)
    longest = max(len(left), len(right))
    return [
        (left[index] if index < len(left) else "", right[index] if index < len(right) else "")
        for index in range(longest)
    ]


def _lines(plan: CampaignPlan) -> list[str]:
    routes = [
        f"{key.replace('_', ' ')}: {ROUTE_LABELS[plan.route(key).kind].lower()}"
        + (f" {plan.route(key).step + 1}" if plan.route(key).kind is RouteKind.jump else "")
        for key in DeclineClass
    ]
    end = f"End on day {plan.end.after_days}: subscription {plan.end.subscription}, invoice {plan.end.invoice.replace('_', ' ')}"
    return [f"{plan.budget} tries", *routes, end, *(step_words(step) for step in plan.steps)]


def next_words(action: str, at: str, reader: Actor) -> str:
    """What happens next and when, in the reader's zone."""
    when = show_instant(datetime.fromisoformat(at), reader.locale, reader.time_zone)
    return f"{ACTION_WORDS.get(action, action)}, {when}"
