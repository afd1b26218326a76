"""The change that stands in a form, read field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dashboard.pages.billing.change_form import DATE, FIELDS, NOW, Subject
from models.billing import (
    AddAddOn,
    Cancel,
    Change,
    ChangePlan,
    ChangeQuantity,
    EndTrial,
    ExtendTrial,
    Pause,
    RemoveAddOn,
    Resume,
    Settlement,
)
from models.kernel.errors import Invalid
from models.kernel.money import Money, read_decimal

MAX_QUANTITY_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Proposal:
    """The change in the form; `is_planned` where it is to wait, for the period's end where `due_on` is None."""

    change: Change
    is_planned: bool = False
    due_on: date | None = None


def read_proposal(subject: Subject, values: Mapping[str, str]) -> Proposal:
    """The change in the form; raises Invalid for a field that cannot be read."""
    change = _change(subject, values)
    names = FIELDS[subject.action]
    if "when" not in names or values["when"] == NOW:
        return Proposal(change)
    due_on = read_day(values["due_on"], "due_on") if values["when"] == DATE else None
    return Proposal(change, is_planned=True, due_on=due_on)


def _change(subject: Subject, values: Mapping[str, str]) -> Change:
    match subject.action:
        case "change_plan" | "change_version" | "change_quantity" | "add_add_on" | "remove_add_on":
            return _reshaping(subject, values, Settlement(values["settlement"]))
        case "extend_trial":
            return ExtendTrial(read_day(values["until_on"], "until_on"))
        case "end_trial":
            return EndTrial()
        case "pause":
            until = values["resumes_on"]
            return Pause(values["credit"] == "yes", read_day(until, "resumes_on") if until else None)
        case "resume" | "reactivate":
            return Resume()
        case _:
            return Cancel(values["credit"] == "yes")


def _reshaping(subject: Subject, values: Mapping[str, str], settlement: Settlement) -> Change:
    match subject.action:
        case "change_quantity":
            return ChangeQuantity(_component(values), read_whole(values["quantity"]), settlement)
        case "remove_add_on":
            return RemoveAddOn(_component(values), settlement)
        case "add_add_on":
            price_id, quantity, amount = _price(subject, values, read_whole(values["quantity"]))
            return AddAddOn(price_id, quantity or 1, amount, settlement)
        case _:
            quantity = read_whole(values["quantity"]) if subject.action == "change_plan" else None
            return ChangePlan(*_price(subject, values, quantity), settlement)


def _price(
    subject: Subject, values: Mapping[str, str], quantity: int | None
) -> tuple[UUID, int | None, int | None]:
    chosen = subject.choice(values["price"])
    if not subject.choices:
        raise Invalid("price.none_there", "The catalogue has nothing else to move to.", field="price")
    if chosen is None:
        raise Invalid("price.not_chosen", "Choose a price that fits.", field="price")
    amount = read_amount(values["amount"], subject.s.currency) if chosen.is_agreed else None
    return chosen.offer.price_id, quantity, amount


def _component(values: Mapping[str, str]) -> UUID:
    try:
        return UUID(values["component"])
    except ValueError:
        raise Invalid("component.not_chosen", "Choose the plan or an add-on.", field="component") from None


def read_amount(text: str, currency: str) -> int:
    """An amount in minor units, at least zero."""
    if not text.strip():
        raise Invalid("amount.missing", "Enter the amount that was agreed, like 29.00.", field="amount")
    minor = Money.parse(text, currency).minor
    if minor < 0:
        raise Invalid("amount.negative", "A price is at least zero. Write it like 29.00.", field="amount")
    return minor


def read_whole(text: str, what: str = "quantity") -> int:
    """A whole number as typed."""
    number = read_decimal(text)
    if number is None or number != number.to_integral_value() or len(text.strip()) > MAX_QUANTITY_DIGITS:
        raise Invalid(f"{what}.unreadable", "Enter a whole number, like 25.", field=what)
    return int(number)


def read_day(text: str, what: str) -> date:
    """A day as a date field sends it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("day.unreadable", "Choose a day, like 2026-12-24.", field=what) from None
