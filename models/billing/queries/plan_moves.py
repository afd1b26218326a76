"""What moving the subscriptions of one version to another would change, before anybody moves."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant, in_scope
from models.billing.queries.plan_detail import PriceRow, get_plan
from models.billing.rules.price_terms import PriceTerms
from models.billing.rules.pricing import compute_charge, monthly_worth
from models.billing.tables import Interval, PriceModel, Subscription, SubscriptionStatus
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission

MOVING = (
    SubscriptionStatus.active,
    SubscriptionStatus.paused,
    SubscriptionStatus.scheduled,
    SubscriptionStatus.trial,
    SubscriptionStatus.unpaid,
)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One subscription: what a full period costs before and after, without discount and tax."""

    subscription_id: UUID
    tenant_id: UUID
    customer: str
    before: Money
    after: Money
    mrr_delta: Money


@dataclass(frozen=True, slots=True)
class MovePreview:
    """Who would move, largest rises of MRR first, and who cannot because the version lacks their offer."""

    moving: tuple[MoveRow, ...]
    without_offer: tuple[str, ...]
    mrr_deltas: tuple[Money, ...]


def preview_version_move(session: Session, actor: Actor, *, plan_id: UUID, target_id: UUID) -> MovePreview:
    """Everybody on a version within the actor's reach, with what each would pay on another of the same plan.

    An amount agreed with a customer stays where the other version's price is agreed too.
    """
    source, target = get_plan(session, actor, plan_id), get_plan(session, actor, target_id)
    if source.row.key != target.row.key or plan_id == target_id:
        raise Invalid("plan.no_version_of", "Choose another version of the same plan.", field="target")
    before_prices = {price.id: price for price in source.prices}
    after_prices = {price.offer: price for price in target.prices if price.archived_at is None}
    found = session.exec(
        select(Subscription, Tenant.name)
        .join(Tenant, col(Tenant.id) == Subscription.tenant_id)
        .where(
            Subscription.plan_id == plan_id,
            col(Subscription.status).in_(MOVING),
            in_scope(Subscription.tenant_id, actor, Permission.subscriptions_read),
        )
        .order_by(Tenant.name)
    )
    moving, without = [], []
    for subscription, customer in found:
        price = before_prices[subscription.price_id]
        following = after_prices.get(price.offer)
        if following is None:
            without.append(customer)
        else:
            moving.append(_row(subscription, customer, price, following))
    moving.sort(key=lambda row: (-row.mrr_delta.minor, row.customer))
    return MovePreview(tuple(moving), tuple(without), _deltas(moving))


def _row(subscription: Subscription, customer: str, price: PriceRow, following: PriceRow) -> MoveRow:
    before = _terms(price, subscription.unit_amount_minor)
    after = following.terms or before
    amounts = [compute_charge(terms, subscription.quantity).amount_minor for terms in (before, after)]
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
        Money(worth[1] - worth[0], subscription.currency),
    )


def _terms(price: PriceRow, agreed_minor: int) -> PriceTerms:
    """What the subscription pays now: its own amount, or the tiers of its price."""
    terms = price.terms
    if terms is not None and terms.tiers:
        return terms
    return PriceTerms(PriceModel(price.model), agreed_minor, price.package_size)


def _deltas(rows: list[MoveRow]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.mrr_delta.currency] = sums.get(row.mrr_delta.currency, 0) + row.mrr_delta.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
