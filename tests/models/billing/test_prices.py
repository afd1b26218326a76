"""Prices: offers that stand once, checked by their terms, and unchanged once offered or paid."""

import pytest
from sqlmodel import Session, select

from models.billing import (
    PLANS,
    PriceDraft,
    TierDraft,
    archive_price,
    change_price,
    create_plan,
    create_price,
    get_plan,
    publish_version,
    show_draft,
    unarchive_price,
)
from models.billing.tables import Price
from models.kernel.errors import Conflict, Invalid
from models.kernel.listing import ListQuery, list_page
from tests.factories.accounts import anybody, make_tenant
from tests.factories.billing import make_subscription

FINANCE = anybody()
MONTHLY = PriceDraft("EUR", unit_amount="29")
TIERED = PriceDraft(
    "EUR",
    model="graduated",
    tiers=(TierDraft("10", "5"), TierDraft("50", "4.005"), TierDraft("", "3", "7.50")),
)


def test_a_price_is_an_offer_that_stands_once(session: Session) -> None:
    plan = create_plan(session, FINANCE, name="Growth")
    price = create_price(session, FINANCE, plan_id=plan.id, draft=TIERED)
    (row,) = get_plan(session, FINANCE, plan.id).prices
    assert row.words == "from 5 EUR/mo"
    assert [row.charge(quantity).amount_minor for quantity in (1, 10, 11, 50, 51)] == [
        500,
        5_000,
        5_401,
        21_020,
        22_070,
    ]
    assert show_draft(row).tiers == (
        TierDraft("10", "5"),
        TierDraft("50", "4.005"),
        TierDraft("", "3", "7.50"),
    )
    with pytest.raises(Conflict, match="from 5 EUR/mo"):
        create_price(session, FINANCE, plan_id=plan.id, draft=MONTHLY)
    create_price(session, FINANCE, plan_id=plan.id, draft=PriceDraft("EUR", "year", unit_amount="290"))
    create_price(session, FINANCE, plan_id=plan.id, draft=PriceDraft("JPY", "week", "2", "flat", "1200"))
    changed = change_price(session, FINANCE, price_id=price.id, draft=PriceDraft("EUR", unit_amount="31.5"))
    assert (changed.model, changed.unit_amount_minor, changed.tiers) == ("per_unit", 3_150, [])
    (found,) = list_page(session, FINANCE, PLANS, ListQuery()).rows
    assert found.prices_text == "31.50 EUR/mo, 290 EUR/yr +1"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (PriceDraft("ZZZ", unit_amount="1"), "currency.not_iso"),
        (PriceDraft("EUR", "fortnight", unit_amount="1"), "price.unknown_interval"),
        (PriceDraft("EUR", interval_count="0", unit_amount="1"), "number.out_of_range"),
        (PriceDraft("EUR", model="free", unit_amount="1"), "price.unknown_model"),
        (PriceDraft("EUR", unit_amount=""), "money.unreadable"),
        (PriceDraft("EUR", unit_amount="29,85"), "money.unreadable"),
        (PriceDraft("JPY", unit_amount="1.5"), "money.too_precise"),
        (PriceDraft("EUR", unit_amount="-1"), "price_terms.negative_amount"),
        (PriceDraft("EUR", model="package", unit_amount="1", package_size="0"), "number.out_of_range"),
        (PriceDraft("EUR", model="volume"), "price_terms.tiers_missing"),
        (PriceDraft("EUR", model="volume", tiers=(TierDraft("10", "1"),)), "price_terms.last_tier_closed"),
        (
            PriceDraft(
                "EUR",
                model="graduated",
                tiers=(TierDraft("10", "1"), TierDraft("10", "1"), TierDraft("", "1")),
            ),
            "price_terms.tiers_overlap",
        ),
        (
            PriceDraft("EUR", model="graduated", tiers=(TierDraft("", "1"), TierDraft("10", "1"))),
            "price_terms.tier_open_too_early",
        ),
        (PriceDraft("EUR", model="volume", tiers=(TierDraft("", "four"),)), "price.tier_unreadable"),
        (PriceDraft("EUR", unit_amount="1", tax_behavior="maybe"), "price.unknown_tax_behavior"),
    ],
)
def test_a_price_that_breaks_a_rule_is_refused_and_nothing_stored(
    session: Session, draft: PriceDraft, code: str
) -> None:
    plan = create_plan(session, FINANCE, name="Growth")
    with pytest.raises(Invalid) as refusal:
        create_price(session, FINANCE, plan_id=plan.id, draft=draft)
    assert refusal.value.code == code
    assert session.exec(select(Price)).all() == []


def test_a_price_that_is_paid_or_offered_stays_as_it_is(session: Session) -> None:
    plan = create_plan(session, FINANCE, name="Growth")
    price = create_price(session, FINANCE, plan_id=plan.id, draft=MONTHLY)
    tenant = make_tenant(session, currency="EUR")
    make_subscription(session, tenant=tenant, plan=plan, price_id=price.id)
    with pytest.raises(Conflict) as refusal:
        change_price(session, FINANCE, price_id=price.id, draft=PriceDraft("EUR", unit_amount="1"))
    assert refusal.value.code == "price.in_use"
    other = create_price(session, FINANCE, plan_id=plan.id, draft=PriceDraft("USD", unit_amount="1"))
    publish_version(session, FINANCE, plan_id=plan.id, reason="Launch")
    with pytest.raises(Conflict) as refusal:
        change_price(session, FINANCE, price_id=other.id, draft=MONTHLY)
    assert refusal.value.code == "price.on_sale"
    archive_price(session, FINANCE, price_id=price.id)
    with pytest.raises(Conflict, match="Offer that one again"):
        create_price(session, FINANCE, plan_id=plan.id, draft=MONTHLY)
    unarchive_price(session, FINANCE, price_id=price.id)
    with pytest.raises(Conflict):
        unarchive_price(session, FINANCE, price_id=price.id)
