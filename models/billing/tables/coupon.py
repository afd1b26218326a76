"""What lowers a price: coupons, the codes that give them, and the discounts of subscriptions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    instant_column,
    minor_column,
    status_column,
    tenant_column,
    text_column,
)


class CouponStatus(StrEnum):
    """Whether a coupon can be given."""

    on_sale = "on_sale"
    archived = "archived"


class CouponDuration(StrEnum):
    """For how many billed periods a discount holds."""

    once = "once"
    periods = "periods"
    forever = "forever"


class Coupon(Dated, table=True):
    """A percentage or an amount off each billed period, for a while."""

    __tablename__ = "coupon"
    __table_args__ = (
        Index("uq_coupon_key", "key", unique=True),
        Index("ix_coupon_created", "created_at", "id"),
        in_values("status", CouponStatus),
        in_values("duration", CouponDuration),
        CheckConstraint("(percent_off_ppm IS NULL) <> (amount_off_minor IS NULL)", name="percent_or_amount"),
        CheckConstraint("percent_off_ppm BETWEEN 1 AND 1000000", name="percent_bounded"),
        CheckConstraint("amount_off_minor > 0", name="amount_positive"),
        CheckConstraint("(amount_off_minor IS NULL) = (currency IS NULL)", name="amount_has_currency"),
        CheckConstraint("(duration = 'periods') = (duration_periods IS NOT NULL)", name="periods_counted"),
        CheckConstraint("duration_periods > 0", name="periods_positive"),
        CheckConstraint("redeemed_count >= 0", name="redeemed_not_negative"),
        CheckConstraint("redeemed_count <= max_redemptions", name="redeemed_within_limit"),
    )

    id: UUID = id_column()
    key: str = text_column()
    name: str = text_column()
    status: str = status_column(CouponStatus.on_sale)
    # Parts per million: 12.5 % is 125000.
    percent_off_ppm: int | None = Field(default=None)
    amount_off_minor: int | None = minor_column(default=None)
    currency: str | None = currency_column(nullable=True)
    duration: str = text_column(default=CouponDuration.once)
    duration_periods: int | None = Field(default=None)
    max_redemptions: int | None = Field(default=None)
    redeemed_count: int = Field(default=0)
    # The first day on which it can no longer be given.
    redeem_until_on: date | None = Field(default=None)


class PromotionCode(Dated, table=True):
    """A word customers may use to get a coupon, with limits of its own."""

    __tablename__ = "promotion_code"
    __table_args__ = (
        Index("uq_promotion_code_code", "code", unique=True),
        Index("ix_promotion_code_coupon", "coupon_id"),
        CheckConstraint("code = upper(code) AND code <> ''", name="code_upper"),
        CheckConstraint("redeemed_count <= max_redemptions", name="redeemed_within_limit"),
    )

    id: UUID = id_column()
    coupon_id: UUID = Field(foreign_key="coupon.id")
    code: str = text_column()
    max_redemptions: int | None = Field(default=None)
    redeemed_count: int = Field(default=0)
    redeem_until_on: date | None = Field(default=None)
    archived_at: datetime | None = instant_column(nullable=True)


class Discount(Dated, table=True):
    """A coupon given to a subscription: for how many periods it was used, and in which one last."""

    __tablename__ = "discount"
    __table_args__ = (
        Index("ix_discount_tenant", "tenant_id"),
        Index("uq_discount_coupon", "subscription_id", "coupon_id", unique=True),
        Index("ix_discount_running", "subscription_id", "id", postgresql_where=text("ended_on IS NULL")),
        CheckConstraint("periods_used >= 0", name="periods_used_not_negative"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    subscription_id: UUID = Field(foreign_key="subscription.id")
    coupon_id: UUID = Field(foreign_key="coupon.id")
    promotion_code_id: UUID | None = Field(default=None, foreign_key="promotion_code.id")
    given_on: date = Field()
    ended_on: date | None = Field(default=None)
    periods_used: int = Field(default=0)
    # The period it was last used in, so that changes within that period carry it too.
    last_period_start_on: date | None = Field(default=None)
