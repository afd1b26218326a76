"""What coupons take off, split over the components of a subscription, and who may use them for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.billing.rules.invoice_status import Refusal
from models.billing.tables import Coupon, CouponDuration, CouponStatus, PromotionCode, SubscriptionStatus
from models.kernel.money import allocate, round_quotient_half_up

_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """What a coupon takes off a billed period: parts per million of it, or an amount in minor units."""

    id: UUID
    name: str
    percent_off_ppm: int | None
    amount_off_minor: int | None
    currency: str | None
    duration: CouponDuration
    duration_periods: int | None


@dataclass(frozen=True, slots=True)
class ComponentDiscount:
    """What all coupons take off one component, in minor units, and JSON-ready which one took how much."""

    discount_minor: int
    parts: tuple[dict[str, Any], ...]


_NOTHING = ComponentDiscount(0, ())


def split_discounts(coupons: Sequence[CouponTerms], gross: Sequence[int]) -> list[ComponentDiscount]:
    """The discount of each component, in the order of `gross` (minor units before discount).

    The coupons work one after the other on what is left of each component, never below 0. A percentage is rounded
    `half_up` on each component; an amount is split by largest remainder over what is left of all of them. A coupon
    that takes nothing off a component leaves no part there.
    """
    if not coupons:
        return [_NOTHING] * len(gross)
    left = [max(amount, 0) for amount in gross]
    parts: list[list[dict[str, Any]]] = [[] for _ in gross]
    for coupon in coupons:
        for index, taken in enumerate(_taken_off(coupon, left)):
            if taken:
                left[index] -= taken
                parts[index].append(_part(coupon, taken))
    return [
        ComponentDiscount(sum(part["discount_minor"] for part in each), tuple(each)) if each else _NOTHING
        for each in parts
    ]


def _taken_off(coupon: CouponTerms, left: Sequence[int]) -> list[int]:
    if coupon.percent_off_ppm is not None:
        ppm = min(coupon.percent_off_ppm, _PPM)
        return [round_quotient_half_up(amount * ppm, _PPM) for amount in left]
    whole = sum(left)
    amount_off = min(coupon.amount_off_minor or 0, whole)
    return allocate(amount_off, left) if amount_off else []


def _part(coupon: CouponTerms, taken: int) -> dict[str, Any]:
    key, value = (
        ("amount_minor", coupon.amount_off_minor)
        if coupon.percent_off_ppm is None
        else ("percent_ppm", coupon.percent_off_ppm)
    )
    return {"coupon": str(coupon.id), "name": coupon.name, key: value, "discount_minor": taken}


def is_used_up(duration: CouponDuration, duration_periods: int | None, periods_used: int) -> bool:
    """Whether a discount that was used in so many billed periods takes nothing off the next one."""
    match duration:
        case CouponDuration.once:
            return periods_used >= 1
        case CouponDuration.periods:
            return periods_used >= (duration_periods or 0)
        case CouponDuration.forever:
            return False


def why_not_discount(status: str) -> Refusal | None:
    """The reason a subscription of this status takes no coupon at all, or None where it does."""
    if status != SubscriptionStatus.cancelled:
        return None
    return Refusal(
        "discount.subscription_cancelled", "A cancelled subscription takes no coupon. Reactivate it first."
    )


def why_not_redeem(
    coupon: Coupon, code: PromotionCode | None = None, *, currency: str, on: date, is_given: bool
) -> Refusal | None:
    """The reason a subscription cannot get a coupon on a day, or None where it can.

    `code` is the promotion code used, if one was; `currency` is the subscription's; `is_given` says that it has or had
    this coupon.
    """
    if is_given:
        return Refusal(
            "coupon.already_given",
            f"This subscription has or had “{coupon.name}”. Each coupon is given once: choose another one.",
        )
    if coupon.currency is not None and coupon.currency != currency:
        return Refusal(
            "coupon.wrong_currency",
            f"“{coupon.name}” takes off {coupon.currency}, and the subscription is in {currency}. "
            f"Choose a coupon in {currency} or one with a percentage.",
        )
    return _why_coupon_is_over(coupon, on) or (_why_code_is_over(code, on) if code else None)


def _why_coupon_is_over(coupon: Coupon, on: date) -> Refusal | None:
    if coupon.status == CouponStatus.archived:
        return Refusal("coupon.archived", f"“{coupon.name}” is archived. Choose a coupon that is on sale.")
    if coupon.redeem_until_on is not None and on >= coupon.redeem_until_on:
        return Refusal(
            "coupon.expired",
            f"“{coupon.name}” can no longer be given since {coupon.redeem_until_on}. Choose another coupon.",
        )
    if coupon.max_redemptions is not None and coupon.redeemed_count >= coupon.max_redemptions:
        return Refusal(
            "coupon.limit_reached",
            f"“{coupon.name}” was given {coupon.redeemed_count} times, as often as it may. Choose another coupon.",
        )
    return None


def _why_code_is_over(code: PromotionCode, on: date) -> Refusal | None:
    if code.archived_at is not None:
        return Refusal("promotion_code.archived", f"The code {code.code} is archived. Use another code.")
    if code.redeem_until_on is not None and on >= code.redeem_until_on:
        return Refusal(
            "promotion_code.expired",
            f"The code {code.code} can no longer be used since {code.redeem_until_on}. Use another code.",
        )
    if code.max_redemptions is not None and code.redeemed_count >= code.max_redemptions:
        return Refusal(
            "promotion_code.limit_reached",
            f"The code {code.code} was used {code.redeemed_count} times, as often as it may. Use another code.",
        )
    return None
