"""Which tax a line carries: places, days, kinds of product, reverse charge, exemptions."""

from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest

from models.billing.rules.tax import (
    REVERSE_CHARGE_NOTE,
    Taxable,
    TaxBook,
    TaxedLine,
    TaxParty,
    TaxPort,
    TaxRate,
    TaxResult,
    TaxTreatment,
    compute_taxes,
    select_rates,
)

START, TODAY = date(2020, 1, 1), date(2026, 11, 21)
KEYS = count(1)
FRENCH_BUSINESS = TaxParty("FR", tax_id="FR 61 954 506 077")


def _rate(
    country: str,
    ppm: int,
    name: str = "VAT",
    *,
    region: str = "",
    tax_code: str = "*",
    since: date = START,
    until: date | None = None,
) -> TaxRate:
    return TaxRate(UUID(int=next(KEYS)), country, region, tax_code, name, ppm, since, until)


RATES = (
    _rate("DE", 190_000),
    _rate("DE", 70_000, tax_code="books"),
    _rate("FR", 200_000),
    _rate("GR", 240_000),
    # Valid until before the new year, and from then on.
    _rate("EE", 220_000, until=date(2025, 7, 1)),
    _rate("EE", 240_000, since=date(2025, 7, 1)),
    _rate("US", 60_000, "State tax", region="CA"),
    _rate("US", 12_500, "County tax", region="CA"),
    _rate("US", 0, "State tax", region="OR"),
    _rate("CA", 50_000, "GST"),
    _rate("CA", 70_000, "PST", region="BC"),
    # A harmonised tax takes the place of the federal one.
    _rate("CA", 130_000, "GST", region="ON"),
    _rate("JP", 100_000, "Consumption tax"),
)
BOOK = TaxBook(RATES)


def _tax(
    party: TaxParty, *amounts: int, seller: str = "DE", tax_code: str = "standard", on: date = TODAY
) -> TaxResult:
    items = [Taxable(amount, tax_code, is_inclusive=False, on=on) for amount in amounts]
    result = compute_taxes(items, party=party, seller_country=seller, rates=RATES)
    assert compute_taxes(items, party=party, seller_country=seller, rates=BOOK) == result
    return result


def _facts(result: TaxResult) -> list[tuple[str, int, int]]:
    (line,) = result.lines
    return [(share.name, share.rate_ppm, share.tax_minor) for share in line.shares]


@pytest.mark.parametrize(
    ("party", "seller", "treatment", "shares"),
    [
        # Domestic: business or not.
        (TaxParty("DE"), "DE", "taxed", [("VAT", 190_000, 1_900)]),
        (TaxParty("DE", tax_id="DE136695976"), "DE", "taxed", [("VAT", 190_000, 1_900)]),
        # Another EU country: a business owes the tax itself, a consumer pays the rate of its country.
        (FRENCH_BUSINESS, "DE", "reverse_charge", []),
        (TaxParty("FR"), "DE", "taxed", [("VAT", 200_000, 2_000)]),
        (TaxParty("FR", tax_id="FR 61 954 506 078"), "DE", "taxed", [("VAT", 200_000, 2_000)]),
        (TaxParty("FR", tax_id="DE136695976"), "DE", "taxed", [("VAT", 200_000, 2_000)]),
        (TaxParty("GR", tax_id="EL 094259216"), "DE", "reverse_charge", []),
        (TaxParty("GR", tax_id="094259216"), "DE", "reverse_charge", []),
        (TaxParty("DE", tax_id="DE136695976"), "GR", "reverse_charge", []),
        # Outside the EU, with a rule and without one; Northern Ireland counts as GB for services.
        (TaxParty("JP"), "DE", "taxed", [("Consumption tax", 100_000, 1_000)]),
        (TaxParty("CH", tax_id="CHE-107.787.577 IVA"), "DE", "outside", []),
        (TaxParty("GB", tax_id="XI 980780684"), "DE", "outside", []),
        (TaxParty("DE"), "US", "taxed", [("VAT", 190_000, 1_900)]),
        # A seller outside the EU has no reverse charge of ours.
        (FRENCH_BUSINESS, "US", "taxed", [("VAT", 200_000, 2_000)]),
        # A rule was to be expected.
        (TaxParty("IT"), "DE", "missing", []),
        (TaxParty("CH"), "CH", "missing", []),
        (TaxParty("US", "TX"), "US", "missing", []),
        (TaxParty("IT", tax_id="IT00743110157"), "DE", "reverse_charge", []),
        # A rate of 0 is a rate; no country of the seller is no tax.
        (TaxParty("US", "OR"), "US", "taxed", [("State tax", 0, 0)]),
        (TaxParty("DE"), "", "outside", []),
        # Regions add to their country where the names differ, and take its place where they are the same.
        (TaxParty("US", "CA"), "US", "taxed", [("County tax", 12_500, 125), ("State tax", 60_000, 600)]),
        (TaxParty("CA"), "CA", "taxed", [("GST", 50_000, 500)]),
        (TaxParty("CA", "BC"), "CA", "taxed", [("GST", 50_000, 500), ("PST", 70_000, 700)]),
        (TaxParty("CA", "ON"), "CA", "taxed", [("GST", 130_000, 1_300)]),
        (TaxParty("CA", "QC"), "CA", "taxed", [("GST", 50_000, 500)]),
    ],
)
def test_who_pays_which_tax(
    party: TaxParty, seller: str, treatment: str, shares: list[tuple[str, int, int]]
) -> None:
    result = _tax(party, 10_000, seller=seller)
    assert (result.treatment, _facts(result)) == (treatment, shares)
    assert result.lines[0].net_minor == 10_000
    assert result.note == (REVERSE_CHARGE_NOTE if treatment == "reverse_charge" else "")


def test_the_note_of_the_reverse_charge_names_its_article() -> None:
    assert _tax(FRENCH_BUSINESS, 1).note == "Reverse charge: Article 196, Directive 2006/112/EC"


@pytest.mark.parametrize(
    ("tax_code", "expected"), [("standard", 190_000), ("books", 70_000), ("anything", 190_000)]
)
def test_a_kind_of_product_may_have_its_own_rate(tax_code: str, expected: int) -> None:
    ((_, ppm, _),) = _facts(_tax(TaxParty("DE"), 10_000, tax_code=tax_code))
    assert ppm == expected


def test_a_place_goes_before_a_kind_of_product() -> None:
    rates = [_rate("ES", 40_000, tax_code="books"), _rate("ES", 70_000, region="CN")]
    assert select_rates(rates, TaxParty("ES", "CN"), "books", TODAY) == (rates[1],)
    assert select_rates(rates, TaxParty("ES"), "books", TODAY) == (rates[0],)
    assert select_rates(rates, TaxParty("ES"), "standard", TODAY) == ()


@pytest.mark.parametrize(
    ("on", "ppm"),
    [(date(2025, 6, 30), 220_000), (date(2025, 7, 1), 240_000), (date(2019, 12, 31), None)],
)
def test_a_rate_changes_on_its_day(on: date, ppm: int | None) -> None:
    result = _tax(TaxParty("EE"), 10_000, on=on)
    assert [share.rate_ppm for share in result.lines[0].shares] == ([ppm] if ppm else [])
    assert result.treatment == ("taxed" if ppm else "missing")


def test_of_two_rates_valid_at_once_the_later_one_counts() -> None:
    rates = [_rate("DE", 190_000), _rate("DE", 160_000, since=date(2026, 7, 1))]
    assert select_rates(rates, TaxParty("DE"), "standard", TODAY) == (rates[1],)
    assert select_rates(rates[::-1], TaxParty("DE"), "standard", TODAY) == (rates[1],)


def test_one_invoice_may_carry_the_rates_of_two_days() -> None:
    days = [date(2025, 6, 30), date(2025, 7, 1)]
    items = [Taxable(10_000, "standard", is_inclusive=False, on=on) for on in days]
    result = compute_taxes(items, party=TaxParty("EE"), seller_country="EE", rates=RATES)
    assert [line.tax_minor for line in result.lines] == [2_200, 2_400]


def test_an_exemption_holds_until_before_its_end() -> None:
    party = TaxParty("DE", exempt_reason="Charity, certificate 12/345", exempt_until_on=TODAY)
    before = _tax(party, 10_000, on=TODAY - timedelta(days=1))
    assert (before.treatment, before.lines) == (TaxTreatment.exempt, (TaxedLine(10_000, 0, ()),))
    assert before.note == "Exempt from tax: Charity, certificate 12/345"
    after = _tax(party, 10_000)
    assert (after.treatment, after.note, after.lines[0].tax_minor) == (TaxTreatment.taxed, "", 1_900)
    forever = TaxParty("DE", exempt_reason="Embassy")
    assert _tax(forever, 10_000, on=date(2099, 1, 1)).treatment is TaxTreatment.exempt


def test_an_exemption_that_ends_within_an_invoice_is_still_printed() -> None:
    party = TaxParty("DE", exempt_reason="Charity", exempt_until_on=TODAY)
    days = [TODAY - timedelta(days=1), TODAY]
    items = [Taxable(10_000, "standard", is_inclusive=False, on=on) for on in days]
    result = compute_taxes(items, party=party, seller_country="DE", rates=RATES)
    assert (result.treatment, result.note) == (TaxTreatment.taxed, "Exempt from tax: Charity")
    assert [line.tax_minor for line in result.lines] == [0, 1_900]


def test_a_missing_rule_is_what_an_invoice_is_known_by() -> None:
    rates = [_rate("DE", 70_000, tax_code="books")]
    items = [Taxable(10_000, code, is_inclusive=False, on=TODAY) for code in ("books", "standard")]
    result = compute_taxes(items, party=TaxParty("DE"), seller_country="DE", rates=rates)
    assert result.treatment is TaxTreatment.missing
    assert [line.tax_minor for line in result.lines] == [700, 0]


def test_an_untaxed_inclusive_price_is_all_net() -> None:
    item = Taxable(11_900, "standard", is_inclusive=True, on=TODAY)
    result = compute_taxes([item], party=FRENCH_BUSINESS, seller_country="DE", rates=RATES)
    assert result.lines == (TaxedLine(11_900, 0, ()),)


def test_an_invoice_without_lines_has_no_tax() -> None:
    assert _tax(TaxParty("DE")) == TaxResult((), TaxTreatment.outside, "")


def test_our_rules_fill_the_port() -> None:
    port: TaxPort = compute_taxes
    result = port([], party=TaxParty("DE"), seller_country="DE", rates=())
    assert result.lines == ()
