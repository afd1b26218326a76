"""A subscription with everything its billing depends on, read once so that rules need no session."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.billing.rules.changes import PlannedChange
from models.billing.rules.discounts import CouponTerms
from models.billing.rules.invoice_plan import LineDraft, TaxContext
from models.billing.rules.offers import Component
from models.billing.rules.periods import Period, ProrationUnit
from models.billing.tables import BillingTiming, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class RunningDiscount:
    """A coupon of the subscription that has not ended."""

    id: UUID
    coupon: CouponTerms
    periods_used: int
    last_period_start_on: date | None


@dataclass(frozen=True, slots=True)
class PendingItem:
    """A line that waits for the next invoice."""

    id: UUID
    draft: LineDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One subscription at one moment."""

    subscription_id: UUID
    tenant_id: UUID
    customer: str
    status: SubscriptionStatus
    currency: str
    timing: BillingTiming
    anchor_day: int
    period: Period
    trial_until_on: date | None
    # The day of the pause or the end, where it does not run.
    stopped_on: date | None = None
    net_terms_days: int
    legal_entity: str
    components: tuple[Component, ...]
    discounts: tuple[RunningDiscount, ...] = ()
    pending: tuple[PendingItem, ...] = ()
    planned: tuple[PlannedChange, ...] = ()
    tax: TaxContext
    proration: ProrationUnit = ProrationUnit.second
    balance_minor: int = 0
    is_first_invoice: bool = False
    last_total_minor: int | None = None
    is_always_reviewed: bool = False
    held_reason: str = ""
    version: int = 1

    @property
    def base(self) -> Component:
        """The plan, without the add-ons."""
        return self.components[0]
