"""Plans and coupons over HTTP, for reading."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Security
from pydantic import Field

from dashboard.api.problems import documented
from dashboard.api.v1.lists import Asked, answer_list, describe_list
from dashboard.api.v1.shapes import Listed, Money, Shape
from dashboard.api.visitor import SESSION, SignedInActor, demand
from models.billing import (
    COUPONS,
    PLANS,
    CodeRow,
    CouponDuration,
    CouponRow,
    Interval,
    PlanDetail,
    PlanRow,
    PlanStatus,
    PriceModel,
    PriceRow,
    TaxBehavior,
    get_coupon,
    get_plan,
)
from models.kernel.database import read_session
from models.kernel.permissions import Permission

router = APIRouter(prefix="/api/v1", dependencies=[Security(SESSION)])
ID = "0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"


class PlanSummary(Shape):
    """One version of a plan; counts and MRR are within your reach, null where you may not see subscriptions."""

    id: UUID = Field(examples=[ID])
    key: str = Field(examples=["growth"])
    version: int = Field(examples=[2])
    name: str = Field(examples=["Growth"])
    status: PlanStatus = Field(examples=["on_sale"])
    description: str = Field(examples=["Starter with automation and reports."])
    is_add_on: bool = Field(examples=[False])
    trial_days: int = Field(examples=[14])
    tax_code: str = Field(examples=["standard"])
    active_subscriptions: int | None = Field(examples=[128])
    mrr: list[Money] = Field(description="One for each currency; never added together.")


class Price(Shape):
    """What the version costs in one currency and rhythm; an amount of null is agreed with each customer."""

    id: UUID = Field(examples=[ID])
    words: str = Field(examples=["from 29 EUR/mo"])
    currency: str = Field(examples=["EUR"])
    interval: Interval = Field(examples=["month"])
    interval_count: int = Field(examples=[1])
    model: PriceModel = Field(examples=["graduated"])
    unit_amount_minor: int | None = Field(examples=[None])
    package_size: int = Field(examples=[1])
    tiers: list[dict[str, Any]] = Field(examples=[[{"up_to": None, "unit_amount": "2900", "flat_minor": 0}]])
    tax_behavior: TaxBehavior = Field(examples=["exclusive"])
    is_archived: bool = Field(examples=[False])


class Plan(PlanSummary):
    """A version with its prices."""

    prices: list[Price]


class CouponSummary(Shape):
    """What a coupon takes off, and how often it was given; `status` may also be `expired` or `used_up`."""

    id: UUID = Field(examples=[ID])
    key: str = Field(examples=["welcome10"])
    name: str = Field(examples=["Welcome, 10 %"])
    status: str = Field(examples=["on_sale"])
    percent_off_ppm: int | None = Field(description="Parts per million.", examples=[100_000])
    amount_off: Money | None
    duration: CouponDuration = Field(examples=["periods"])
    duration_periods: int | None = Field(examples=[3])
    redeemed_count: int = Field(examples=[12])
    max_redemptions: int | None = Field(examples=[500])
    redeem_until_on: date | None = Field(examples=["2027-01-01"])
    created_at: datetime


class PromotionCode(Shape):
    """A word that gives the coupon."""

    code: str = Field(examples=["WELCOME10"])
    redeemed_count: int = Field(examples=[12])
    max_redemptions: int | None = Field(examples=[None])
    redeem_until_on: date | None = Field(examples=[None])
    is_archived: bool = Field(examples=[False])


class Coupon(CouponSummary):
    """A coupon with its codes."""

    codes: list[PromotionCode]


@router.get(
    "/plans",
    tags=["plans"],
    summary="List plans",
    description=describe_list(PLANS),
    responses=documented(401, 403, 422, 500, 503),
)
@demand(Permission.plans_read)
def list_plans(actor: SignedInActor, asked: Asked) -> Listed[PlanSummary]:
    """A page of the list: every version is an entry."""
    return answer_list(actor, PLANS, asked, lambda row: PlanSummary(**_plan(row)))


@router.get(
    "/plans/{plan_id}",
    tags=["plans"],
    summary="Get a plan",
    responses=documented(401, 403, 404, 422, 500, 503),
)
@demand(Permission.plans_read)
def get_one_plan(actor: SignedInActor, plan_id: UUID) -> Plan:
    """One version with its prices."""
    with read_session() as session:
        found: PlanDetail = get_plan(session, actor, plan_id)
    return Plan(**_plan(found.row), prices=[_price(each) for each in found.prices])


@router.get(
    "/coupons",
    tags=["coupons"],
    summary="List coupons",
    description=describe_list(COUPONS),
    responses=documented(401, 403, 422, 500, 503),
)
@demand(Permission.coupons_read)
def list_coupons(actor: SignedInActor, asked: Asked) -> Listed[CouponSummary]:
    """A page of the list."""
    return answer_list(actor, COUPONS, asked, lambda row: CouponSummary(**_coupon(row)))


@router.get(
    "/coupons/{coupon_id}",
    tags=["coupons"],
    summary="Get a coupon",
    responses=documented(401, 403, 404, 422, 500, 503),
)
@demand(Permission.coupons_read)
def get_one_coupon(actor: SignedInActor, coupon_id: UUID) -> Coupon:
    """One coupon with its codes."""
    with read_session() as session:
        row, codes = get_coupon(session, actor, coupon_id)
    return Coupon(**_coupon(row), codes=[_code(each) for each in codes])


def _plan(row: PlanRow) -> dict[str, Any]:
    names = ("id", "key", "version", "name", "description", "is_add_on", "trial_days", "tax_code")
    return {
        **{name: getattr(row, name) for name in names},
        "status": PlanStatus(row.status),
        "active_subscriptions": row.subscriptions,
        "mrr": [Money.of(each.minor, each.currency) for each in row.mrr],
    }


def _price(price: PriceRow) -> Price:
    return Price(
        id=price.id,
        words=price.words,
        currency=price.currency,
        interval=Interval(price.interval),
        interval_count=price.interval_count,
        model=PriceModel(price.model),
        unit_amount_minor=None if price.tiers else price.unit_amount_minor,
        package_size=price.package_size,
        tiers=list(price.tiers),
        tax_behavior=TaxBehavior(price.tax_behavior),
        is_archived=price.archived_at is not None,
    )


def _coupon(row: CouponRow) -> dict[str, Any]:
    names = ("id", "key", "name", "status", "percent_off_ppm", "duration_periods", "redeemed_count")
    return {
        **{name: getattr(row, name) for name in (*names, "max_redemptions", "redeem_until_on", "created_at")},
        "duration": CouponDuration(row.duration),
        "amount_off": Money.of(row.amount_off_minor, row.currency)
        if row.amount_off_minor is not None and row.currency
        else None,
    }


def _code(code: CodeRow) -> PromotionCode:
    return PromotionCode(
        code=code.code,
        redeemed_count=code.redeemed_count,
        max_redemptions=code.max_redemptions,
        redeem_until_on=code.redeem_until_on,
        is_archived=code.archived_at is not None,
    )
