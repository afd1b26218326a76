"""Coupons: what they take off, from which component, for how long, and who may have them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.billing.rules.discounts import CouponTerms, is_used_up, split_discounts, why_not_redeem
from models.billing.tables import Coupon, CouponDuration, CouponStatus, PromotionCode
from models.kernel.money import allocate_remainder_to_last

TODAY = date(2026, 11, 21)


def _percent(ppm: int, name: str = "Spring") -> CouponTerms:
    return CouponTerms(UUID(int=1), name, ppm, None, None, CouponDuration.forever, None)


def _amount(minor: int, name: str = "Welcome") -> CouponTerms:
    return CouponTerms(UUID(int=2), name, None, minor, "EUR", CouponDuration.once, None)


COUPONS = st.lists(
    st.one_of(st.integers(1, 1_000_000).map(_percent), st.integers(1, 10**9).map(_amount)), max_size=4
)
GROSS = st.lists(st.integers(0, 10**9), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("coupons", "gross", "taken"),
    [
        ([], [1_000, 2_000], [0, 0]),
        # 166.67 and 333.33 by largest remainder.
        ([_amount(500)], [1_000, 2_000], [167, 333]),
        ([_percent(125_000)], [1_000, 2_004], [125, 251]),
        # Halves go away from zero, on each component.
        ([_percent(500_000)], [1, 3], [1, 2]),
        # 10 % of 1,000, then 500 over what is left: 900 and 1,800.
        ([_percent(100_000), _amount(500)], [1_000, 2_000], [267, 533]),
        # The other way round the percentage sees less.
        ([_amount(500), _percent(100_000)], [1_000, 2_000], [250, 500]),
        # Never more than there is.
        ([_amount(5_000)], [1_000, 2_000], [1_000, 2_000]),
        ([_percent(1_000_000), _amount(500)], [1_000, 2_000], [1_000, 2_000]),
        ([_amount(500)], [0, 0], [0, 0]),
        ([_amount(500)], [0, 2_000], [0, 500]),
        ([_percent(500_000)], [-300, 300], [0, 150]),
        ([_amount(500)], [], []),
    ],
)
def test_what_is_taken_off(coupons: list[CouponTerms], gross: list[int], taken: list[int]) -> None:
    assert [each.discount_minor for each in split_discounts(coupons, gross)] == taken


def test_stripes_split_is_a_policy_of_its_own() -> None:
    assert allocate_remainder_to_last(500, [1_000, 2_000]) == [166, 334]


def test_the_parts_say_which_coupon_took_how_much() -> None:
    first, second = split_discounts([_percent(1_000_000), _amount(500)], [1_000, 0])
    assert first.parts == (
        {"coupon": str(UUID(int=1)), "name": "Spring", "percent_ppm": 1_000_000, "discount_minor": 1_000},
    )
    assert second.parts == ()
    (only,) = split_discounts([_amount(500)], [1_000])
    assert only.parts == (
        {"coupon": str(UUID(int=2)), "name": "Welcome", "amount_minor": 500, "discount_minor": 500},
    )


@given(COUPONS, GROSS)
def test_a_discount_is_the_sum_of_its_parts_and_never_exceeds_the_gross(
    coupons: list[CouponTerms], gross: list[int]
) -> None:
    discounts = split_discounts(coupons, gross)
    assert len(discounts) == len(gross)
    for discount, amount in zip(discounts, gross, strict=True):
        assert 0 <= discount.discount_minor <= amount
        assert discount.discount_minor == sum(part["discount_minor"] for part in discount.parts)


@given(st.integers(1, 10**9), GROSS)
def test_an_amount_is_given_in_full_or_up_to_all_there_is(amount: int, gross: list[int]) -> None:
    taken = sum(each.discount_minor for each in split_discounts([_amount(amount)], gross))
    assert taken == min(amount, sum(gross))


@pytest.mark.parametrize(
    ("duration", "periods", "used", "is_over"),
    [
        (CouponDuration.once, None, 0, False),
        (CouponDuration.once, None, 1, True),
        (CouponDuration.periods, 3, 2, False),
        (CouponDuration.periods, 3, 3, True),
        (CouponDuration.forever, None, 500, False),
    ],
)
def test_a_discount_is_used_up(
    duration: CouponDuration, periods: int | None, used: int, *, is_over: bool
) -> None:
    assert is_used_up(duration, periods, used) is is_over


def _coupon(**changes: Any) -> Coupon:
    facts = {"key": "spring", "name": "Spring", "status": CouponStatus.on_sale, "percent_off_ppm": 100_000}
    return Coupon(**(facts | changes))


def _code(**changes: Any) -> PromotionCode:
    return PromotionCode(**({"coupon_id": UUID(int=1), "code": "SPRING26"} | changes))


IN_EUR = {"percent_off_ppm": None, "amount_off_minor": 500, "currency": "EUR"}


@pytest.mark.parametrize(
    ("coupon", "code", "reason"),
    [
        (_coupon(), None, None),
        (_coupon(), _code(), None),
        (_coupon(**IN_EUR), None, None),
        (_coupon(redeem_until_on=date(2026, 11, 22)), None, None),
        (_coupon(max_redemptions=5, redeemed_count=4), None, None),
        (_coupon(**IN_EUR | {"currency": "USD"}), None, "coupon.wrong_currency"),
        (_coupon(status=CouponStatus.archived), None, "coupon.archived"),
        (_coupon(redeem_until_on=TODAY), None, "coupon.expired"),
        (_coupon(max_redemptions=5, redeemed_count=5), None, "coupon.limit_reached"),
        (_coupon(), _code(archived_at=datetime(2026, 11, 1, tzinfo=UTC)), "promotion_code.archived"),
        (_coupon(), _code(redeem_until_on=TODAY), "promotion_code.expired"),
        (_coupon(), _code(max_redemptions=1, redeemed_count=1), "promotion_code.limit_reached"),
        # The coupon's own end goes before the code's.
        (_coupon(status=CouponStatus.archived), _code(redeem_until_on=TODAY), "coupon.archived"),
    ],
)
def test_who_may_have_a_coupon(coupon: Coupon, code: PromotionCode | None, reason: str | None) -> None:
    refusal = why_not_redeem(coupon, code, currency="EUR", on=TODAY, is_given=False)
    assert (refusal.code if refusal else None) == reason
    again = why_not_redeem(coupon, code, currency="EUR", on=TODAY, is_given=True)
    assert again is not None
    assert again.code == "coupon.already_given"
    for each in filter(None, (refusal, again)):
        assert each.sentence.count(". ") + each.sentence.count(": ") >= 1, "no way on"
