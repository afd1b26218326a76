"""What we sell: plans, and their prices per currency and interval."""

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


class Plan(Dated, table=True):
    """A product of ours in one version; a change of terms is a new version."""

    __tablename__ = "plan"
    __table_args__ = (
        Index("uq_plan_key_version", "key", "version", unique=True),
        in_values("status", PlanStatus),
        CheckConstraint("version > 0", name="version_positive"),
    )

    id: UUID = id_column()
    key: str = text_column()
    version: int = Field(default=1)
    name: str = text_column()
    status: str = status_column(PlanStatus.on_sale)


class Price(Dated, table=True):
    """What a plan costs in one currency and interval; without an amount it is agreed with each customer."""

    __tablename__ = "price"
    __table_args__ = (
        Index("uq_price_offer", "plan_id", "currency", "interval", "interval_count", unique=True),
        in_values("interval", Interval),
        CheckConstraint("interval_count > 0", name="interval_count_positive"),
        CheckConstraint("unit_amount_minor >= 0", name="unit_amount_not_negative"),
    )

    id: UUID = id_column()
    plan_id: UUID = Field(foreign_key="plan.id")
    currency: str = currency_column()
    interval: str = text_column(default=Interval.month)
    interval_count: int = Field(default=1)
    unit_amount_minor: int | None = minor_column(default=None)
