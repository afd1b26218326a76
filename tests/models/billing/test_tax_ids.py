"""Tax ids: the form each country gives them, and sentences that promise no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.billing.rules.tax_ids import EU, check_tax_id


def test_the_eu_has_27_member_states() -> None:
    assert len(EU) == 27
    assert "GR" in EU
    assert not EU & {"CH", "EL", "GB", "NO", "UK", "XI"}


@pytest.mark.parametrize(
    ("country", "text", "kind", "normalised"),
    [
        ("AT", "ATU 57194903", "eu_vat", "ATU57194903"),
        ("BE", "BE 697.449.992", "eu_vat", "BE0697449992"),
        ("DE", " de 136,695 976 ", "eu_vat", "DE136695976"),
        ("DE", "136695976", "eu_vat", "DE136695976"),
        ("FR", "Fr 40 303 265 045", "eu_vat", "FR40303265045"),
        ("GR", "EL 094259216", "eu_vat", "EL094259216"),
        ("GR", "GR 094259216", "eu_vat", "EL094259216"),
        ("IT", "IT 00743110157", "eu_vat", "IT00743110157"),
        ("NL", "NL4495445B01", "eu_vat", "NL004495445B01"),
        ("GB", "GB 980 7806 84", "gb_vat", "GB980780684"),
        ("GB", "980780684", "gb_vat", "GB980780684"),
        ("GB", "XI 980 7806 84", "eu_vat", "XI980780684"),
        ("CH", "CHE-107.787.577 IVA", "ch_uid", "CHE107787577"),
        ("CH", "CHE-107.787.577", "ch_uid", "CHE107787577"),
        ("AU", "83 914 571 673", "au_abn", "83914571673"),
    ],
)
def test_a_right_form_is_said_to_be_no_more_than_that(
    country: str, text: str, kind: str, normalised: str
) -> None:
    check = check_tax_id(country, text)
    assert (check.is_valid, check.kind, check.normalised) == (True, kind, normalised)
    assert check.sentence.endswith("Whether it is registered was not asked.")
    assert check_tax_id(country, check.normalised) == check


@pytest.mark.parametrize(
    ("country", "text", "reason"),
    [
        ("DE", "DE136695978", "its check digits do not fit"),
        ("DE", "DE13669597", "too short or too long"),
        ("DE", "DE13669597X", "its characters are not in that form"),
        ("DE", "FR40303265045", "it begins with FR, and the customer is in DE"),
        ("FR", "EL094259216", "it begins with EL, and the customer is in FR"),
        ("GB", "GB802311781", "its check digits do not fit"),
        ("GB", "XI802311781", "its check digits do not fit"),
        ("CH", "CHE-107.787.578", "its check digits do not fit"),
        ("AU", "99 999 999 999", "its check digits do not fit"),
        ("DE", "\u0661\u0662\u0663", "characters or a length"),
        ("US", "<script>", "characters or a length"),
        ("DE", "DE136695976" + " " * 50 + "X", "characters or a length"),
        ("US", "1" * 400, "characters or a length"),
        ("DE", "DE\x00136695976", "characters or a length"),
    ],
)
def test_a_wrong_form_is_refused_with_its_reason(country: str, text: str, reason: str) -> None:
    check = check_tax_id(country, text)
    assert not check.is_valid
    assert reason in check.sentence
    assert check.sentence.endswith("Copy it from the customer's papers.")


@pytest.mark.parametrize("text", ["", "   ", "--"])
def test_nothing_is_no_tax_id(text: str) -> None:
    check = check_tax_id("DE", text)
    assert (check.is_valid, check.normalised, check.sentence) == (False, "", "No tax id is given. Enter one.")


def test_a_form_we_do_not_know_is_taken_and_said_so() -> None:
    check = check_tax_id("US", "12-3456789")
    assert (check.is_valid, check.kind, check.normalised) == (True, "other", "123456789")
    assert "is not checked" in check.sentence


@given(
    st.sampled_from(sorted(EU | {"AU", "CH", "GB", "US", ""})),
    st.one_of(st.text(max_size=30), st.from_regex(r"[A-Z]{0,4}[0-9A-Z+*]{1,14}", fullmatch=True)),
)
def test_no_text_breaks_the_check(country: str, text: str) -> None:
    check = check_tax_id(country, text)
    assert check.sentence
    if check.is_valid:
        assert check_tax_id(country, check.normalised).is_valid
