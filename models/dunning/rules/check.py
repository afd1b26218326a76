"""What is wrong with a campaign before it is saved: each problem names its step and the way out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from models.dunning.rules.campaign import (
    NO_DECLINE,
    Action,
    CampaignPlan,
    CampaignStep,
    DeclineClass,
    Route,
    RouteKind,
)

MOST_STEPS = 30
LAST_HOUR = 24
LONGEST_DAYS = 365
# Card networks count tries on one amount: Visa allows 15 in 30 days (Visa rules, excessive retries).
MOST_TRIES = 15
MESSAGES, MESSAGE_DAYS = 3, 7
ENDINGS = (Action.write_off,)
CLASSES = (NO_DECLINE, *DeclineClass)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: `step` is the position from 0, or None where it is about the whole; a warning may be saved."""

    code: str
    sentence: str
    step: int | None = None
    is_warning: bool = False


def find_problems(plan: CampaignPlan, templates: Collection[str]) -> list[Problem]:
    """Everything wrong with the plan; `templates` are the messages there are."""
    found = [*_shape(plan)]
    for position, step in enumerate(plan.steps):
        found += _step_problems(position, step, templates)
    found += [*_order(plan), *_messages(plan.steps), *_paths(plan), *_tries(plan)]
    return found


def _shape(plan: CampaignPlan) -> Iterator[Problem]:
    if not plan.steps:
        yield Problem("campaign.empty", "A campaign needs a step. Add one.")
    if len(plan.steps) > MOST_STEPS:
        yield Problem("campaign.too_long", f"A campaign has at most {MOST_STEPS} steps. Take some out.")
    if not 1 <= plan.end.after_days <= LONGEST_DAYS:
        yield Problem("campaign.end_out_of_range", f"The end comes after 1 to {LONGEST_DAYS} days.")


def _step_problems(position: int, step: CampaignStep, templates: Collection[str]) -> Iterator[Problem]:
    if not 0 <= step.from_hour < step.until_hour <= LAST_HOUR:
        yield Problem(
            "step.no_hours",
            f"{step.from_hour} to {step.until_hour} o'clock is no time of day. The first hour comes before the last.",
            position,
        )
    if step.action is Action.mail and not step.template:
        yield Problem("step.template_missing", "A mail needs a template. Choose one.", position)
    if step.template and step.template not in templates:
        yield Problem(
            "step.template_unknown", f"There is no template “{step.template}”. Choose another.", position
        )
    condition = step.condition
    if (condition.min_minor or condition.max_minor) and not condition.currency:
        yield Problem(
            "step.amount_without_currency", "An amount needs its currency: name it, e.g. USD.", position
        )
    if condition.max_minor and condition.max_minor < condition.min_minor:
        yield Problem(
            "step.amount_empty", "The least amount is above the largest: no invoice fits.", position
        )
    unknown = [each for each in condition.classes if each not in CLASSES]
    if unknown:
        yield Problem("step.class_unknown", f"“{unknown[0]}” is no class of decline.", position)


def _order(plan: CampaignPlan) -> Iterator[Problem]:
    before = 0
    for position, step in enumerate(plan.steps):
        if step.offset_hours < before:
            yield Problem(
                "step.out_of_order",
                "This step comes before the one above it. Move it up, or give it a later day.",
                position,
            )
        if step.offset_hours > plan.end.after_days * 24:
            yield Problem(
                "step.after_end",
                f"This step is on day {step.day}, after the end on day {plan.end.after_days}. "
                "Move the end or the step.",
                position,
            )
        before = max(before, step.offset_hours)
        if step.action in ENDINGS and position + 1 < len(plan.steps):
            yield Problem(
                "step.after_write_off",
                "Nothing comes after a write-off: it ends the case. Make it the last step.",
                position,
            )


def _messages(steps: Sequence[CampaignStep]) -> Iterator[Problem]:
    """No customer gets too many, whatever their decline: steps for other classes do not count."""
    told: set[int] = set()
    for decline_class in CLASSES:
        mails = [
            (position, step)
            for position, step in enumerate(steps)
            if step.action is Action.mail
            and (not step.condition.classes or decline_class in step.condition.classes)
        ]
        for index in range(MESSAGES, len(mails)):
            position, step = mails[index]
            hours = step.offset_hours - mails[index - MESSAGES][1].offset_hours
            if 0 <= hours < MESSAGE_DAYS * 24 and position not in told:
                told.add(position)
                yield Problem(
                    "step.too_many_messages",
                    f"This is message {MESSAGES + 1} within {MESSAGE_DAYS} days. Move it, or take one out.",
                    position,
                )


def _paths(plan: CampaignPlan) -> Iterator[Problem]:
    for decline_class in DeclineClass:
        route = plan.routes.get(decline_class)
        if route is None:
            yield Problem(
                "route.missing",
                f"No path for a decline that is “{decline_class.replace('_', ' ')}”. Choose where it leads.",
            )
        elif problem := _dead_end(plan, decline_class, route):
            yield problem


def _dead_end(plan: CampaignPlan, decline_class: str, route: Route) -> Problem | None:
    words = decline_class.replace("_", " ")
    if route.kind is RouteKind.jump and not 0 <= route.step < len(plan.steps):
        return Problem("route.no_step", f"“{words}” leads to step {route.step + 1}, which is not there.")
    if route.kind is RouteKind.retry and not _has(plan, Action.charge):
        return Problem("route.no_charge", f"“{words}” is to be tried again, but no step charges. Add one.")
    if route.kind is RouteKind.ask and not _has(plan, Action.mail):
        return Problem(
            "route.no_mail", f"“{words}” asks the customer, but no step writes to them. Add a mail."
        )
    if route.kind is RouteKind.retry and decline_class == DeclineClass.stop:
        return Problem(
            "route.stop_retried",
            "A decline that says stop must not be charged again: card networks fine it. Choose another path.",
        )
    return None


def _has(plan: CampaignPlan, action: Action) -> bool:
    return any(step.action is action for step in plan.steps)


def _tries(plan: CampaignPlan) -> Iterator[Problem]:
    charges = sum(step.action is Action.charge for step in plan.steps)
    if not 0 <= plan.budget <= MOST_TRIES:
        yield Problem("campaign.budget_out_of_range", f"A campaign tries 0 to {MOST_TRIES} times.")
    elif charges > plan.budget:
        yield Problem(
            "campaign.budget_short",
            f"{charges} steps charge, but only {plan.budget} tries are allowed: the last ones are skipped.",
            is_warning=True,
        )
