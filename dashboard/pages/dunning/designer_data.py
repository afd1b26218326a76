"""The designer's fields as texts, and the plan they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.dunning import (
    Action,
    CampaignEnd,
    CampaignPlan,
    CampaignStep,
    Condition,
    DeclineClass,
    InvoiceEnd,
    Problem,
    Route,
    RouteKind,
    SubscriptionEnd,
)
from models.kernel.errors import Invalid
from models.kernel.money import Money

ANY = "any"
ROUTE_LABELS = {
    RouteKind.retry: "Charge again at the next step that charges",
    RouteKind.ask: "No charge until there is something new; messages go on",
    RouteKind.person: "As above, and call a person",
    RouteKind.jump: "Go on to step",
    RouteKind.end: "End at once",
}
CLASS_LABELS = {
    DeclineClass.try_later: "May work later (no money, bank away)",
    DeclineClass.new_method: "Needs a new payment method (expired, closed)",
    DeclineClass.needs_action: "Needs the customer's confirmation (3-D Secure)",
    DeclineClass.stop: "Must not be tried again (lost, stolen, revoked)",
}


@dataclass(frozen=True)
class StepView:
    """A row of the designer; everything as typed. `problem` is what is wrong with it."""

    key: str
    action: str
    day: str
    hour: str
    template: str
    from_hour: str
    until_hour: str
    weekdays: bool
    classes: str
    currency: str
    least: str
    age: str
    tags: str
    plans: str
    problem: str = ""
    is_warning: bool = False


@dataclass(frozen=True)
class RouteView:
    """Where a class leads, as chosen."""

    decline_class: str
    label: str
    kind: str
    step: str


def step_view(step: CampaignStep, key: str) -> StepView:
    """A stored step as texts."""
    condition = step.condition
    return StepView(
        key=key,
        action=step.action,
        day=str(step.offset_hours // 24),
        hour=str(step.offset_hours % 24),
        template=step.template or ANY,
        from_hour=str(step.from_hour),
        until_hour=str(step.until_hour),
        weekdays=step.skips_weekends,
        classes=", ".join(condition.classes),
        currency=condition.currency,
        least=_plain(condition.min_minor, condition.currency),
        age=str(condition.min_age_days or ""),
        tags=", ".join(condition.segments),
        plans=", ".join(condition.plans),
    )


def blank_step(key: str, day: str) -> StepView:
    """A charge in the morning of that day."""
    return step_view(CampaignStep(Action.charge, int(day) * 24, from_hour=7, until_hour=10), key)


def _plain(minor: int, currency: str) -> str:
    return str(Money(minor, currency).decimal) if minor and currency else ""


def route_views(plan: CampaignPlan) -> list[RouteView]:
    """Each class with where it leads; one without a path leads to a person."""
    return [
        RouteView(each.value, CLASS_LABELS[each], plan.route(each).kind.value, str(plan.route(each).step + 1))
        for each in DeclineClass
    ]


def read_plan(
    steps: Sequence[StepView], routes: Sequence[RouteView], fields: Mapping[str, str]
) -> CampaignPlan:
    """The plan of what was typed; raises Invalid with the step where a text cannot be read."""
    return CampaignPlan(
        steps=tuple(_read_step(each, index) for index, each in enumerate(steps)),
        routes={
            each.decline_class: Route(RouteKind(each.kind), max(_number(each.step, "step", None) - 1, 0))
            for each in routes
        },
        end=CampaignEnd(
            _number(fields.get("end_days", ""), "day of the end", None),
            SubscriptionEnd(fields.get("end_subscription", "keep")),
            InvoiceEnd(fields.get("end_invoice", "leave")),
        ),
        budget=_number(fields.get("budget", ""), "number of tries", None),
    )


def _read_step(view: StepView, index: int) -> CampaignStep:
    currency = view.currency.strip().upper()
    condition = Condition(
        currency=currency,
        min_minor=_amount(view.least, currency, index),
        min_age_days=_number(view.age or "0", "age", index),
        plans=_words(view.plans),
        segments=_words(view.tags),
        classes=_words(view.classes),
    )
    is_mail = view.action == Action.mail
    return CampaignStep(
        action=Action(view.action),
        offset_hours=_number(view.day, "day", index) * 24 + _number(view.hour or "0", "hour", index),
        template=view.template if is_mail and view.template != ANY else "",
        from_hour=_number(view.from_hour, "first hour", index),
        until_hour=_number(view.until_hour, "last hour", index),
        skips_weekends=view.weekdays,
        condition=condition,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _amount(text: str, currency: str, index: int) -> int:
    if not text.strip():
        return 0
    if not currency:
        raise Invalid("step.amount_currency", "An amount needs its currency, e.g. USD.", field=str(index))
    return Money.parse(text, currency).minor


def _number(text: str, what: str, index: int | None) -> int:
    try:
        found = int(text.strip())
    except ValueError:
        found = -1
    if not 0 <= found <= 9_999:  # noqa: PLR2004 -- four figures hold any day of a campaign
        where = "" if index is None else f"Step {index + 1}: "
        raise Invalid("campaign.number", f"{where}the {what} is a whole number from 0.", field=str(index))
    return found


def with_problems(steps: Sequence[StepView], problems: Sequence[Problem]) -> list[StepView]:
    """The rows, each with the first of its problems."""
    first: dict[int, Problem] = {}
    for each in problems:
        if each.step is not None:
            first.setdefault(each.step, each)
    return [
        replace(
            view,
            problem=first[index].sentence if index in first else "",
            is_warning=index in first and first[index].is_warning,
        )
        for index, view in enumerate(steps)
    ]


def plan_fields(plan: CampaignPlan) -> dict[str, Any]:
    """The plan's other fields as texts."""
    return {
        "end_days": str(plan.end.after_days),
        "end_subscription": plan.end.subscription.value,
        "end_invoice": plan.end.invoice.value,
        "budget": str(plan.budget),
    }
