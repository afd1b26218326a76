"""What a customer has bought, at which price, for which period, and what is planned to change."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    instant_column,
    json_column,
    minor_column,
    status_column,
    tenant_column,
    text_column,
)


class SubscriptionStatus(StrEnum):
    """Where a subscription stands in its life; `rules/subscription_status.py` says what may follow what."""

    scheduled = "scheduled"
    trial = "trial"
    active = "active"
    paused = "paused"
    unpaid = "unpaid"
    cancelled = "cancelled"


class BillingTiming(StrEnum):
    """Whether a period is billed when it begins or when it has ended."""

    advance = "advance"
    arrears = "arrears"


class Subscription(Dated, table=True):
    """A plan bought by a customer; periods are half-open days in the customer's time zone."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("ix_subscription_tenant", "tenant_id", "started_on"),
        Index("ix_subscription_status", "status", "started_on", "id"),
        Index("ix_subscription_started", "started_on", "id"),
        Index("ix_subscription_mrr", "mrr_minor", "id"),
        Index("ix_subscription_plan", "plan_id"),
        Index("ix_subscription_cancelled", "cancelled_on"),
        Index("ix_subscription_renews", "renews_at", "id", postgresql_where=text("held_reason = ''")),
        in_values("status", SubscriptionStatus),
        in_values("billing_timing", BillingTiming),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_amount_minor >= 0", name="unit_amount_not_negative"),
        CheckConstraint("period_until_on > period_start_on", name="period_not_empty"),
        CheckConstraint("(status = 'cancelled') = (cancelled_on IS NOT NULL)", name="cancelled_dated"),
        CheckConstraint("net_terms_days BETWEEN 0 AND 365", name="net_terms_bounded"),
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
    billing_timing: str = text_column(default=BillingTiming.arrears)
    net_terms_days: int = Field(default=14)
    trial_until_on: date | None = Field(default=None)
    paused_on: date | None = Field(default=None)
    resumes_on: date | None = Field(default=None)
    # Shown in lists; the scheduled change is what acts.
    cancels_on: date | None = Field(default=None)
    # When a run must next look at it: the local midnight at which its period ends; null when nothing is due.
    renews_at: datetime | None = instant_column(nullable=True)
    # Not empty: parked for a person, and left out of runs until released.
    held_reason: str = text_column(default="")
    # Since when the present configuration runs within the period, and its worth for a full period as billed.
    segment_start_at: datetime | None = instant_column(nullable=True)
    billed_gross_minor: int | None = minor_column(default=None)
    billed_net_minor: int | None = minor_column(default=None)
    version: int = Field(default=1)


class SubscriptionAddOn(Dated, table=True):
    """An add-on of a subscription, billed with its period."""

    __tablename__ = "subscription_add_on"
    __table_args__ = (
        Index("ix_subscription_add_on_tenant", "tenant_id"),
        Index("ix_subscription_add_on_subscription", "subscription_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_amount_minor >= 0", name="unit_amount_not_negative"),
        CheckConstraint("removed_on >= added_on", name="removed_after_added"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    subscription_id: UUID = Field(foreign_key="subscription.id")
    plan_id: UUID = Field(foreign_key="plan.id")
    price_id: UUID = Field(foreign_key="price.id")
    currency: str = currency_column()
    quantity: int = Field(default=1)
    unit_amount_minor: int = minor_column()
    added_on: date = Field()
    removed_on: date | None = Field(default=None)
    segment_start_at: datetime | None = instant_column(nullable=True)
    billed_gross_minor: int | None = minor_column(default=None)
    billed_net_minor: int | None = minor_column(default=None)


class ScheduledStatus(StrEnum):
    """What became of a planned change."""

    planned = "planned"
    done = "done"
    cancelled = "cancelled"
    failed = "failed"


class ScheduledChange(Dated, table=True):
    """A change that a run carries out when its time has come; `change` is the record of `rules/changes.py`."""

    __tablename__ = "scheduled_change"
    __table_args__ = (
        Index("ix_scheduled_change_tenant", "tenant_id"),
        Index("ix_scheduled_change_subscription", "subscription_id", "due_at"),
        Index("ix_scheduled_change_due", "due_at", "id", postgresql_where=text("status = 'planned'")),
        in_values("status", ScheduledStatus),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    subscription_id: UUID = Field(foreign_key="subscription.id")
    status: str = status_column(ScheduledStatus.planned)
    due_on: date = Field()
    due_at: datetime = instant_column()
    change: dict[str, Any] = json_column()
    reason: str = text_column(default="")
    planned_by: str = text_column(default="")
    settled_at: datetime | None = instant_column(nullable=True)
    error: str = text_column(default="")


class PendingLine(Dated, table=True):
    """A line that waits for the subscription's next invoice; `line` is the record of `rules/invoice_plan.py`."""

    __tablename__ = "pending_line"
    __table_args__ = (
        Index("ix_pending_line_tenant", "tenant_id"),
        Index(
            "ix_pending_line_waiting", "subscription_id", "id", postgresql_where=text("invoice_id IS NULL")
        ),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    subscription_id: UUID = Field(foreign_key="subscription.id")
    currency: str = currency_column()
    amount_minor: int = minor_column()
    description: str = text_column()
    line: dict[str, Any] = json_column()
    invoice_id: UUID | None = Field(default=None, foreign_key="invoice.id")
