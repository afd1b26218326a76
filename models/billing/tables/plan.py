"""What we sell: plans, and their prices per currency and interval."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    instant_column,
    minor_column,
    status_column,
    text_column,
)


class PlanStatus(StrEnum):
    """Whether a plan can be sold."""

    draft = "draft"
    on_sale = "on_sale"
    archived = "archived"


class Interval(StrEnum):
    """Unit of a billing period."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


class PriceModel(StrEnum):
    """How a quantity becomes an amount."""

    flat = "flat"
    per_unit = "per_unit"
    graduated = "graduated"
    volume = "volume"
    package = "package"


class TaxBehavior(StrEnum):
    """Whether tax comes on top of a price or is contained in it."""

    exclusive = "exclusive"
    inclusive = "inclusive"


class Plan(Dated, table=True):
    """A product of ours in one version; a change of terms is a new version."""

    __tablename__ = "plan"
    __table_args__ = (
        Index("uq_plan_key_version", "key", "version", unique=True),
        Index("ix_plan_created", "created_at", "id"),
        in_values("status", PlanStatus),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("trial_days BETWEEN 0 AND 730", name="trial_days_bounded"),
    )

    id: UUID = id_column()
    key: str = text_column()
    version: int = Field(default=1)
    name: str = text_column()
    status: str = status_column(PlanStatus.on_sale)
    description: str = text_column(default="")
    trial_days: int = Field(default=0)
    # An add-on is bought beside a plan, never alone.
    is_add_on: bool = Field(default=False)
    # What tax rules tell kinds of products apart by.
    tax_code: str = text_column(default="standard")


class Price(Dated, table=True):
    """What a plan costs in one currency and interval; without an amount it is agreed with each customer.

    `tiers` of graduated and volume prices are objects `up_to` (last unit of the tier, null for the last tier),
    `unit_amount` (text, minor units, may have decimals) and `flat_minor`.
    """

    __tablename__ = "price"
    __table_args__ = (
        Index("uq_price_offer", "plan_id", "currency", "interval", "interval_count", unique=True),
        in_values("interval", Interval),
        in_values("model", PriceModel),
        in_values("tax_behavior", TaxBehavior),
        CheckConstraint("interval_count > 0", name="interval_count_positive"),
        CheckConstraint("unit_amount_minor >= 0", name="unit_amount_not_negative"),
        CheckConstraint("package_size > 0", name="package_size_positive"),
    )

    id: UUID = id_column()
    plan_id: UUID = Field(foreign_key="plan.id")
    currency: str = currency_column()
    interval: str = text_column(default=Interval.month)
    interval_count: int = Field(default=1)
    model: str = text_column(default=PriceModel.per_unit)
    unit_amount_minor: int | None = minor_column(default=None)
    package_size: int = Field(default=1)
    tiers: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    tax_behavior: str = text_column(default=TaxBehavior.exclusive)
    archived_at: datetime | None = instant_column(nullable=True)
