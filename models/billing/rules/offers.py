"""What a subscription is made of: components, each an offer of the catalogue in a quantity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from models.billing.rules.discounts import ComponentDiscount, CouponTerms, split_discounts
from models.billing.rules.pricing import Charge, PriceTerms, compute_charge
from models.billing.tables import Interval


@dataclass(frozen=True, slots=True)
class Offer:
    """A price with its plan, as a component is billed by it."""

    price_id: UUID
    plan_id: UUID
    plan_name: str
    plan_version: int
    is_add_on: bool
    currency: str
    interval: Interval
    interval_count: int
    terms: PriceTerms
    tax_code: str
    is_inclusive: bool


@dataclass(frozen=True, slots=True)
class Component:
    """A plan or add-on of a subscription, in one quantity.

    `billed_gross_minor` and `billed_net_minor` are its worth for a full period as billed in the present one; None
    where nothing of this period was billed.
    """

    id: UUID
    offer: Offer
    quantity: int
    segment_start_at: datetime | None = None
    billed_gross_minor: int | None = None
    billed_net_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What a component costs for a full period: by its price, and less its discounts."""

    charge: Charge
    discount: ComponentDiscount

    @property
    def net_minor(self) -> int:
        """After discounts."""
        return self.charge.amount_minor - self.discount.discount_minor


NO_DISCOUNT = ComponentDiscount(0, ())


@lru_cache(maxsize=20_000)
def charge_of(terms: PriceTerms, quantity: int) -> Charge:
    """`compute_charge`, remembered: most subscriptions share a few prices and quantities."""
    return compute_charge(terms, quantity)


def compute_worths(components: Sequence[Component], coupons: Sequence[CouponTerms]) -> list[Worth]:
    """Each component's worth for a full period, in the order given."""
    charges = [charge_of(each.offer.terms, each.quantity) for each in components]
    if not coupons:
        return [Worth(charge, NO_DISCOUNT) for charge in charges]
    discounts = split_discounts(coupons, [charge.amount_minor for charge in charges])
    return [Worth(charge, discount) for charge, discount in zip(charges, discounts, strict=True)]
