"""What becomes of a subscription: how it stands afterwards, and what is billed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.billing.rules.changes import Change, PlannedChange
from models.billing.rules.discounts import is_used_up
from models.billing.rules.invoice_plan import InvoicePlan, LineDraft
from models.billing.rules.offers import compute_worths
from models.billing.rules.pricing import monthly_worth
from models.billing.rules.snapshot import Snapshot
from models.billing.tables import CouponDuration, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """`waiting` lines go on the next invoice; `swept` names waiting lines that went on this one.

    `done` and `dropped` are planned changes that were carried out or have lost their meaning; `planned` are new ones,
    and `moved` now wait for another day.
    """

    before: Snapshot
    after: Snapshot
    invoice: InvoicePlan | None = None
    waiting: tuple[LineDraft, ...] = ()
    swept: tuple[UUID, ...] = ()
    done: tuple[UUID, ...] = ()
    dropped: tuple[UUID, ...] = ()
    planned: tuple[tuple[date, Change], ...] = ()
    moved: tuple[PlannedChange, ...] = ()
    stopped_on: date | None = None


# In these a run has a period to begin or to end.
RUNNING = frozenset({SubscriptionStatus.scheduled, SubscriptionStatus.trial, SubscriptionStatus.active})


def boundary_at(s: Snapshot) -> datetime | None:
    """When the subscription's next period begins; None while nothing is billed."""
    if s.status not in RUNNING:
        return None
    return s.period.start_at if s.status is SubscriptionStatus.scheduled else s.period.until_at


def next_look_at(s: Snapshot) -> datetime | None:
    """When a run must next look at the subscription: its boundary, or an earlier planned change."""
    instants = [each.due_at for each in s.planned]
    boundary = boundary_at(s)
    return min([*instants, boundary] if boundary else instants, default=None)


def counted_mrr(s: Snapshot) -> int:
    """What the subscription adds to MRR now: its monthly worth while it is active."""
    return monthly_recurring(s) if s.status is SubscriptionStatus.active else 0


def monthly_recurring(s: Snapshot) -> int:
    """MRR: the monthly worth of all components, less coupons that hold forever (source: Stripe's definition)."""
    forever = [
        each.coupon
        for each in s.discounts
        if each.coupon.duration is CouponDuration.forever
        and not is_used_up(each.coupon.duration, each.coupon.duration_periods, each.periods_used)
    ]
    offer = s.base.offer
    whole = sum(each.net_minor for each in compute_worths(s.components, forever))
    return monthly_worth(whole, offer.interval, offer.interval_count)
