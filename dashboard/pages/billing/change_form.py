"""The form of a change: which fields it has, and the change that stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.components.preview_form import ChoiceView, FieldView
from dashboard.pages.billing.engine_words import offer_name, price_words
from models.billing import (
    PriceChoice,
    Settlement,
    Snapshot,
)
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.listing import show_date
from models.kernel.money import Money

NOW, PERIOD_END, DATE = "now", "period_end", "date"

# Action -> its fields in order; those that do not apply to what is chosen are left out.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "change_plan": ("price", "amount", "quantity", "when", "due_on", "settlement"),
    "change_version": ("price", "amount", "when", "due_on", "settlement"),
    "change_quantity": ("component", "quantity", "when", "due_on", "settlement"),
    "add_add_on": ("price", "amount", "quantity", "when", "due_on", "settlement"),
    "remove_add_on": ("component", "when", "due_on", "settlement"),
    "extend_trial": ("until_on",),
    "end_trial": (),
    "pause": ("when", "due_on", "credit", "resumes_on"),
    "resume": ("when", "due_on"),
    "reactivate": (),
    "cancel": ("when", "due_on", "credit"),
}
LABELS = {
    "price": "Plan and price",
    "amount": "Amount agreed for each unit and period",
    "quantity": "Quantity",
    "component": "Plan or add-on",
    "when": "When",
    "due_on": "Day",
    "settlement": "Settlement",
    "credit": "Time paid for and not used",
    "until_on": "The trial ends on",
    "resumes_on": "Resumes on (empty: by hand)",
}
KINDS = {"quantity": "number", "due_on": "date", "until_on": "date", "resumes_on": "date", "amount": "text"}
SETTLEMENTS = [
    ChoiceView(Settlement.invoice_now, "Charge now"),
    ChoiceView(Settlement.next_invoice, "On the next invoice"),
    ChoiceView(Settlement.none, "None: nothing for this period"),
]
CREDITS = [ChoiceView("yes", "Goes to the customer's balance"), ChoiceView("no", "Is not given back")]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the form is about."""

    action: str
    s: Snapshot
    choices: tuple[PriceChoice, ...] = ()

    def choice(self, price_id: str) -> PriceChoice | None:
        """The price of this id, where it can be chosen."""
        found = (each for each in self.choices if str(each.offer.price_id) == price_id and not each.refusal)
        return next(found, None)


def first_values(subject: Subject, when: str = "") -> dict[str, str]:
    """What the form opens with."""
    s, action = subject.s, subject.action
    components = [each for each in s.components if action != "remove_add_on" or each.offer.is_add_on]
    price = _first_price(subject)
    default = PERIOD_END if action == "cancel" else NOW
    settlement = Settlement.invoice_now if s.timing == "advance" else Settlement.next_invoice
    return {
        "price": str(price.offer.price_id) if price else "",
        "amount": _first_amount(subject, price),
        "quantity": "1" if action == "add_add_on" else str(s.base.quantity),
        "component": str(components[0].id) if components else "",
        "when": when or default,
        "due_on": "",
        "settlement": settlement.value,
        "credit": "no" if action == "cancel" else "yes",
        "until_on": "",
        "resumes_on": "",
    }


def _first_price(subject: Subject) -> PriceChoice | None:
    """A listed price before an agreed one, of another plan, of the present interval: what is done most."""
    offer = subject.s.base.offer
    here = {each.plan_key for each in subject.choices if each.offer.plan_id == offer.plan_id}
    fitting = [each for each in subject.choices if each.refusal is None]
    others = [each for each in fitting if each.offer.price_id != offer.price_id] or fitting
    rhythm = (offer.interval, offer.interval_count)
    return min(
        others,
        key=lambda each: (
            each.is_agreed,
            each.plan_key in here,
            (each.offer.interval, each.offer.interval_count) != rhythm,
        ),
        default=None,
    )


def _first_amount(subject: Subject, price: PriceChoice | None) -> str:
    """The present amount for each unit where only an agreed one can be chosen; an add-on has none yet."""
    offer = subject.s.base.offer
    if price is None or not price.is_agreed or price.offer.is_add_on or offer.terms.tiers:
        return ""
    return str(Money(offer.terms.unit_amount_minor, offer.currency).decimal)


def fields_of(subject: Subject, values: Mapping[str, str], reader: Actor) -> list[FieldView]:
    """The fields that apply to what is chosen so far."""
    return [
        FieldView(
            name,
            LABELS[name],
            KINDS.get(name, "select"),
            values[name],
            options(subject, name, reader),
            _help(subject, name, reader),
        )
        for name in FIELDS[subject.action]
        if _applies(subject, name, values)
    ]


def _applies(subject: Subject, name: str, values: Mapping[str, str]) -> bool:
    when = values["when"]
    match name:
        case "amount":
            chosen = subject.choice(values["price"])
            return chosen is not None and chosen.is_agreed
        case "due_on":
            return when == DATE
        case "settlement":
            return when != PERIOD_END
        case "credit":
            return when != PERIOD_END and subject.s.timing == "advance"
        case _:
            return True


def options(subject: Subject, name: str, reader: Actor) -> list[ChoiceView]:
    """What can be chosen in a field; what cannot carries its reason."""
    match name:
        case "price":
            return price_options(subject.choices, reader)
        case "component":
            wanted = [
                each
                for each in subject.s.components
                if subject.action != "remove_add_on" or each.offer.is_add_on
            ]
            return [ChoiceView(str(each.id), f"{each.offer.plan_name} × {each.quantity}") for each in wanted]
        case "when":
            return _whens(subject, reader)
        case "settlement":
            return SETTLEMENTS
        case "credit":
            return CREDITS
        case _:
            return []


def price_options(choices: Sequence[PriceChoice], reader: Actor) -> list[ChoiceView]:
    """Prices in words; one that does not fit carries its reason."""
    return [
        ChoiceView(
            str(each.offer.price_id),
            f"{offer_name(each.offer)}: {price_words(each.offer, reader, is_agreed=each.is_agreed)}",
            each.refusal.sentence if each.refusal else "",
        )
        for each in choices
    ]


def _whens(subject: Subject, reader: Actor) -> list[ChoiceView]:
    end = show_date(subject.s.period.until_on, reader.locale)
    found = [
        ChoiceView(NOW, "Now"),
        ChoiceView(PERIOD_END, f"When the period ends, on {end}"),
        ChoiceView(DATE, "On a day"),
    ]
    return [each for each in found if subject.action != "resume" or each.value != PERIOD_END]


def _help(subject: Subject, name: str, reader: Actor) -> str:
    if name == "settlement" and subject.s.timing == "arrears":
        return "Billed in arrears: what ran until the change is billed at its own price."
    if name == "due_on":
        return f"It takes effect at midnight in {subject.s.period.zone}."
    if name == "until_on" and subject.s.trial_until_on:
        return f"It runs to {show_date(subject.s.trial_until_on, reader.locale)} now."
    return ""


def ensure_known(fields: Sequence[FieldView], name: str, value: str) -> None:
    """Refuse a field or a choice that the form does not have."""
    found = next((each for each in fields if each.name == name), None)
    allowed = {each.value for each in found.options if not each.refusal} if found else set()
    if found is None or (found.kind == "select" and value not in allowed):
        raise Invalid("field.not_there", "This form has no such field. Reload the page.")
