"""The form of a new subscription: its fields, and the order that stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from dashboard.components.preview_form import ChoiceView, FieldView
from dashboard.pages.billing.change_form import price_options
from dashboard.pages.billing.change_reading import read_amount, read_day, read_whole
from models.billing import AddAddOn, BillingTiming, NewSubscription, PriceChoice
from models.kernel.actor import Actor
from models.kernel.errors import Invalid

NO_ADD_ON = "none"
TODAY, DATE = "today", "date"
FIRST = {
    "price": "",
    "amount": "",
    "quantity": "1",
    "start": TODAY,
    "start_on": "",
    "trial_days": "",
    "timing": BillingTiming.advance.value,
    "net_terms_days": "14",
    "add_on": NO_ADD_ON,
    "add_on_quantity": "1",
    "coupon_code": "",
}
LABELS = {
    "price": "Plan and price",
    "amount": "Amount agreed for each unit and period",
    "quantity": "Quantity",
    "start": "Start",
    "start_on": "First day (a past one is billed from then)",
    "trial_days": "Trial days (empty: what the plan gives)",
    "timing": "Billing",
    "net_terms_days": "Days to pay",
    "add_on": "Add-on",
    "add_on_quantity": "Quantity of the add-on",
    "coupon_code": "Coupon code",
}
KINDS = {
    "amount": "text",
    "quantity": "number",
    "start_on": "date",
    "trial_days": "number",
    "net_terms_days": "number",
    "add_on_quantity": "number",
    "coupon_code": "text",
}
STARTS = [ChoiceView(TODAY, "Today"), ChoiceView(DATE, "On a day, also a past one")]
TIMINGS = [
    ChoiceView(BillingTiming.advance, "In advance: when a period begins"),
    ChoiceView(BillingTiming.arrears, "In arrears: when a period has ended"),
]
MAX_TERMS = 365


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer of the order, and the prices they can have."""

    id: UUID
    name: str
    currency: str
    prices: tuple[PriceChoice, ...]
    add_ons: tuple[PriceChoice, ...]


def first_values(buyer: Buyer) -> dict[str, str]:
    """What the form opens with."""
    fits = next((each for each in buyer.prices if each.refusal is None), None)
    return {**FIRST, "price": str(fits.offer.price_id) if fits else ""}


def fields_of(buyer: Buyer, values: Mapping[str, str], reader: Actor) -> list[FieldView]:
    """The fields that apply to what is chosen so far."""
    return [
        FieldView(
            name, LABELS[name], KINDS.get(name, "select"), values[name], _options(buyer, values, name, reader)
        )
        for name in FIRST
        if _applies(buyer, name, values)
    ]


def _applies(buyer: Buyer, name: str, values: Mapping[str, str]) -> bool:
    match name:
        case "amount":
            chosen = _chosen(buyer.prices, values["price"])
            return chosen is not None and chosen.is_agreed
        case "start_on":
            return values["start"] == DATE
        case "add_on":
            return bool(buyer.add_ons)
        case "add_on_quantity":
            return values["add_on"] != NO_ADD_ON
        case _:
            return True


def _options(buyer: Buyer, values: Mapping[str, str], name: str, reader: Actor) -> list[ChoiceView]:
    match name:
        case "price":
            return price_options(buyer.prices, reader)
        case "add_on":
            plan = _chosen(buyer.prices, values["price"])
            return [ChoiceView(NO_ADD_ON, "None"), *price_options(_matching(buyer.add_ons, plan), reader)]
        case "start":
            return STARTS
        case "timing":
            return TIMINGS
        case _:
            return []


def _matching(add_ons: tuple[PriceChoice, ...], plan: PriceChoice | None) -> list[PriceChoice]:
    """Add-ons of the plan's interval: others are refused by the operation."""
    if plan is None:
        return []
    wanted = (plan.offer.interval, plan.offer.interval_count)
    return [each for each in add_ons if (each.offer.interval, each.offer.interval_count) == wanted]


def _chosen(choices: tuple[PriceChoice, ...], price_id: str) -> PriceChoice | None:
    found = (each for each in choices if str(each.offer.price_id) == price_id and each.refusal is None)
    return next(found, None)


def read_order(buyer: Buyer, values: Mapping[str, str]) -> NewSubscription:
    """The order in the form; raises Invalid for a field that cannot be read."""
    price = _chosen(buyer.prices, values["price"])
    if price is None:
        raise Invalid(
            "order.no_price",
            f"Choose a plan. Only prices in {buyer.currency} that are on sale can be started.",
            field="price",
        )
    terms = read_whole(values["net_terms_days"], "net_terms_days")
    if not 0 <= terms <= MAX_TERMS:
        raise Invalid("order.terms", f"Days to pay are 0 to {MAX_TERMS}.", field="net_terms_days")
    trial = values["trial_days"].strip()
    return NewSubscription(
        tenant_id=buyer.id,
        price_id=price.offer.price_id,
        quantity=read_whole(values["quantity"]),
        unit_amount_minor=read_amount(values["amount"], buyer.currency) if price.is_agreed else None,
        start_on=read_day(values["start_on"], "start_on") if values["start"] == DATE else None,
        trial_days=read_whole(trial, "trial_days") if trial else None,
        timing=BillingTiming(values["timing"]),
        net_terms_days=terms,
        add_ons=_add_ons(buyer, values),
        coupon_code=values["coupon_code"].strip(),
    )


def _add_ons(buyer: Buyer, values: Mapping[str, str]) -> tuple[AddAddOn, ...]:
    found = _chosen(buyer.add_ons, values["add_on"])
    if found is None:
        return ()
    return (AddAddOn(found.offer.price_id, read_whole(values["add_on_quantity"])),)
