"""What the demo company sells by list price: plans, an add-on and a coupon that its customers can move to."""

from typing import NamedTuple

from sqlmodel import Session

from models.billing import (
    Interval,
    PriceDraft,
    PriceModel,
    TierDraft,
    create_coupon,
    create_plan,
    create_price,
    create_promotion_code,
)
from models.kernel.actor import Actor

CURRENCIES = ("USD", "EUR")
# Ten months pay for a year.
YEAR_MONTHS = 10


class ListedPlan(NamedTuple):
    """A plan with its monthly amounts in the major unit, the same figures in each currency."""

    name: str
    description: str
    model: PriceModel
    unit_amount: int
    tiers: tuple[tuple[str, int], ...] = ()
    trial_days: str = "14"
    is_add_on: bool = False


PLANS = (
    ListedPlan("Starter", "Contacts, deals and one pipeline for a small team.", PriceModel.per_unit, 12),
    ListedPlan(
        "Growth",
        "Starter with automation and reports.",
        PriceModel.graduated,
        0,
        (("10", 29), ("50", 24), ("", 19)),
    ),
    ListedPlan(
        "Scale",
        "Growth with single sign-on, audit log and sandboxes.",
        PriceModel.volume,
        0,
        (("25", 59), ("100", 49), ("", 39)),
        trial_days="30",
    ),
    ListedPlan(
        "Priority support",
        "An answer within one hour, day and night.",
        PriceModel.flat,
        99,
        trial_days="0",
        is_add_on=True,
    ),
)


def load_catalogue(session: Session, actor: Actor) -> None:
    """Put the listed plans on sale by the month and the year, and a coupon with its code."""
    for listed in PLANS:
        plan = create_plan(
            session,
            actor,
            name=listed.name,
            description=listed.description,
            trial_days=listed.trial_days,
            is_add_on=listed.is_add_on,
            is_draft=False,
        )
        for currency in CURRENCIES:
            for interval, months in ((Interval.month, 1), (Interval.year, YEAR_MONTHS)):
                create_price(
                    session, actor, plan_id=plan.id, draft=_price(listed, currency, interval, months)
                )
    coupon = create_coupon(
        session,
        actor,
        name="Welcome, 10 %",
        key="welcome10",
        percent_off="10",
        duration="periods",
        duration_periods="3",
        max_redemptions="500",
    )
    create_promotion_code(session, actor, coupon_id=coupon.id, code="WELCOME10")


def _price(listed: ListedPlan, currency: str, interval: Interval, months: int) -> PriceDraft:
    return PriceDraft(
        currency,
        interval,
        model=listed.model,
        unit_amount=str(listed.unit_amount * months),
        tiers=tuple(TierDraft(up_to, str(amount * months)) for up_to, amount in listed.tiers),
    )
