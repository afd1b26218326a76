"""The engine's records in words: tier by tier, discount, share of the period, tax, in five languages."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from models.billing import LineRow, explain_line
from models.billing.queries.explain_words import SENTENCES
from models.integrations.documents import LANGUAGES

TAX = {
    "rate_id": "r",
    "name": "VAT",
    "rate_ppm": 190_000,
    "base_minor": 6_000,
    "tax_minor": 1_140,
}
TIERED: dict[str, Any] = {
    "kind": "recurring",
    "plan": "Growth",
    "plan_version": 3,
    "price_id": "p",
    "terms": {},
    "quantity": 12,
    "steps": [
        {"tier": 1, "from": 1, "to": 10, "quantity": 10, "unit_amount": "500", "flat_minor": 0, "amount": "5000"},
        {
            "tier": 2,
            "from": 11,
            "to": 12,
            "quantity": 2,
            "unit_amount": "400.5",
            "flat_minor": 100,
            "amount": "901",
        },
    ],
    "gross_full_minor": 5_901,
    "discounts": [{"coupon": "c", "name": "Spring", "percent_ppm": 125_000, "discount_minor": 738}],
    "net_full_minor": 5_163,
    "sign": 1,
    "rounding": "half_up",
    "amount_minor": 5_163,
    "tax_behavior": "exclusive",
    "taxes": [TAX],
    "tax_note": "",
}  # fmt: skip
UNUSED = TIERED | {
    "kind": "unused",
    "sign": -1,
    "segment": ["2026-11-16T00:00:00+00:00", "2026-12-01T00:00:00+00:00"],
    "part": 1_296_000,
    "whole": 2_592_000,
    "unit": "second",
    "rounding": "half_down_to_minus_infinity",
    "amount_minor": -2_582,
    "discounts": [{"coupon": "c", "name": "Ten off", "amount_minor": 1_000, "discount_minor": 738}],
}


def line(amount: int = 5_163) -> LineRow:
    """A line of November."""
    return LineRow(uuid4(), 1, "Growth", 12, 430, amount, date(2026, 11, 1), date(2026, 12, 1), {})


def test_a_tiered_line_is_told_tier_by_tier() -> None:
    assert explain_line(TIERED, line(), "EUR", "en") == (
        "Growth, version 3.",
        "Units 1–10: 10 × 5.00 EUR = 50.00 EUR.",
        "Units 11–12: 2 × 4.005 EUR + 1.00 EUR = 9.01 EUR.",
        "Together 59.01 EUR, rounded once.",
        "Discount “Spring”, 12.5 %: −7.38 EUR.",
        "VAT 19 % on 60.00 EUR = 11.40 EUR.",
    )


def test_unused_time_is_told_with_its_fraction_and_its_rounding() -> None:
    told = explain_line(UNUSED, line(-2_582), "EUR", "de-DE")
    assert told[-5:] == (
        "Nachlass „Ten off“: −7,38 EUR.",
        "Wert des vollen Zeitraums nach Nachlässen: 51,63 EUR.",
        "Nicht genutzt, wird erstattet: 1.296.000 von 2.592.000 Sekunden, 16.11.2026 bis 01.12.2026.",
        "−51,63 EUR × 1.296.000 ÷ 2.592.000 = −25,82 EUR, Hälften abgerundet.",
        "VAT 19 % auf 60,00 EUR = 11,40 EUR.",
    )


@pytest.mark.parametrize("kind", ["remaining", "elapsed", "unused"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_every_kind(kind: str, language: str) -> None:
    told = explain_line(UNUSED | {"kind": kind}, line(), "JPY", language)
    assert len(told) == 9
    assert all("{" not in each for each in told)


def test_every_language_has_every_sentence() -> None:
    assert set(SENTENCES) == set(LANGUAGES)
    for words in SENTENCES.values():
        assert words.keys() == SENTENCES["en"].keys()


def test_who_changed_a_line_is_for_us_and_not_for_the_customer() -> None:
    edited = TIERED | {"kind": "edited", "by": "Ann", "reason": "Agreed", "original": {"amount_minor": 700}}
    assert not any("Ann" in each for each in explain_line(edited, line(), "EUR", "en"))
    assert explain_line(edited, line(), "EUR", "en", is_internal=True)[-2:] == (
        "Changed by Ann: Agreed",
        "The engine had made it 7.00 EUR.",
    )


def test_packages_flat_prices_and_tax_in_the_price() -> None:
    step = {
        "tier": 1,
        "from": 1,
        "to": 25,
        "quantity": 3,
        "unit_amount": "1000",
        "flat_minor": 0,
        "amount": "3000",
    }
    packed = TIERED | {"plan": "", "steps": [step | {"package_size": 10}], "discounts": [], "taxes": []}
    assert explain_line(packed, line(), "EUR", "en") == ("3 packages of 10 × 10.00 EUR = 30.00 EUR.",)
    flat = packed | {"steps": [step | {"unit_amount": "0", "flat_minor": 9_900, "amount": "9900"}]}
    assert explain_line(flat, line(), "EUR", "en") == ("Flat price, whatever the quantity: 99.00 EUR.",)
