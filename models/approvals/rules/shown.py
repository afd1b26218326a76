"""What carrying out a request would do, as facts that are frozen with it and compared with now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.kernel.events import Subject
from models.kernel.money import Money
from models.limits import LimitedAction

Value = str | Money | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a person reads before deciding: what it is now, and what it will be."""

    label: str
    before: Value
    after: Value

    def record(self) -> dict[str, Any]:
        """The fact as stored."""
        return {"label": self.label, "before": _record(self.before), "after": _record(self.after)}


@dataclass(frozen=True, slots=True)
class Shown:
    """What an order would do now: about what, how much, in facts, pinned by a token.

    `weights` is what counts against which limit; for credits that is more than this order's `amount`.
    """

    subject: Subject
    tenant_id: UUID
    amount: Money
    weights: Mapping[LimitedAction, Money]
    facts: tuple[Fact, ...]
    token: str
    sentence: str = ""

    def record(self) -> dict[str, Any]:
        """The preview as it is frozen."""
        return {"sentence": self.sentence, "facts": [each.record() for each in self.facts]}


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is not what it was when the request was made."""

    label: str
    was: Value
    now: Value


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the frozen preview is what would happen now; `refusal` says why it cannot happen at all."""

    is_current: bool
    differences: tuple[Difference, ...] = field(default_factory=tuple)
    refusal: str = ""


def read_facts(preview: Mapping[str, Any]) -> tuple[Fact, ...]:
    """The frozen facts of a request."""
    return tuple(
        Fact(each["label"], _read(each["before"]), _read(each["after"])) for each in preview["facts"]
    )


def differences(frozen: Sequence[Fact], now: Sequence[Fact]) -> tuple[Difference, ...]:
    """Where the world has moved: by label, first what it starts from, then what it would become."""
    was = {each.label: each for each in frozen}
    found = [
        _difference(was.get(each.label, Fact(each.label, None, None)), each)
        for each in now
        if was.get(each.label) != each
    ]
    known = {each.label for each in now}
    gone = [
        Difference(each.label, each.after or each.before, None) for each in frozen if each.label not in known
    ]
    return (*found, *gone)


def _difference(was: Fact, now: Fact) -> Difference:
    if was.before != now.before:
        return Difference(now.label, was.before, now.before)
    return Difference(now.label, was.after, now.after)


def _record(value: Value) -> Any:
    return {"minor": value.minor, "currency": value.currency} if isinstance(value, Money) else value


def _read(value: Any) -> Value:
    return Money(value["minor"], value["currency"]) if isinstance(value, dict) else value
