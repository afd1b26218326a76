"""Money in integer minor units: the one home of rounding, allocation and display."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_precision

from models.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor unit, e.g. `Money(2985, "USD")` is 29.85 USD."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise Invalid(
                "money.currency_mismatch",
                f"{self.currency} and {other.currency} cannot be added. Convert one of them first.",
            )
        return other

    @property
    def decimal(self) -> Decimal:
        """The amount in the major unit, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read an amount in the major unit, e.g. `29.85`; refuses more decimals than the currency has."""
        value = read_decimal(text)
        if value is None:
            raise Invalid(
                "money.unreadable", f"“{text[:40]}” is not an amount. Write it like 1234.50.", field="amount"
            )
        minor = value.scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            raise Invalid(
                "money.too_precise",
                f"{currency} has {exponent(currency)} decimals and “{text[:40]}” does not fit. "
                "Write it like 1234.50.",
                field="amount",
            )
        return cls(int(minor), currency)

    def format(self, locale: str = "en") -> str:
        """The amount in the reader's locale followed by the code, e.g. `1,234.50 EUR`."""
        return f"{format_minor(self.minor, self.currency, locale)} {self.currency}"


# Plain digits, or digits grouped by commas in threes: `29,85` is refused and never read as 2985.
_FIGURE = re.compile(r"[-+\u2212]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?", re.ASCII)
# A BIGINT has 19 digits; two decimals fewer leave room for every currency's minor unit.
MAX_DIGITS = 15


def read_decimal(text: str) -> Decimal | None:
    """A figure as people type it, e.g. `1,234.50`; None for anything else and for more than 15 digits."""
    plain = text.strip()
    if not _FIGURE.fullmatch(plain):
        return None
    try:
        value = Decimal(plain.replace(",", "").replace("\u2212", "-"))
    except InvalidOperation:
        return None
    return value if len(value.as_tuple().digits) <= MAX_DIGITS else None


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Decimals of an ISO 4217 currency: JPY 0, EUR 2, KWD 3 (source: CLDR through Babel)."""
    return get_currency_precision(currency)


@lru_cache(maxsize=64)
def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


@lru_cache(maxsize=50_000)
def format_minor(minor: int, currency: str, locale: str = "en") -> str:
    """The figure alone, grouped and with the currency's decimals; the minus is U+2212."""
    digits = exponent(currency)
    text = format_decimal(abs(Money(minor, currency).decimal), format=_pattern(digits), locale=locale)
    return f"\u2212{text}" if minor < 0 else text


def round_half_up(amount: Fraction | int) -> int:
    """Policy `half_up`: to the nearest minor unit, halves away from zero.

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-5, 2)), round_half_up(Fraction(7, 3))
    (3, -3, 2)
    """
    return round_quotient_half_up(amount.numerator, amount.denominator)


def round_quotient_half_up(numerator: int, denominator: int) -> int:
    """Policy `half_up` on a quotient of integers, without a Fraction on the way; the denominator is not zero.

    >>> round_quotient_half_up(5, 2), round_quotient_half_up(-5, 2), round_quotient_half_up(5, -2)
    (3, -3, -3)
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def round_half_down_to_minus_infinity(amount: Fraction) -> int:
    """Policy `half_down_to_minus_infinity`: to the nearest minor unit, ties toward minus infinity.

    Stripe rounds prorations so; we keep it to compute what Stripe computes.

    >>> [round_half_down_to_minus_infinity(Fraction(half, 2)) for half in (-5, 9, 15)]
    [-3, 4, 7]
    >>> round_half_down_to_minus_infinity(Fraction(-2000, 3)), round_half_down_to_minus_infinity(Fraction(1000, 3))
    (-667, 333)
    """
    return -((amount.denominator - 2 * amount.numerator) // (2 * amount.denominator))


def _whole_of(weights: Sequence[int]) -> int:
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise Invalid("money.no_weights", "An amount is split over weights of at least zero, not all zero.")
    return whole


def allocate(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights so that the parts add up exactly: largest remainder, ties to the first.

    >>> allocate(100, [1, 1, 1])
    [34, 33, 33]
    """
    whole = _whole_of(weights)
    sign = -1 if total_minor < 0 else 1
    parts, remainders = [], []
    for index, weight in enumerate(weights):
        part, remainder = divmod(abs(total_minor) * weight, whole)
        parts.append(part)
        remainders.append((-remainder, index))
    for _, index in sorted(remainders)[: abs(total_minor) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def allocate_remainder_to_last(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights, every part cut off and the remainder put on the last weight above zero.

    Policy `remainder_to_last`, as Stripe splits a coupon's amount; the last part may exceed its weight.

    >>> allocate_remainder_to_last(500, [1000, 2000]), allocate(500, [1000, 2000])
    ([166, 334], [167, 333])
    """
    whole = _whole_of(weights)
    sign = -1 if total_minor < 0 else 1
    parts = [abs(total_minor) * weight // whole for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight)
    parts[last] += abs(total_minor) - sum(parts)
    return [sign * part for part in parts]


def round_together(numerators: Sequence[int], denominator: int) -> list[int]:
    """Round quotients so that they add up to their sum rounded `half_up`: largest remainder, ties to the first.

    Signs may differ; each part is less than one unit away from its quotient, and negated input gives negated parts.
    The denominator is above zero.

    >>> round_together([1, 1, 1], 2), round_together([-6, 5], 4)
    ([1, 1, 0], [-1, 1])
    """
    parts = [value // denominator if value >= 0 else -(-value // denominator) for value in numerators]
    missing = round_quotient_half_up(sum(numerators), denominator) - sum(parts)
    if missing:
        step = 1 if missing > 0 else -1
        remainders = [value - part * denominator for value, part in zip(numerators, parts, strict=True)]
        order = sorted(range(len(parts)), key=lambda index: -step * remainders[index])
        for index in order[: abs(missing)]:
            parts[index] += step
    return parts
