"""What a customer has bought, at which price, for which period."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    minor_column,
    status_column,
    tenant_column,
    text_column,
)


class SubscriptionStatus(StrEnum):
    """Where a subscription stands in its life."""

    scheduled = "scheduled"
    trial = "trial"
    active = "active"
    paused = "paused"
    cancelled = "cancelled"


class Subscription(Dated, table=True):
    """A plan bought by a customer; periods are half-open and billed at their end."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("ix_subscription_tenant", "tenant_id", "started_on"),
        Index("ix_subscription_status", "status", "started_on", "id"),
        Index("ix_subscription_started", "started_on", "id"),
        Index("ix_subscription_mrr", "mrr_minor", "id"),
        Index("ix_subscription_plan", "plan_id"),
        Index("ix_subscription_cancelled", "cancelled_on"),
        in_values("status", SubscriptionStatus),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_amount_minor >= 0", name="unit_amount_not_negative"),
        CheckConstraint("period_until_on > period_start_on", name="period_not_empty"),
        CheckConstraint("(status = 'cancelled') = (cancelled_on IS NOT NULL)", name="cancelled_dated"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    plan_id: UUID = Field(foreign_key="plan.id")
    price_id: UUID = Field(foreign_key="price.id")
    status: str = status_column(SubscriptionStatus.active)
    currency: str = currency_column()
    quantity: int = Field(default=1)
    unit_amount_minor: int = minor_column()
    # The monthly worth of the subscription at its price; it counts as MRR while the status is active.
    mrr_minor: int = minor_column()
    collection: str = text_column(default="")
    started_on: date = Field()
    anchor_day: int = Field(default=1)
    period_start_on: date = Field()
    period_until_on: date = Field()
    cancelled_on: date | None = Field(default=None)
    version: int = Field(default=1)
