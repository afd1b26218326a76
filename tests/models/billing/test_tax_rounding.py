"""How tax is rounded: on top or contained, on each line or once an invoice; credits take back exactly what was taxed."""

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.billing.rules.credit import ensure_creditable, share_of_tax
from models.billing.rules.tax import Taxable, TaxedLine, TaxParty, TaxRate, TaxRounding, compute_taxes
from models.kernel.errors import Invalid
from models.kernel.money import Money, round_half_up

TODAY = date(2026, 11, 21)
AMOUNTS = st.integers(-(10**12), 10**12)
PPMS = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=4)
ITEMS = st.lists(st.tuples(AMOUNTS, st.booleans()), max_size=8)


def _tax(
    items: Sequence[tuple[int, bool]], ppms: Sequence[int], rounding: TaxRounding = TaxRounding.line
) -> tuple[TaxedLine, ...]:
    rates = [
        TaxRate(UUID(int=index), "DE", "", "*", f"Tax {index}", ppm, date(2020, 1, 1), None)
        for index, ppm in enumerate(ppms)
    ]
    lines = [
        Taxable(amount, "standard", is_inclusive=is_inclusive, on=TODAY) for amount, is_inclusive in items
    ]
    return compute_taxes(
        lines, party=TaxParty("DE"), seller_country="DE", rates=rates, rounding=rounding
    ).lines


@pytest.mark.parametrize(
    ("amount", "ppms", "is_inclusive", "net", "taxes"),
    [
        (2_985, [190_000], False, 2_985, [567]),
        (50, [50_000], False, 50, [3]),
        (-50, [50_000], False, -50, [-3]),
        (10_000, [88_750], False, 10_000, [888]),
        (1_000, [60_000, 12_500], False, 1_000, [60, 13]),
        (11_900, [190_000], True, 10_000, [1_900]),
        (100, [190_000], True, 84, [16]),
        (-100, [190_000], True, -84, [-16]),
        # GST and QST in one price: 10,000 / 1.14975 = 8,697.54, and 1,302 split by 50,000 to 99,750.
        (10_000, [50_000, 99_750], True, 8_698, [435, 867]),
        (10_000, [0, 0], True, 10_000, [0, 0]),
        (1, [1_000_000], True, 1, [0]),
        (0, [190_000], True, 0, [0]),
    ],
)
def test_a_line_carries_its_taxes(
    amount: int,
    ppms: list[int],
    is_inclusive: bool,  # noqa: FBT001 -- a table passes by name
    net: int,
    taxes: list[int],
) -> None:
    (line,) = _tax([(amount, is_inclusive)], ppms)
    assert (line.net_minor, [share.tax_minor for share in line.shares]) == (net, taxes)
    assert {share.base_minor for share in line.shares} == {net}


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("JPY", "985", "99 JPY"), ("KWD", "9.855", "0.986 KWD"), ("USD", "9.85", "0.99 USD")],
)
def test_a_currency_rounds_at_its_own_decimals(currency: str, amount: str, shown: str) -> None:
    (line,) = _tax([(Money.parse(amount, currency).minor, False)], [100_000])
    assert Money(line.tax_minor, currency).format() == shown


def test_a_share_is_kept_as_json() -> None:
    (line,) = _tax([(2_985, False)], [190_000])
    record = line.shares[0].record()
    assert json.loads(json.dumps(record)) == record
    assert record == {
        "rate_id": str(UUID(int=0)),
        "name": "Tax 0",
        "rate_ppm": 190_000,
        "base_minor": 2_985,
        "tax_minor": 567,
    }


@given(ITEMS, PPMS, st.sampled_from(TaxRounding))
def test_shares_add_up_and_what_contains_tax_stays_the_same(
    items: list[tuple[int, bool]], ppms: list[int], rounding: TaxRounding
) -> None:
    lines = _tax(items, ppms, rounding)
    for (amount, is_inclusive), line in zip(items, lines, strict=True):
        assert sum(share.tax_minor for share in line.shares) == line.tax_minor
        assert amount == (line.net_minor + line.tax_minor if is_inclusive else line.net_minor)
        exact = Fraction(amount * 10**6, 10**6 + sum(ppms)) if is_inclusive else Fraction(amount)
        assert abs(line.net_minor - exact) < 1
        assert line.tax_minor * amount >= 0, "tax has its amount's sign"
        for share in line.shares:
            assert abs(share.tax_minor - exact * share.rate_ppm / 10**6) < 2


@given(ITEMS, PPMS, st.sampled_from(TaxRounding))
def test_what_is_taken_back_is_taxed_like_what_was_given(
    items: list[tuple[int, bool]], ppms: list[int], rounding: TaxRounding
) -> None:
    mirrored = [(-amount, is_inclusive) for amount, is_inclusive in items]
    for line, mirror in zip(_tax(items, ppms, rounding), _tax(mirrored, ppms, rounding), strict=True):
        assert (mirror.net_minor, mirror.tax_minor) == (-line.net_minor, -line.tax_minor)
        assert [share.tax_minor for share in mirror.shares] == [-share.tax_minor for share in line.shares]


@given(st.lists(AMOUNTS, max_size=8), PPMS)
def test_rounded_once_an_invoice_each_rate_takes_its_share_of_the_whole(
    amounts: list[int], ppms: list[int]
) -> None:
    lines = _tax([(amount, False) for amount in amounts], ppms, TaxRounding.invoice)
    for column, ppm in enumerate(ppms):
        taken = sum(line.shares[column].tax_minor for line in lines)
        assert taken == round_half_up(Fraction(sum(amounts) * ppm, 10**6))


@given(st.lists(AMOUNTS, max_size=8), PPMS)
def test_rounded_once_an_invoice_contained_tax_is_that_of_the_whole(
    amounts: list[int], ppms: list[int]
) -> None:
    lines = _tax([(amount, True) for amount in amounts], ppms, TaxRounding.invoice)
    whole = round_half_up(Fraction(sum(amounts) * 10**6, 10**6 + sum(ppms)))
    assert sum(line.net_minor for line in lines) == whole


GOLDEN = [6_833, 6_833, 5_750, 8_500]


def test_an_invoice_and_its_credit_notes_one_by_one_come_to_the_same() -> None:
    """20 % on 27,916 is 5,583.2; on each line it would be 5,584, and the invoice 33,500."""
    items = [(amount, False) for amount in GOLDEN]
    lines = _tax(items, [200_000], TaxRounding.invoice)
    assert sum(line.net_minor + line.tax_minor for line in lines) == 33_499
    notes = [
        line.net_minor + share_of_tax(line.net_minor, line.tax_minor, 0, 0, line.net_minor) for line in lines
    ]
    assert sum(notes) == 33_499
    assert sum(line.net_minor + line.tax_minor for line in _tax(items, [200_000])) == 33_500


@given(AMOUNTS.filter(bool), st.integers(0, 1_000_000), st.lists(st.integers(0, 1_000_000), max_size=6))
def test_parts_of_a_line_take_back_exactly_its_tax(amount: int, ppm: int, cuts: list[int]) -> None:
    tax = round_half_up(Fraction(amount * ppm, 10**6))
    # Cut into parts of the line's sign that add up to it.
    ends = [0, *sorted((int(Fraction(amount * cut, 10**6)) for cut in cuts), key=abs), amount]
    given_back = 0
    for before, after in pairwise(ends):
        part = share_of_tax(amount, tax, before, given_back, after - before)
        assert part * amount >= 0
        given_back += part
    assert given_back == tax


def test_a_line_of_nothing_gives_its_tax_back() -> None:
    assert share_of_tax(0, 1, 0, 0, 0) == 1
    assert share_of_tax(0, 1, 0, 1, 0) == 0


@pytest.mark.parametrize(
    ("line", "already", "amount", "fact"),
    [
        (1_000, 0, 1_000, None),
        (1_000, 400, 600, None),
        (-1_000, -400, -600, None),
        (1_000, 0, 0, "amount_missing"),
        (1_000, 400, 601, "more_than_left"),
        (1_000, 1_000, 1, "more_than_left"),
        (1_000, 0, -1, "wrong_sign"),
        (-1_000, 0, 1, "wrong_sign"),
        (-1_000, -400, -601, "more_than_left"),
        (0, 0, 1, "more_than_left"),
    ],
)
def test_no_more_of_a_line_is_credited_than_there_is(
    line: int, already: int, amount: int, fact: str | None
) -> None:
    if fact is None:
        ensure_creditable(line_amount=line, already_amount=already, amount=amount, currency="EUR")
        return
    with pytest.raises(Invalid, match="Enter") as refusal:
        ensure_creditable(line_amount=line, already_amount=already, amount=amount, currency="EUR")
    assert (refusal.value.code, refusal.value.field) == (f"credit_line.{fact}", "amount")
