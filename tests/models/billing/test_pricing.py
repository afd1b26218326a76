"""The five price models, tier by tier, and what a price may not say."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.billing.rules.pricing import (
    PriceTerms,
    Tier,
    compute_charge,
    ensure_quantity,
    ensure_terms,
    monthly_worth,
    read_terms,
    terms_of,
    terms_record,
)
from models.billing.tables import Interval, PriceModel
from models.kernel.errors import Invalid

GRADUATED, VOLUME = PriceModel.graduated, PriceModel.volume
LADDER = (Tier(10, Fraction(500)), Tier(50, Fraction(400), 1_000), Tier(None, Fraction(5, 2)))

QUANTITIES = st.integers(1, 1_000_000)
AMOUNTS = st.decimals(0, 100_000, places=4).map(Fraction)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Tier, ...]:
    ends = sorted(draw(st.sets(st.integers(1, 1_000_000), max_size=6)))
    return tuple(Tier(end, draw(AMOUNTS), draw(st.integers(0, 10**6))) for end in [*ends, None])


@st.composite
def any_terms(draw: st.DrawFn) -> PriceTerms:
    model = draw(st.sampled_from(PriceModel))
    if model in {GRADUATED, VOLUME}:
        return PriceTerms(model, tiers=draw(ladders()))
    size = draw(st.integers(1, 1_000)) if model is PriceModel.package else 1
    return PriceTerms(model, draw(st.integers(0, 10**9)), size)


@pytest.mark.parametrize(
    ("terms", "table"),
    [
        (PriceTerms(PriceModel.flat, 2_900), {1: 2_900, 7: 2_900, 1_000_000: 2_900}),
        (PriceTerms(PriceModel.per_unit, 1_500), {1: 1_500, 3: 4_500, 1_000_000: 1_500_000_000}),
        (PriceTerms(PriceModel.package, 1_000, 10), {1: 1_000, 10: 1_000, 11: 2_000, 100: 10_000}),
        (
            PriceTerms(GRADUATED, tiers=LADDER),
            # The second tier's flat amount comes with its first unit; 52.5 is rounded once, to 53.
            {1: 500, 10: 5_000, 11: 6_400, 50: 22_000, 51: 22_003, 52: 22_005},
        ),
        (PriceTerms(VOLUME, tiers=LADDER), {1: 500, 10: 5_000, 11: 5_400, 50: 21_000, 51: 128, 52: 130}),
    ],
    ids=lambda value: value.model.value if isinstance(value, PriceTerms) else "",
)
def test_each_model_has_its_table(terms: PriceTerms, table: dict[int, int]) -> None:
    ensure_terms(terms)
    assert {quantity: compute_charge(terms, quantity).amount_minor for quantity in table} == table


def test_the_steps_say_tier_by_tier_how_the_amount_came_about() -> None:
    assert compute_charge(PriceTerms(GRADUATED, tiers=LADDER), 51).steps == (
        {
            "tier": 1,
            "from": 1,
            "to": 10,
            "quantity": 10,
            "unit_amount": "500",
            "flat_minor": 0,
            "amount": "5000",
        },
        {
            "tier": 2,
            "from": 11,
            "to": 50,
            "quantity": 40,
            "unit_amount": "400",
            "flat_minor": 1_000,
            "amount": "17000",
        },
        {
            "tier": 3,
            "from": 51,
            "to": 51,
            "quantity": 1,
            "unit_amount": "2.5",
            "flat_minor": 0,
            "amount": "2.5",
        },
    )
    (step,) = compute_charge(PriceTerms(PriceModel.package, 1_000, 10), 11).steps
    assert (step["to"], step["quantity"], step["package_size"], step["amount"]) == (11, 2, 10, "2000")


@given(any_terms(), QUANTITIES)
def test_an_amount_is_the_sum_of_its_steps_rounded_once(terms: PriceTerms, quantity: int) -> None:
    ensure_terms(terms)
    charge = compute_charge(terms, quantity)
    exact = Fraction(0)
    for step in charge.steps:
        amount = step["quantity"] * Fraction(step["unit_amount"]) + step["flat_minor"]
        assert amount == Fraction(step["amount"])
        exact += amount
    assert abs(charge.amount_minor - exact) <= Fraction(1, 2)
    assert [step["from"] for step in charge.steps] == [1, *(step["to"] + 1 for step in charge.steps[:-1])]
    assert charge.steps[-1]["to"] == quantity


@given(ladders(), QUANTITIES, QUANTITIES)
def test_more_units_in_tiers_never_cost_less(tiers: tuple[Tier, ...], one: int, other: int) -> None:
    terms = PriceTerms(GRADUATED, tiers=tiers)
    fewer, more = sorted((one, other))
    assert compute_charge(terms, fewer).amount_minor <= compute_charge(terms, more).amount_minor


@given(st.integers(0, 10**9), QUANTITIES)
def test_one_tier_is_the_same_as_no_tiers(unit: int, quantity: int) -> None:
    tiers = (Tier(None, Fraction(unit)),)
    plain = compute_charge(PriceTerms(PriceModel.per_unit, unit), quantity)
    assert compute_charge(PriceTerms(VOLUME, tiers=tiers), quantity) == plain
    assert compute_charge(PriceTerms(GRADUATED, tiers=tiers), quantity) == plain
    assert (
        compute_charge(PriceTerms(PriceModel.package, unit, 1), quantity).amount_minor == plain.amount_minor
    )


@given(any_terms())
def test_terms_are_read_back_as_they_were_written(terms: PriceTerms) -> None:
    record = terms_record(terms)
    assert read_terms(record) == terms
    columns = record["model"], record["unit_amount_minor"], record["package_size"], record["tiers"]
    assert terms_of(*columns) == terms


@given(st.fractions(0, 10**12, max_denominator=10**9))
def test_an_amount_is_written_exactly(amount: Fraction) -> None:
    terms = PriceTerms(VOLUME, tiers=(Tier(None, amount),))
    assert read_terms(terms_record(terms)) == terms


def test_a_price_without_an_amount_reads_as_0() -> None:
    assert terms_of("per_unit", None, 1, []) == PriceTerms(PriceModel.per_unit)
    tiers = [{"up_to": None, "unit_amount": "0.125"}]
    assert terms_of("volume", None, 1, tiers) == PriceTerms(VOLUME, tiers=(Tier(None, Fraction(1, 8)),))


@pytest.mark.parametrize(
    "tier",
    [
        {"up_to": None},
        {"up_to": "10", "unit_amount": "1"},
        {"up_to": None, "unit_amount": "1e999999999"},
        {"up_to": None, "unit_amount": "1/0"},
        {"up_to": None, "unit_amount": "ten"},
        {"up_to": None, "unit_amount": "1", "flat_minor": "5"},
        {"up_to": True, "unit_amount": "1"},
        "tier",
        None,
    ],
)
def test_what_is_no_tier_is_refused(tier: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        terms_of("volume", None, 1, [tier])
    assert refusal.value.code == "price_terms.unreadable"


@pytest.mark.parametrize(
    "record", [{}, {"model": "by_mood", "unit_amount_minor": 1, "package_size": 1, "tiers": []}]
)
def test_what_is_no_record_of_terms_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        read_terms(record)
    assert refusal.value.code == "price_terms.unreadable"


def _tiers(*ends: int | None) -> PriceTerms:
    return PriceTerms(GRADUATED, tiers=tuple(Tier(end, Fraction(100)) for end in ends))


REFUSED = [
    (PriceTerms(PriceModel.flat, -1), "negative_amount", "unit_amount_minor", None),
    (PriceTerms(PriceModel.flat, 10**12 + 1), "amount_too_large", "unit_amount_minor", None),
    (PriceTerms(PriceModel.per_unit, 100, 10), "package_size_unused", "package_size", None),
    (PriceTerms(PriceModel.package, 100, 0), "package_size_out_of_range", "package_size", None),
    (PriceTerms(PriceModel.package, 100, 1_000_001), "package_size_out_of_range", "package_size", None),
    (PriceTerms(PriceModel.flat, 100, tiers=LADDER), "tiers_unused", "tiers", None),
    (PriceTerms(PriceModel.package, 100, 10, LADDER), "tiers_unused", "tiers", None),
    (PriceTerms(VOLUME, 100, tiers=LADDER), "amount_beside_tiers", "unit_amount_minor", None),
    (PriceTerms(VOLUME), "tiers_missing", "tiers", None),
    (_tiers(*range(1, 101), None), "too_many_tiers", "tiers", None),
    (_tiers(10, 10, None), "tiers_overlap", "tiers", 2),
    (_tiers(0, None), "tiers_overlap", "tiers", 1),
    (_tiers(-5, None), "tiers_unsorted", "tiers", 1),
    (_tiers(10, 5, None), "tiers_unsorted", "tiers", 2),
    (_tiers(10, None, None), "tier_open_too_early", "tiers", 2),
    (_tiers(10, None, 20), "tier_open_too_early", "tiers", 2),
    (_tiers(10, 20), "last_tier_closed", "tiers", 2),
    (_tiers(1_000_001, None), "tier_beyond_quantities", "tiers", 1),
    (PriceTerms(VOLUME, tiers=(Tier(None, Fraction(-1)),)), "negative_amount", "tiers", 1),
    (PriceTerms(VOLUME, tiers=(Tier(None, Fraction(1), -1),)), "negative_amount", "tiers", 1),
    (PriceTerms(VOLUME, tiers=(Tier(None, Fraction(10**12 + 1)),)), "amount_too_large", "tiers", 1),
    (PriceTerms(VOLUME, tiers=(Tier(None, Fraction(1, 3)),)), "amount_too_precise", "tiers", 1),
    (PriceTerms(VOLUME, tiers=(Tier(None, Fraction(1, 10**13)),)), "amount_too_precise", "tiers", 1),
]


@pytest.mark.parametrize(("terms", "fact", "field", "tier"), REFUSED)
def test_terms_that_charge_wrongly_are_refused(
    terms: PriceTerms, fact: str, field: str, tier: int | None
) -> None:
    with pytest.raises(Invalid) as refusal:
        ensure_terms(terms)
    assert (refusal.value.code, refusal.value.field) == (f"price_terms.{fact}", field)
    assert refusal.value.data.get("tier") == tier
    assert len(refusal.value.sentence) < 200
    assert refusal.value.sentence.count(". ") + refusal.value.sentence.count("; ") >= 1, "no way on"


@pytest.mark.parametrize("quantity", [-1, 0, 1_000_001])
def test_a_quantity_out_of_range_is_refused(quantity: int) -> None:
    ensure_quantity(1)
    ensure_quantity(1_000_000)
    with pytest.raises(Invalid, match="1 to 1,000,000") as refusal:
        ensure_quantity(quantity)
    assert (refusal.value.code, refusal.value.field) == ("quantity.out_of_range", "quantity")


@pytest.mark.parametrize(
    ("amount", "interval", "count", "worth"),
    [
        (10_000, Interval.month, 1, 10_000),
        (60_000, Interval.year, 1, 5_000),
        (100, Interval.day, 1, 3_042),
        (2_000, Interval.week, 2, 4_333),
        (3_000, Interval.quarter, 1, 1_000),
        (100_000, Interval.month, 6, 16_667),
        (6, Interval.year, 1, 1),
        (-6, Interval.year, 1, -1),
    ],
)
def test_the_monthly_worth_of_an_amount(amount: int, interval: Interval, count: int, worth: int) -> None:
    assert monthly_worth(amount, interval, count) == worth


def test_the_mrr_of_two_customers_groups() -> None:
    """100 customers at 100 a month and 50 at 600 a year are worth 12,500 a month (major units)."""
    monthly = monthly_worth(10_000, Interval.month, 1)
    yearly = monthly_worth(60_000, Interval.year, 1)
    assert 100 * monthly + 50 * yearly == 1_250_000
