"""What a subscription's page shows, from one read."""

from dataclasses import dataclass, field
from typing import Any

from dashboard.components.views import Fact
from dashboard.pages.billing.change_preview import VERBS
from dashboard.pages.billing.engine_words import (
    change_words,
    interval_words,
    model_words,
    money,
    offer_name,
    price_words,
    waiting_view,
)
from dashboard.pages.billing.subscription_ahead import band_of, names_of, next_bill, next_text
from dashboard.shell.formats import period_text, relative_day
from dashboard.shell.theme import tone
from models.billing import (
    Component,
    PlannedRow,
    Refusal,
    Snapshot,
    SubscriptionAction,
    SubscriptionDetail,
    Worth,
    explain_charge,
)
from models.kernel.actor import Actor
from models.kernel.listing import show_date, show_instant

ICONS = {
    "change_plan": "arrow-left-right",
    "change_quantity": "hash",
    "change_version": "git-branch",
    "add_add_on": "plus",
    "remove_add_on": "minus",
    "give_coupon": "ticket-percent",
    "extend_trial": "calendar-plus",
    "end_trial": "calendar-check",
    "pause": "pause",
    "resume": "play",
    "reactivate": "rotate-ccw",
    "keep": "undo-2",
    "cancel": "ban",
}
LABELS = {
    **{key: verb.removesuffix(" subscription") for key, verb in VERBS.items()},
    "change_version": "Move to another version",
    "give_coupon": "Give a coupon",
    "cancel": "Cancel subscription",
    "keep": "Keep subscription",
}


@dataclass(frozen=True)
class ActionView:
    """An action with the reason it is not possible, where it is not."""

    key: str
    label: str
    icon: str
    refusal: str = ""


@dataclass(frozen=True)
class ItemView:
    """The plan or an add-on of a subscription."""

    name: str
    model: str
    price: str
    quantity: str
    worth: str
    why: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PlannedView:
    """A planned change, or what became of one."""

    id: str
    when: str
    exact: str
    words: str
    reason: str
    by: str
    status: str


@dataclass(frozen=True)
class CouponView:
    """A coupon that runs."""

    id: str
    name: str
    left: str


def show(found: SubscriptionDetail, reader: Actor) -> dict[str, Any]:
    """The state's variables for this subscription."""
    row, s = found.row, found.snapshot
    actions = [_action(each) for each in found.actions]
    main = next(each.key for each in found.actions if each.is_main)
    return {
        "title": f"{row.customer}: {row.plan}",
        "badge": row.status.capitalize(),
        "tone": tone("subscriptions", row.status),
        "note": "Parked" if s.held_reason else "",
        "figure": f"{money(row.mrr_minor, row.currency, reader)} a month"
        + ("" if row.counted_mrr_minor == row.mrr_minor else " while active"),
        "facts": _facts(found, reader),
        "main_action": next(each for each in actions if each.key == main),
        "quantity_action": next(each for each in actions if each.key == "change_quantity"),
        "menu": [each for each in actions if each.key not in {main, "change_quantity"}],
        "callout": _callout(found, reader),
        "items": [_item(*each, s, reader) for each in zip(s.components, found.worths, strict=True)],
        "coupons": [_coupon(each) for each in s.discounts],
        "waiting": [waiting_view(each.draft, s.currency, reader) for each in s.pending],
        "planned": [planned_view(each, found, reader) for each in found.planned],
        "settled": [planned_view(each, found, reader) for each in found.settled],
        "next_bill": next_bill(found.ahead, reader),
        "next_text": next_text(found, reader),
        "band": band_of(found, reader),
    }


def _action(each: SubscriptionAction) -> ActionView:
    refusal: Refusal | None = each.refusal
    return ActionView(each.key, LABELS[each.key], ICONS[each.key], refusal.sentence if refusal else "")


def _facts(found: SubscriptionDetail, reader: Actor) -> list[Fact]:
    row, s, locale = found.row, found.snapshot, reader.locale
    offer = s.base.offer
    facts = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Plan", offer_name(offer)),
        Fact("Price", price_words(offer, reader)),
        Fact("Billed", f"{interval_words(offer.interval, offer.interval_count).capitalize()}, in {s.timing}"),
        Fact("Period", period_text(s.period.start_on, s.period.until_on, locale), title=s.period.zone),
        Fact("Started", show_date(row.started_on, locale)),
        Fact("Billing day", str(s.anchor_day)),
        Fact("Net terms", f"{s.net_terms_days} days"),
        Fact("Time zone", s.period.zone),
        Fact("Balance", money(s.balance_minor, s.currency, reader)),
        Fact("Collection", row.collection or "\u2014"),
        Fact("Account manager", row.owner or "Nobody"),
        Fact("Id", str(row.id)),
    ]
    if s.trial_until_on:
        facts.insert(5, Fact("Trial to", show_date(s.trial_until_on, locale)))
    return facts


def _callout(found: SubscriptionDetail, reader: Actor) -> str:
    """What a person should know first."""
    if found.snapshot.held_reason:
        return f"Parked, and left out of billing: {found.snapshot.held_reason}"
    if found.ahead.refusal:
        return f"A planned change will fail: {found.ahead.refusal}"
    if found.planned:
        first = found.planned[0]
        words = change_words(first.change, names_of(found.snapshot), found.offers, reader)
        more = f" {len(found.planned) - 1} more planned." if len(found.planned) > 1 else ""
        return f"Planned for {show_date(first.due_on, reader.locale)}: {words}.{more}"
    return ""


def _item(component: Component, worth: Worth, s: Snapshot, reader: Actor) -> ItemView:
    offer, currency = component.offer, s.currency
    every = interval_words(offer.interval, offer.interval_count)
    why = [*explain_charge(worth.charge.steps, worth.discount.parts, currency, reader.locale)]
    why.append(f"Worth {money(worth.net_minor, currency, reader)} {every}, without tax.")
    return ItemView(
        offer_name(offer),
        model_words(offer),
        price_words(offer, reader),
        str(component.quantity),
        money(worth.net_minor, currency, reader),
        why,
    )


def _coupon(each: Any) -> CouponView:
    total = each.coupon.duration_periods or (1 if each.coupon.duration == "once" else None)
    left = "for good" if total is None else f"{max(0, total - each.periods_used)} of {total} periods left"
    return CouponView(str(each.id), each.coupon.name, left)


def planned_view(row: PlannedRow, found: SubscriptionDetail, reader: Actor) -> PlannedView:
    """A planned change in words."""
    return PlannedView(
        str(row.id),
        show_date(row.due_on, reader.locale),
        f"{relative_day(row.due_on)}; planned {show_instant(row.planned_at, reader.locale, reader.time_zone)}",
        change_words(row.change, names_of(found.snapshot), found.offers, reader),
        row.error or row.reason,
        row.planned_by,
        row.status.capitalize(),
    )
