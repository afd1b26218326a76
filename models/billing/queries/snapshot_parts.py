"""Parts of subscriptions that stand in tables of their own, grouped by subscription."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col, select

from models.billing.rules.changes import PlannedChange, read_change
from models.billing.rules.discounts import CouponTerms
from models.billing.rules.invoice_plan import read_line
from models.billing.rules.snapshot import PendingItem, RunningDiscount
from models.billing.tables import (
    Coupon,
    CouponDuration,
    Discount,
    PendingLine,
    ScheduledChange,
    ScheduledStatus,
)

Grouped = dict[UUID, list[Any]]


def among(column: Any) -> ColumnElement[bool]:
    """That the column is one of the array `ids`; as text the same for any number of them."""
    return col(column) == any_(bindparam("ids", type_=ARRAY(Uuid())))


def load_discounts(session: Session, ids: Sequence[UUID]) -> Grouped:
    """Coupons that have not ended, as `RunningDiscount`."""
    found: Grouped = defaultdict(list)
    rows = session.execute(
        select(Discount, Coupon)
        .join(Coupon, col(Coupon.id) == Discount.coupon_id)
        .where(among(Discount.subscription_id), col(Discount.ended_on).is_(None))
        .order_by(col(Discount.id))
        # Batches are written past the session, which must not believe what it has read before.
        .execution_options(populate_existing=True),
        {"ids": list(ids)},
    )
    for one, coupon in rows:
        terms = build_coupon_terms(coupon)
        found[one.subscription_id].append(
            RunningDiscount(one.id, terms, one.periods_used, one.last_period_start_on)
        )
    return found


def build_coupon_terms(coupon: Coupon) -> CouponTerms:
    """A coupon as rules take it."""
    return CouponTerms(
        coupon.id,
        coupon.name,
        coupon.percent_off_ppm,
        coupon.amount_off_minor,
        coupon.currency,
        CouponDuration(coupon.duration),
        coupon.duration_periods,
    )


def load_pending(session: Session, ids: Sequence[UUID]) -> Grouped:
    """Lines that wait for an invoice, as `PendingItem`."""
    found: Grouped = defaultdict(list)
    rows = session.scalars(
        select(PendingLine)
        .where(among(PendingLine.subscription_id), col(PendingLine.invoice_id).is_(None))
        .order_by(col(PendingLine.id)),
        {"ids": list(ids)},
    )
    for one in rows:
        found[one.subscription_id].append(PendingItem(one.id, read_line(one.line)))
    return found


def load_planned(session: Session, ids: Sequence[UUID]) -> Grouped:
    """Changes that wait for their time, earliest first."""
    found: Grouped = defaultdict(list)
    rows = session.scalars(
        select(ScheduledChange)
        .where(
            among(ScheduledChange.subscription_id),
            col(ScheduledChange.status) == ScheduledStatus.planned,
        )
        .order_by(col(ScheduledChange.due_at), col(ScheduledChange.id)),
        {"ids": list(ids)},
    )
    for one in rows:
        found[one.subscription_id].append(
            PlannedChange(one.id, one.due_on, one.due_at, read_change(one.change))
        )
    return found
