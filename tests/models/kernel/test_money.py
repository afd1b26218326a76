"""Money: exact, in minor units, never more precise than its currency."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.errors import Invalid
from models.kernel.money import (
    Money,
    allocate,
    allocate_remainder_to_last,
    exponent,
    format_minor,
    read_decimal,
    round_half_down_to_minus_infinity,
    round_half_up,
    round_quotient_half_up,
    round_together,
)

MINORS = st.integers(-(10**15) + 1, 10**15 - 1)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "USD"])


@given(MINORS, CURRENCIES)
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    assert Money.parse(format_minor(minor, currency), currency) == Money(minor, currency)
    assert Money.parse(str(Money(minor, currency).decimal), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("29.85", "USD", 2985),
        (" 1,234.5 ", "EUR", 123_450),
        ("1,234,567", "JPY", 1_234_567),
        ("0.001", "KWD", 1),
        ("12", "KWD", 12_000),
        (".5", "USD", 50),
        ("\u22125.00", "USD", -500),
        ("-5", "USD", -500),
    ],
)
def test_amounts_are_read_in_the_major_unit(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency).minor == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("1.5", "JPY", "money.too_precise"),
        ("0.0001", "KWD", "money.too_precise"),
        ("29.855", "USD", "money.too_precise"),
        # A decimal comma is refused and never read as a hundred times as much.
        ("29,85", "USD", "money.unreadable"),
        ("1,2345.00", "USD", "money.unreadable"),
        ("", "USD", "money.unreadable"),
        ("-", "USD", "money.unreadable"),
        (".", "USD", "money.unreadable"),
        ("ten", "USD", "money.unreadable"),
        ("NaN", "USD", "money.unreadable"),
        ("sNaN", "USD", "money.unreadable"),
        ("Infinity", "USD", "money.unreadable"),
        ("1e3", "USD", "money.unreadable"),
        ("1e999999999", "USD", "money.unreadable"),
        ("\u0661\u0662", "USD", "money.unreadable"),
        ("1_000", "USD", "money.unreadable"),
        ("9" * 40, "USD", "money.unreadable"),
        ("9" * 100_000, "USD", "money.unreadable"),
        ("5\0", "USD", "money.unreadable"),
    ],
)
def test_anything_else_is_refused_with_an_example(text: str, currency: str, code: str) -> None:
    with pytest.raises(Invalid, match=r"1234\.50") as refusal:
        Money.parse(text, currency)
    assert (refusal.value.code, refusal.value.field) == (code, "amount")
    assert len(refusal.value.sentence) < 200


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    figure = read_decimal(text)
    assert figure is None or figure.is_finite()


@pytest.mark.parametrize(
    ("currency", "decimals", "shown"),
    [("JPY", 0, "1,234,567"), ("USD", 2, "12,345.67"), ("KWD", 3, "1,234.567")],
)
def test_a_currency_has_its_own_decimals(currency: str, decimals: int, shown: str) -> None:
    assert exponent(currency) == decimals
    assert Money(1_234_567, currency).format() == f"{shown} {currency}"


def test_figures_are_written_in_the_readers_language() -> None:
    assert Money(123_450, "EUR").format("de") == "1.234,50 EUR"
    assert Money(-50, "EUR").format() == "\u22120.50 EUR"


def test_only_the_same_currency_adds_up() -> None:
    assert Money(5, "EUR") + Money(7, "EUR") - Money(2, "EUR") == -Money(-10, "EUR")
    for wrong in (lambda: Money(1, "EUR") + Money(1, "USD"), lambda: Money(1, "EUR") - Money(1, "USD")):
        with pytest.raises(Invalid, match="EUR and USD cannot be added") as refusal:
            wrong()
        assert refusal.value.code == "money.currency_mismatch"


@given(MINORS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_parts_add_up_and_are_within_one_unit_of_their_share(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
    assert [-part for part in parts] == allocate(-total, weights)


@given(st.integers(0, 10**9), st.integers(1, 20))
def test_equal_weights_differ_by_one_unit_and_the_first_get_it(total: int, number: int) -> None:
    parts = allocate(total, [1] * number)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2]])
def test_there_is_nothing_to_split_over(weights: list[int]) -> None:
    with pytest.raises(Invalid) as refusal:
        allocate(100, weights)
    assert refusal.value.code == "money.no_weights"


@given(st.fractions())
def test_half_up_is_nearest_and_symmetric(amount: Fraction) -> None:
    rounded = round_half_up(amount)
    assert abs(rounded - amount) <= Fraction(1, 2)
    assert round_half_up(-amount) == -rounded
    if abs(amount - int(amount)) == Fraction(1, 2):
        assert abs(rounded) > abs(amount)


@given(st.integers(), st.integers().filter(bool))
def test_a_quotient_is_rounded_like_its_fraction(numerator: int, denominator: int) -> None:
    assert round_quotient_half_up(numerator, denominator) == round_half_up(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("amount", "half_up", "to_minus_infinity"),
    [
        ("-5/2", -3, -3),
        ("5/2", 3, 2),
        ("9/2", 5, 4),
        ("15/2", 8, 7),
        ("-3/2", -2, -2),
        ("-2000/3", -667, -667),
        ("1000/3", 333, 333),
        ("7", 7, 7),
        ("-7", -7, -7),
    ],
)
def test_the_policies_differ_at_ties_only(amount: str, half_up: int, to_minus_infinity: int) -> None:
    assert round_half_up(Fraction(amount)) == half_up
    assert round_half_down_to_minus_infinity(Fraction(amount)) == to_minus_infinity


@pytest.mark.parametrize(
    ("gone", "comes", "share", "expected"),
    [
        # Golden vectors of changes within a period: (full amount before, after, share left, two amounts).
        (1_000, 2_000, "1/2", (-500, 1_000)),
        (2_000, 1_000, "1/3", (-667, 333)),
        (1_000, 1_800, "1/400", (-3, 4)),
        (1_000, 3_000, "1/400", (-3, 7)),
    ],
)
def test_a_change_rounds_as_stripe_rounds_it(
    gone: int, comes: int, share: str, expected: tuple[int, int]
) -> None:
    rounded = [round_half_down_to_minus_infinity(amount * Fraction(share)) for amount in (-gone, comes)]
    assert tuple(rounded) == expected


@given(st.fractions())
def test_ties_toward_minus_infinity_are_nearest_too(amount: Fraction) -> None:
    rounded = round_half_down_to_minus_infinity(amount)
    assert Fraction(-1, 2) <= rounded - amount < Fraction(1, 2)


@given(MINORS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_the_remainder_goes_to_the_last(total: int, weights: list[int]) -> None:
    parts = allocate_remainder_to_last(total, weights)
    assert sum(parts) == total
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    last = max(index for index, weight in enumerate(weights) if weight)
    for part, weight in zip(parts[:last], weights[:last], strict=True):
        assert abs(part) == abs(total) * weight // sum(weights)


@given(st.lists(MINORS, max_size=30), st.integers(1, 10**7))
def test_quotients_are_rounded_together(numerators: list[int], denominator: int) -> None:
    parts = round_together(numerators, denominator)
    assert sum(parts) == round_half_up(Fraction(sum(numerators), denominator))
    for part, numerator in zip(parts, numerators, strict=True):
        assert abs(part - Fraction(numerator, denominator)) < 1
    assert round_together([-each for each in numerators], denominator) == [-part for part in parts]
