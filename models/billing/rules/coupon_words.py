"""Coupons and codes as typed, and as lists and timelines say them."""

import re

from models.billing.rules.reading import percent_words, read_currency, read_percent
from models.billing.tables import CouponDuration
from models.kernel.errors import Invalid
from models.kernel.money import Money

_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*", re.ASCII)
SHORTEST_CODE, LONGEST_CODE = 3, 40


def read_code(text: str) -> str:
    """A promotion code in capitals, e.g. `WELCOME10`."""
    code = text.strip().upper()
    if not SHORTEST_CODE <= len(code) <= LONGEST_CODE or not _CODE.fullmatch(code):
        raise Invalid(
            "promotion_code.form",
            f"A code has {SHORTEST_CODE} to {LONGEST_CODE} letters, figures and single hyphens, like WELCOME10.",
            field="code",
        )
    return code


def read_worth(percent_off: str, amount_off: str, currency: str) -> tuple[int | None, int | None, str | None]:
    """Parts per million, or minor units and their currency: just one of the two is given."""
    if bool(percent_off.strip()) == bool(amount_off.strip()):
        raise Invalid(
            "coupon.percent_or_amount",
            "A coupon takes off either a percentage or an amount. Fill in one of the two.",
            field="percent_off",
        )
    if percent_off.strip():
        return read_percent(percent_off, field="percent_off", least_ppm=1), None, None
    code = read_currency(currency)
    amount = Money.parse(amount_off, code)
    if amount.minor <= 0:
        raise Invalid("coupon.not_positive", "A coupon takes off more than zero.", field="amount_off")
    return None, amount.minor, code


def discount_words(percent_off_ppm: int | None, amount_off_minor: int | None, currency: str | None) -> str:
    """`10 %` or `5.00 EUR`."""
    if percent_off_ppm is not None:
        return percent_words(percent_off_ppm)
    return Money(amount_off_minor or 0, currency or "").format()


def duration_words(duration: str, periods: int | None) -> str:
    """`once`, `3 periods` or `forever`."""
    if duration != CouponDuration.periods:
        return duration
    return "1 period" if periods == 1 else f"{periods} periods"
