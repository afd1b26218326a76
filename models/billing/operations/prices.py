"""Prices: adding one to a plan, changing it while nobody pays it, offering it no more."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing import events
from models.billing.operations.plans import lock_plan, plan_subject
from models.billing.queries.planned_changes import customers_led_to
from models.billing.rules.invoice_status import Refusal
from models.billing.rules.plan_status import why_not_add_price, why_not_archive, why_not_change_price
from models.billing.rules.price_draft import Offer, PriceDraft, PriceFact, price_words, read_draft
from models.billing.rules.price_terms import terms_record
from models.billing.tables import Plan, PlanStatus, Price, Subscription, SubscriptionAddOn
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, NotFound
from models.kernel.events import EventType, record_event


def create_price(session: Session, actor: Actor, *, plan_id: UUID, draft: PriceDraft) -> Price:
    """Offer a plan in one more currency and rhythm.

    Refused for terms that break a rule (`ensure_terms`), for an offer (currency, interval, count) the plan
    has already, and on an archived plan.
    """
    plan = lock_plan(session, actor, plan_id)
    _refuse(why_not_add_price(PlanStatus(plan.status)))
    offer = read_draft(draft)
    _ensure_free(session, plan, offer)
    price = Price(plan_id=plan.id, **_columns(offer))
    session.add(price)
    session.flush()
    _record(session, actor, events.PRICE_ADDED, plan, after=_facts(price))
    return price


def change_price(session: Session, actor: Actor, *, price_id: UUID, draft: PriceDraft) -> Price:
    """Change a price of a draft; refused once it was on sale or where somebody pays it."""
    plan, price = _lock_price(session, actor, price_id)
    _refuse(why_not_change_price(PlanStatus(plan.status), is_used=_is_used(session, price)))
    offer = read_draft(draft)
    _ensure_free(session, plan, offer, price)
    before = _facts(price)
    for name, value in _columns(offer).items():
        setattr(price, name, value)
    price.updated_at = clock.now()
    after = _facts(price)
    changed = {name for name in after if before[name] != after[name]}
    if changed:
        kept = {"price", *changed}
        _record(
            session,
            actor,
            events.PRICE_CHANGED,
            plan,
            before={name: before[name] for name in kept},
            after={name: after[name] for name in kept},
        )
    return price


def archive_price(session: Session, actor: Actor, *, price_id: UUID) -> Price:
    """Offer a price no more; who pays it goes on paying it. Refused while a planned change leads to it."""
    plan, price = _lock_price(session, actor, price_id)
    if price.archived_at is not None:
        raise Conflict("price.already_archived", "This price is archived already. Nothing is left to do.")
    _refuse(why_not_archive(PlanStatus.on_sale, customers_led_to(session, price.id)))
    price.archived_at = price.updated_at = clock.now()
    _record(session, actor, events.PRICE_ARCHIVED, plan, after={"price": price_text(price)})
    return price


def unarchive_price(session: Session, actor: Actor, *, price_id: UUID) -> Price:
    """Offer an archived price again."""
    plan, price = _lock_price(session, actor, price_id)
    if price.archived_at is None:
        raise Conflict("price.not_archived", "This price is offered already. Nothing is left to do.")
    price.archived_at, price.updated_at = None, clock.now()
    _record(session, actor, events.PRICE_UNARCHIVED, plan, after={"price": price_text(price)})
    return price


def price_text(price: Price) -> str:
    """The price in words, as lists say it."""
    first = price.tiers[0]["unit_amount"] if price.tiers else ""
    return price_words(
        PriceFact(
            price.currency,
            price.interval,
            price.interval_count,
            price.model,
            price.unit_amount_minor,
            price.package_size,
            first,
        )
    )


def _lock_price(session: Session, actor: Actor, price_id: UUID) -> tuple[Plan, Price]:
    """The price with its plan, which is locked, so that no two changes of one plan cross."""
    found = session.get(Price, price_id)
    if found is None:
        raise NotFound("price", price_id)
    plan = lock_plan(session, actor, found.plan_id)
    session.refresh(found)
    return plan, found


def _ensure_free(session: Session, plan: Plan, offer: Offer, own: Price | None = None) -> None:
    statement = select(Price).where(
        Price.plan_id == plan.id,
        Price.currency == offer.currency,
        Price.interval == offer.interval,
        Price.interval_count == offer.interval_count,
    )
    known = session.exec(statement.where(col(Price.id) != own.id) if own else statement).first()
    if known is None:
        return
    way_on = (
        "Offer that one again" if known.archived_at else "Archive it, or choose another currency or rhythm"
    )
    raise Conflict(
        "price.offer_taken",
        f"This version has a price for that currency and rhythm already: {price_text(known)}. {way_on}.",
        field="interval",
    )


def _is_used(session: Session, price: Price) -> bool:
    for table in (Subscription, SubscriptionAddOn):
        if session.exec(select(table.id).where(table.price_id == price.id).limit(1)).first() is not None:
            return True
    return False


def _columns(offer: Offer) -> dict[str, Any]:
    tiers = terms_record(offer.terms)["tiers"] if offer.terms.tiers else []
    return {
        "currency": offer.currency,
        "interval": offer.interval,
        "interval_count": offer.interval_count,
        "model": offer.terms.model,
        "unit_amount_minor": 0 if tiers else offer.terms.unit_amount_minor,
        "package_size": offer.terms.package_size,
        "tiers": tiers,
        "tax_behavior": offer.tax_behavior,
    }


def _facts(price: Price) -> dict[str, Any]:
    return {
        "price": price_text(price),
        "model": price.model,
        "tiers": [_tier_words(each) for each in price.tiers],
        "tax_behavior": price.tax_behavior,
    }


def _tier_words(tier: dict[str, Any]) -> str:
    last = f"to {tier['up_to']:,}" if tier["up_to"] else "all further"
    return f"{last}: {tier['unit_amount']} each, {tier['flat_minor']} once (minor units)"


def _record(session: Session, actor: Actor, event: EventType, plan: Plan, **changes: Any) -> None:
    record_event(session, actor, event, plan_subject(plan), **changes)


def _refuse(refusal: Refusal | None) -> None:
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
