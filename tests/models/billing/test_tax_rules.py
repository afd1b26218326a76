"""Tax rules and billing details: entered, ended, corrected, and what a customer would pay by them."""

from datetime import date

import pytest
from sqlmodel import Session, select

from models.billing import (
    TAX_RULES,
    correct_tax_rule,
    create_tax_rule,
    end_tax_rule,
    get_billing_profile,
    load_eu_rates,
    preview_taxes,
    update_billing_profile,
)
from models.billing.tables import BillingProfile, TaxRule
from models.compliance import list_timeline
from models.kernel.actor import MissingPermission
from models.kernel.errors import Conflict, DomainError, Invalid, NotFound
from models.kernel.listing import Condition, ListQuery, list_count, list_page
from models.kernel.money import Money
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.fixtures.clock import FrozenClock

FINANCE = anybody()
DETAILS = {
    "legal_name": "Acme GmbH",
    "address": "Weg 1; 10115 Berlin",
    "region": "",
    "tax_id": "",
    "exempt_reason": "",
    "exempt_until_on": None,
    "net_terms_days": "",
}


def test_rules_of_one_place_and_name_follow_each_other(session: Session, frozen: FrozenClock) -> None:
    old = create_tax_rule(
        session, FINANCE, country="de", name="VAT", rate="19", valid_from_on=date(2021, 1, 1), note="UStG 12"
    )
    assert (old.country, old.rate_ppm) == ("DE", 190_000)
    with pytest.raises(Conflict, match="VAT of 19 % is valid from 2021-01-01 on there already") as refusal:
        create_tax_rule(session, FINANCE, country="DE", name="VAT", rate="20", valid_from_on=date(2027, 1, 1))
    assert refusal.value.code == "tax_rule.overlaps"
    end_tax_rule(session, FINANCE, tax_rule_id=old.id, valid_until_on=date(2027, 1, 1), reason="New law")
    create_tax_rule(session, FINANCE, country="DE", name="VAT", rate="20", valid_from_on=date(2027, 1, 1))
    with pytest.raises(Conflict) as refusal:
        end_tax_rule(session, FINANCE, tax_rule_id=old.id, valid_until_on=date(2028, 1, 1), reason="Later")
    assert refusal.value.code == "tax_rule.followed"
    # Other names, kinds and regions stand beside it.
    for facts in (
        {"name": "Levy"},
        {"name": "VAT", "tax_code": "books"},
        {"name": "VAT", "region": "Heligoland"},
    ):
        create_tax_rule(session, FINANCE, country="DE", rate="1", valid_from_on=date(2021, 1, 1), **facts)
    session.flush()
    scheduled = ListQuery(conditions=(Condition("status", "scheduled"),))
    assert [row.rate_text for row in list_page(session, FINANCE, TAX_RULES, scheduled).rows] == ["20 %"]
    on = ListQuery(conditions=(Condition("valid_on", "2026-12-31"), Condition("name", "VAT")))
    assert [row.rate_text for row in list_page(session, FINANCE, TAX_RULES, on).rows] == [
        "19 %",
        "1 %",
        "1 %",
    ]
    (ended, created) = list_timeline(session, FINANCE, subject_id=old.id)
    assert (ended.reason, ended.after) == ("New law", {"valid_until_on": "2027-01-01"})
    assert created.after["rate"] == "19 %"


def test_a_wrong_rate_is_corrected_with_a_reason(session: Session) -> None:
    rule = create_tax_rule(
        session, FINANCE, country="FI", name="VAT", rate="24", valid_from_on=date(2024, 9, 1)
    )
    with pytest.raises(Invalid, match="Give a reason"):
        correct_tax_rule(session, FINANCE, tax_rule_id=rule.id, rate="25.5", note="", reason="")
    correct_tax_rule(session, FINANCE, tax_rule_id=rule.id, rate="25.5 %", note="Source", reason="Mistyped")
    assert (rule.rate_ppm, rule.note) == (255_000, "Source")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"country": "EL"}, "tax_country.unknown"),
        ({"country": "Germany"}, "tax_country.unknown"),
        ({"rate": "101"}, "percent.unreadable"),
        ({"rate": ""}, "percent.unreadable"),
        ({"rate": "1e9"}, "percent.unreadable"),
        ({"name": ""}, "text.length"),
        ({"tax_code": "e books"}, "key.form"),
        ({"valid_until_on": date(2026, 1, 1)}, "tax_rule.empty_validity"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(session: Session, facts: dict[str, str], code: str) -> None:
    wanted = {"country": "DE", "name": "VAT", "rate": "19", "valid_from_on": date(2026, 1, 1), **facts}
    with pytest.raises(Invalid) as refusal:
        create_tax_rule(session, FINANCE, **wanted)  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert session.exec(select(TaxRule)).all() == []


def test_the_eu_rates_are_loaded_once_and_name_their_source(session: Session) -> None:
    create_tax_rule(session, FINANCE, country="DE", name="VAT", rate="19", valid_from_on=date(2007, 1, 1))
    assert load_eu_rates(session, FINANCE) == 26
    assert load_eu_rates(session, FINANCE) == 0
    rules = session.exec(select(TaxRule)).all()
    assert len({rule.country for rule in rules}) == len(rules) == 27
    assert {rule.country: rule.rate_ppm for rule in rules}["HU"] == 270_000
    assert all("European Commission" in rule.note for rule in rules if rule.country != "DE")
    assert list_count(session, FINANCE, TAX_RULES, ListQuery()).value == 27
    with pytest.raises(MissingPermission):
        load_eu_rates(session, actor_with(Permission.tax_rules_read))


@pytest.mark.parametrize(
    ("country", "tax_id", "amount", "is_inclusive", "expected"),
    [
        ("DE", "", "100", False, ("taxed", 10_000, 1_900, 11_900)),
        ("DE", "", "119", True, ("taxed", 10_000, 1_900, 11_900)),
        ("FR", "", "100", False, ("taxed", 10_000, 2_000, 12_000)),
        ("FR", "FR40303265045", "100", False, ("reverse_charge", 10_000, 0, 10_000)),
        ("US", "", "100", False, ("outside", 10_000, 0, 10_000)),
    ],
)
def test_the_box_says_what_an_invoice_would(
    session: Session,
    country: str,
    tax_id: str,
    amount: str,
    is_inclusive: bool,  # noqa: FBT001 -- a column of the table
    expected: tuple[str, int, int, int],
) -> None:
    load_eu_rates(session, FINANCE)
    found = preview_taxes(
        session,
        FINANCE,
        seller_country="DE",
        country=country,
        region="",
        tax_id=tax_id,
        tax_code="standard",
        amount=amount,
        currency="EUR",
        is_inclusive=is_inclusive,
        on=date(2026, 3, 1),
    )
    tax = sum(each[2].minor for each in found.taxes)
    assert (found.treatment, found.net.minor, tax, found.total.minor) == expected
    assert found.total.currency == Money(0, "EUR").currency
    assert ("Reverse charge" in found.note) == (expected[0] == "reverse_charge")


def test_billing_details_are_kept_by_version_and_on_record(session: Session) -> None:
    tenant = make_tenant(session, country="DE")
    assert get_billing_profile(session, FINANCE, tenant.id).version == 0
    first = update_billing_profile(
        session, FINANCE, tenant_id=tenant.id, version=0, **{**DETAILS, "tax_id": "de 136 695 976"}
    )
    assert (first.version, first.tax_id, first.net_terms_days) == (1, "DE136695976", None)
    with pytest.raises(Conflict, match="Someone changed this") as refusal:
        update_billing_profile(session, FINANCE, tenant_id=tenant.id, version=0, **DETAILS)
    assert refusal.value.code == "billing_profile.changed"
    update_billing_profile(
        session, FINANCE, tenant_id=tenant.id, version=1, **{**DETAILS, "net_terms_days": "30"}
    )
    row = get_billing_profile(session, FINANCE, tenant.id)
    assert (row.version, row.tax_id, row.net_terms_days) == (2, "", 30)
    (second, _) = list_timeline(session, FINANCE, subject_id=tenant.id)
    assert (second.before, second.after) == (
        {"tax_id": "DE136695976", "net_terms_days": None},
        {"tax_id": "", "net_terms_days": 30},
    )
    update_billing_profile(
        session, FINANCE, tenant_id=tenant.id, version=2, **{**DETAILS, "net_terms_days": "30"}
    )
    assert session.get_one(BillingProfile, tenant.id).version == 2, "nothing changed"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"tax_id": "DE123"}, "billing_profile.tax_id_form"),
        ({"exempt_until_on": date(2027, 1, 1)}, "billing_profile.exempt_without_reason"),
        ({"net_terms_days": "366"}, "number.out_of_range"),
        ({"net_terms_days": "soon"}, "number.out_of_range"),
        ({"legal_entity": "nobody"}, "legal_entity.not_found"),
        ({"review_policy": "never"}, "billing_profile.unknown_policy"),
        ({"legal_name": "x" * 201}, "text.too_long"),
    ],
)
def test_wrong_billing_details_change_nothing(session: Session, facts: dict[str, str], code: str) -> None:
    tenant = make_tenant(session, country="DE")
    with pytest.raises(DomainError) as refusal:
        update_billing_profile(session, FINANCE, tenant_id=tenant.id, **{**DETAILS, **facts})
    assert refusal.value.code == code
    assert session.get(BillingProfile, tenant.id) is None


def test_nobody_sees_or_changes_details_out_of_reach(session: Session) -> None:
    manager = make_staff(session)
    theirs = make_tenant(session)
    own = actor_with(*Permission, scope=Scope.own, user=manager)
    with pytest.raises(NotFound):
        get_billing_profile(session, own, theirs.id)
    with pytest.raises(NotFound):
        update_billing_profile(session, own, tenant_id=theirs.id, **DETAILS)
    with pytest.raises(MissingPermission, match="billing_profiles:write"):
        update_billing_profile(
            session, actor_with(Permission.customers_write), tenant_id=theirs.id, **DETAILS
        )
