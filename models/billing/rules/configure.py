"""What a subscription is made of after a change, and why a change does not fit it."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from models.billing.rules.changes import AddAddOn, Change, ChangePlan, ChangeQuantity, OfferKey, RemoveAddOn
from models.billing.rules.offers import Component, Offer
from models.billing.rules.pricing import ensure_quantity
from models.billing.rules.snapshot import Snapshot
from models.kernel.columns import new_id
from models.kernel.errors import Invalid, NotFound

# What the catalogue offers; an amount that is agreed stands in the offer's terms already.
Offers = Mapping[OfferKey, Offer]


def configure(s: Snapshot, change: Change, offers: Offers) -> tuple[Component, ...]:
    """The components after the change; changes of the status leave them as they are.

    Raises Invalid where currency, interval, kind or quantity do not fit, NotFound for an unknown component or price.
    """
    match change:
        case ChangePlan():
            return _change_plan(s, change, _offer(offers, change.offer_key))
        case ChangeQuantity():
            ensure_quantity(change.quantity)
            _component(s, change.component_id)
            return tuple(
                replace(each, quantity=change.quantity) if each.id == change.component_id else each
                for each in s.components
            )
        case AddAddOn():
            return _add(s, change, _offer(offers, change.offer_key))
        case RemoveAddOn():
            found = _component(s, change.component_id)
            if not found.offer.is_add_on:
                raise Invalid(
                    "change.plan_stays", "A subscription needs its plan. Cancel it, or change the plan."
                )
            return tuple(each for each in s.components if each.id != found.id)
        case _:
            return s.components


def _change_plan(s: Snapshot, change: ChangePlan, offer: Offer) -> tuple[Component, ...]:
    ensure_is_plan(offer)
    ensure_currency(offer, s.currency)
    quantity = s.base.quantity if change.quantity is None else change.quantity
    ensure_quantity(quantity)
    if (offer, quantity) == (s.base.offer, s.base.quantity):
        raise Invalid(
            "change.nothing", "The subscription is on this plan in this quantity already.", field="price"
        )
    misfit = next((each for each in s.components[1:] if not _same_interval(each.offer, offer)), None)
    if misfit is not None:
        raise Invalid(
            "change.add_on_interval",
            f"The add-on {misfit.offer.plan_name} is billed at another interval than {offer.plan_name}. "
            "Remove the add-on first.",
            field="price",
        )
    return (replace(s.base, offer=offer, quantity=quantity), *s.components[1:])


def _add(s: Snapshot, change: AddAddOn, offer: Offer) -> tuple[Component, ...]:
    if not offer.is_add_on:
        raise Invalid(
            "change.not_add_on",
            f"{offer.plan_name} is a plan, not an add-on. Change the plan, or start a second subscription.",
            field="price",
        )
    ensure_currency(offer, s.currency)
    ensure_quantity(change.quantity)
    if not _same_interval(offer, s.base.offer):
        raise Invalid(
            "change.add_on_interval",
            f"{offer.plan_name} is not offered at the interval of {s.base.offer.plan_name}. "
            "Choose its price for that interval.",
            field="price",
        )
    if any(each.offer.plan_id == offer.plan_id for each in s.components):
        raise Invalid(
            "change.has_add_on", f"{offer.plan_name} is there already. Change its quantity.", field="price"
        )
    return (*s.components, Component(new_id(), offer, change.quantity))


def ensure_is_plan(offer: Offer) -> None:
    """Raises Invalid for an add-on."""
    if offer.is_add_on:
        raise Invalid(
            "change.is_add_on",
            f"{offer.plan_name} is an add-on. Choose a plan, and add it beside that.",
            field="price",
        )


def ensure_currency(offer: Offer, currency: str) -> None:
    """Raises Invalid for a price in another currency than the customer pays in."""
    if offer.currency != currency:
        raise Invalid(
            "change.other_currency",
            f"This price is in {offer.currency} and the customer pays in {currency}. "
            f"Choose a price in {currency}.",
            field="price",
        )


def _same_interval(one: Offer, two: Offer) -> bool:
    return (one.interval, one.interval_count) == (two.interval, two.interval_count)


def _component(s: Snapshot, component_id: UUID) -> Component:
    found = next((each for each in s.components if each.id == component_id), None)
    if found is None:
        raise NotFound("add_on", component_id)
    return found


def _offer(offers: Offers, key: OfferKey) -> Offer:
    if key not in offers:
        raise NotFound("price", key[0])
    return offers[key]
