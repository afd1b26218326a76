"""A campaign as data: steps, where each class of decline leads, how it ends; and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class DeclineClass(StrEnum):
    """What a decline asks for."""

    try_later = "try_later"
    new_method = "new_method"
    needs_action = "needs_action"
    stop = "stop"


# No charge was declined: the invoice was sent and is overdue.
NO_DECLINE = "none"

CLASS_WORDS: Mapping[str, str] = {
    DeclineClass.try_later: "may work later",
    DeclineClass.new_method: "needs a new payment method",
    DeclineClass.needs_action: "needs the customer's confirmation",
    DeclineClass.stop: "must not be tried again",
    NO_DECLINE: "never was, because nothing was charged",
}


class Action(StrEnum):
    """What a step does."""

    charge = "charge"
    mail = "mail"
    task = "task"
    pause = "pause"
    suspend = "suspend"
    write_off = "write_off"


ACTION_WORDS: Mapping[str, str] = {
    Action.charge: "Charge again",
    Action.mail: "Mail",
    Action.task: "Task for the account manager",
    Action.pause: "Pause the service",
    Action.suspend: "Suspend the service",
    Action.write_off: "Write off",
    "end": "End",
    "wake": "Go on",
    "answer": "Answer to the charge",
}


class RouteKind(StrEnum):
    """Where a class of decline leads."""

    retry = "retry"  # charges go on
    ask = "ask"  # no charge until there is a new method or an action; messages go on
    person = "person"  # as ask, and a person is called
    jump = "jump"  # on to a later step
    end = "end"  # the end, at once


class SubscriptionEnd(StrEnum):
    """What becomes of the subscription at the end."""

    keep = "keep"
    pause = "pause"
    suspend = "suspend"
    cancel = "cancel"


class InvoiceEnd(StrEnum):
    """What becomes of the invoice at the end."""

    leave = "leave"
    write_off = "write_off"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step applies; all that is given must hold.

    Amounts are minor units of `currency`, ages days since the due date. `classes` are those of the last decline;
    `none` stands for no decline at all.
    """

    currency: str = ""
    min_minor: int = 0
    max_minor: int = 0
    min_age_days: int = 0
    plans: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """One step: `offset_hours` after the beginning, within local hours [`from_hour`, `until_hour`)."""

    action: Action
    offset_hours: int
    template: str = ""
    from_hour: int = 8
    until_hour: int = 18
    skips_weekends: bool = False
    condition: Condition = Condition()

    @property
    def day(self) -> int:
        """The day of the campaign, from 0."""
        return self.offset_hours // 24


@dataclass(frozen=True, slots=True)
class Route:
    """Where one class leads; `step` is the position of a jump, from 0."""

    kind: RouteKind
    step: int = 0


@dataclass(frozen=True, slots=True)
class CampaignEnd:
    """The end: so many days after the beginning, and what it does."""

    after_days: int
    subscription: SubscriptionEnd = SubscriptionEnd.keep
    invoice: InvoiceEnd = InvoiceEnd.leave


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """All of a version: `budget` is how many charges the campaign may begin."""

    steps: tuple[CampaignStep, ...]
    routes: Mapping[str, Route] = field(default_factory=dict)
    end: CampaignEnd = CampaignEnd(30)
    budget: int = 4

    def route(self, decline_class: str) -> Route:
        """Where the class leads; one without a path goes to a person."""
        return self.routes.get(decline_class, Route(RouteKind.person))


def to_record(plan: CampaignPlan) -> dict[str, Any]:
    """The plan as JSON holds it."""
    return {
        "steps": [asdict(step) for step in plan.steps],
        "routes": {key: asdict(route) for key, route in plan.routes.items()},
        "end": asdict(plan.end),
        "budget": plan.budget,
    }


def from_record(record: Mapping[str, Any]) -> CampaignPlan:
    """The plan of a stored record."""
    return CampaignPlan(
        steps=tuple(_step(each) for each in record["steps"]),
        routes={key: Route(RouteKind(each["kind"]), each["step"]) for key, each in record["routes"].items()},
        end=CampaignEnd(
            record["end"]["after_days"],
            SubscriptionEnd(record["end"]["subscription"]),
            InvoiceEnd(record["end"]["invoice"]),
        ),
        budget=record["budget"],
    )


def _step(record: Mapping[str, Any]) -> CampaignStep:
    condition: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list | tuple) else value
        for key, value in record["condition"].items()
    }
    facts = {key: value for key, value in record.items() if key not in {"action", "condition"}}
    return CampaignStep(action=Action(record["action"]), condition=Condition(**condition), **facts)
