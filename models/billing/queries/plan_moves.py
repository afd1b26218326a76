"""What moving the subscriptions of one version to another would change, before anybody moves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.accounts import Tenant, in_scope
from models.billing.queries.plan_detail import PriceRow, get_plan
from models.billing.rules.changes import ChangePlan
from models.billing.rules.price_terms import PriceTerms
from models.billing.rules.pricing import compute_charge, monthly_worth
from models.billing.rules.subscription_status import ALLOWED
from models.billing.tables import (
    Interval,
    Price,
    PriceModel,
    ScheduledChange,
    ScheduledStatus,
    Subscription,
    SubscriptionStatus,
)
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission

# Whose plan can be changed; who is paused or suspended stays until resumed.
MOVABLE = tuple(status for status, kinds in ALLOWED.items() if ChangePlan.kind in kinds)
STAYING = (SubscriptionStatus.paused, SubscriptionStatus.unpaid)
_AFTER = aliased(Price, name="after_price")


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One subscription: what a full period costs before and after, without discount and tax."""

    subscription_id: UUID
    tenant_id: UUID
    customer: str
    before: Money
    after: Money
    mrr_before: Money
    mrr_delta: Money


@dataclass(frozen=True, slots=True)
class MovePreview:
    """Who would move, largest rises of MRR first, and who would not.

    Those `without_offer` lack a price in the version; those `staying` are paused, suspended, or have a change
    of plan planned already.
    """

    moving: tuple[MoveRow, ...]
    without_offer: tuple[str, ...]
    mrr_deltas: tuple[Money, ...]
    staying: tuple[str, ...] = ()
    mrr_before: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One subscription with its price in the other version, at the amount agreed where that has none."""

    subscription_id: UUID
    price_id: UUID
    agreed_minor: int | None


def preview_version_move(
    session: Session,
    actor: Actor,
    *,
    plan_id: UUID,
    target_id: UUID,
    reach: Permission = Permission.subscriptions_read,
) -> MovePreview:
    """Everybody on a version within the reach of a permission, with what each would pay on another of the same plan.

    An amount agreed with a customer stays where the other version's price is agreed too.
    """
    source, target = get_plan(session, actor, plan_id), get_plan(session, actor, target_id)
    if source.row.key != target.row.key or plan_id == target_id:
        raise Invalid("plan.no_version_of", "Choose another version of the same plan.", field="target")
    before_prices = {price.id: price for price in source.prices}
    after_prices = {price.offer: price for price in target.prices if price.archived_at is None}
    moving, without, staying = [], [], []
    for subscription, customer, is_planned in session.execute(_everybody(actor, plan_id, reach)):
        price = before_prices[subscription.price_id]
        following = after_prices.get(price.offer)
        if is_planned or subscription.status in STAYING:
            staying.append(customer)
        elif following is None or not _has_amount(price, following):
            without.append(customer)
        else:
            moving.append(_row(subscription, customer, price, following))
    moving.sort(key=lambda row: (-row.mrr_delta.minor, row.customer))
    return MovePreview(
        tuple(moving),
        tuple(without),
        _sums([row.mrr_delta for row in moving]),
        tuple(staying),
        _sums([row.mrr_before for row in moving]),
    )


def list_moves(
    session: Session, actor: Actor, *, plan_id: UUID, target_id: UUID, after: UUID | None, limit: int
) -> tuple[list[Move], int]:
    """The next who can be moved, by id from beyond `after`, and how many there are from there."""
    tiers = func.jsonb_array_length(col(_AFTER.tiers))
    is_agreed = and_(col(_AFTER.unit_amount_minor).is_(None), tiers == 0)
    same_offer = and_(
        *(
            getattr(_AFTER, name) == getattr(Price, name)
            for name in ("currency", "interval", "interval_count")
        )
    )
    found: Any = (
        select(Subscription.id, _AFTER.id, Subscription.unit_amount_minor, is_agreed)
        .join(Price, col(Price.id) == Subscription.price_id)
        .join(_AFTER, and_(col(_AFTER.plan_id) == target_id, col(_AFTER.archived_at).is_(None), same_offer))
        .where(
            Subscription.plan_id == plan_id,
            col(Subscription.status).in_(MOVABLE),
            in_scope(Subscription.tenant_id, actor, Permission.subscriptions_write),
            ~_has_planned_move(),
            or_(~is_agreed, func.jsonb_array_length(col(Price.tiers)) == 0),
        )
    )
    if after is not None:
        found = found.where(col(Subscription.id) > after)
    number = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(col(Subscription.id)).limit(limit))
    return [Move(row[0], row[1], row[2] if row[3] else None) for row in rows], number


def _everybody(actor: Actor, plan_id: UUID, reach: Permission) -> Any:
    return (
        select(Subscription, Tenant.name, _has_planned_move())
        .join(Tenant, col(Tenant.id) == Subscription.tenant_id)
        .where(
            Subscription.plan_id == plan_id,
            col(Subscription.status).in_((*MOVABLE, *STAYING)),
            in_scope(Subscription.tenant_id, actor, reach),
        )
        .order_by(Tenant.name)
    )


def _has_planned_move() -> ColumnElement[bool]:
    return exists().where(
        col(ScheduledChange.subscription_id) == Subscription.id,
        col(ScheduledChange.status) == ScheduledStatus.planned,
        col(ScheduledChange.change)["kind"].astext == ChangePlan.kind,
    )


def _has_amount(price: PriceRow, following: PriceRow) -> bool:
    """Tiers leave no amount that a price agreed with the customer could go on with."""
    return following.terms is not None or not price.tiers


def _row(subscription: Subscription, customer: str, price: PriceRow, following: PriceRow) -> MoveRow:
    agreed = subscription.unit_amount_minor
    after = following.terms or PriceTerms(PriceModel(following.model), agreed, following.package_size)
    amounts = [
        compute_charge(terms, subscription.quantity).amount_minor for terms in (_terms(price, agreed), after)
    ]
    worth = [
        monthly_worth(amount, Interval(price.interval), price.interval_count)
        if subscription.status == SubscriptionStatus.active
        else 0
        for amount in amounts
    ]
    return MoveRow(
        subscription.id,
        subscription.tenant_id,
        customer,
        Money(amounts[0], subscription.currency),
        Money(amounts[1], subscription.currency),
        Money(worth[0], subscription.currency),
        Money(worth[1] - worth[0], subscription.currency),
    )


def _terms(price: PriceRow, agreed_minor: int) -> PriceTerms:
    """What the subscription pays now: its own amount, or the tiers of its price."""
    terms = price.terms
    if terms is not None and terms.tiers:
        return terms
    return PriceTerms(PriceModel(price.model), agreed_minor, price.package_size)


def _sums(amounts: list[Money]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
