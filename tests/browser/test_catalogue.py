"""Finance makes a plan with tiers, sees what customers would pay, publishes, makes a version, archives."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live


def test_finance_makes_a_plan_with_tiers_and_a_second_version(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    _create_plan(page, live, "Atelier")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Add a price first").first).to_be_visible()
    _add_tiered_price(page)

    page.get_by_role("link", name="Calculator").click()
    expect(page.get_by_test_id("charge")).to_have_text("50.00 EUR")
    page.get_by_label("Quantity", exact=True).fill("25")
    expect(page.get_by_test_id("charge")).to_have_text("110.00 EUR")
    expect(page.get_by_text("1\u201310: 10 × 5 EUR")).to_be_visible()
    expect(page.get_by_text("11\u201325: 15 × 4 EUR")).to_be_visible()
    page.get_by_role("link", name="Link to this").click()
    page.reload()
    expect(page.get_by_test_id("charge")).to_have_text("110.00 EUR")

    _with_reason(page, "Publish", "can be bought from now on", "Publish version 1", "Launch")
    expect(page.locator(".rt-Badge", has_text="On sale")).to_be_visible()
    page.get_by_role("button", name="Edit").click(force=True)
    expect(page.get_by_text("Make a new version, change that").first).to_be_visible()

    _second_version(page)
    _with_reason(page, "Archive", "sold no more", "Archive plan", "A trial balloon")
    expect(page.get_by_role("button", name="Sell again")).to_be_visible()
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_test_id("timeline")).to_contain_text("A trial balloon")
    found = scalar(
        live.database_url,
        "SELECT string_agg(status, ',' ORDER BY version) FROM plan WHERE key = %s",
        "atelier",
    )
    assert found == "archived,archived"


def test_a_coupon_with_its_code(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/coupons")
    page.get_by_role("button", name="New coupon").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Autumn")
    dialog.get_by_role("button", name="Create coupon").click()
    expect(dialog.get_by_role("alert")).to_contain_text("either a percentage or an amount")
    expect(dialog.get_by_label("Name")).to_have_value("Autumn")
    dialog.get_by_label("Percent off").fill("12.5")
    dialog.get_by_role("button", name="Create coupon").click()
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()
    expect(page.get_by_text("12.5 % off, once")).to_be_visible()
    page.get_by_role("button", name="New code").click()
    dialog.get_by_label("Code").fill("autumn-26")
    dialog.get_by_role("button", name="Create code").click()
    expect(page.get_by_role("row", name=re.compile("AUTUMN-26"))).to_be_visible()


def test_the_eu_rates_tax_a_customer_by_country_and_vat_id(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/taxes")
    page.get_by_role("button", name="Load the EU standard VAT rates").click()
    page.get_by_role("dialog").get_by_role("button", name="Load 27 rates").click()
    expect(page.get_by_test_id("count")).to_have_text("27")
    page.get_by_label("We sell from").fill("DE")
    page.get_by_label("Customer in").fill("FR")
    page.get_by_role("button", name="Compute").click()
    answer = page.get_by_test_id("tax-answer")
    expect(answer).to_contain_text("VAT, 20 %")
    expect(answer).to_contain_text("120.00 EUR")
    page.get_by_label("VAT id").fill("FR40303265045")
    page.get_by_role("button", name="Compute").click()
    expect(answer).to_contain_text("Reverse charge")
    expect(answer).to_contain_text("100.00 EUR")

    page.get_by_role("checkbox", name="Select FI").click()
    page.get_by_role("button", name="End", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("FI: VAT 25.5 %")
    dialog.get_by_label("First day without it").fill("2027-01-01")
    dialog.get_by_label("Reason").fill("A new law")
    dialog.get_by_role("button", name="End tax rule").click()
    expect(dialog).to_be_hidden()
    ended = scalar(live.database_url, "SELECT valid_until_on::text FROM tax_rule WHERE country = 'FI'")
    assert ended == "2027-01-01"


def test_the_billing_details_of_a_customer(live: Live, signed_in: SignedIn) -> None:
    tenant = scalar(live.database_url, "SELECT id FROM tenant WHERE country = 'DE' ORDER BY id LIMIT 1")
    page = signed_in("finance")
    page.goto(f"{live.address}/customers/{tenant}?tab=billing")
    page.get_by_role("button", name="Edit billing details").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Legal name").fill("Beispiel GmbH")
    dialog.get_by_label("Tax id").fill("DE000")
    dialog.get_by_role("button", name="Save billing details").click()
    expect(dialog.get_by_role("alert")).to_contain_text("billing_profile.tax_id_form")
    dialog.get_by_label("Tax id").fill("DE 136 695 976")
    dialog.get_by_role("button", name="Save billing details").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("DE136695976")).to_be_visible()


def _second_version(page: Page) -> None:
    page.get_by_role("button", name="New version").click()
    expect(page.get_by_role("heading", name="Atelier, version 2")).to_be_visible()
    page.get_by_role("link", name="Prices").click()
    page.get_by_role("button", name=re.compile("^Edit ?from 5 EUR")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tier 1, amount of each unit").fill("6")
    expect(dialog.get_by_test_id("examples")).to_contain_text("120.00 EUR")
    dialog.get_by_role("button", name="Save price").click()
    expect(dialog).to_be_hidden()
    _with_reason(page, "Publish", "0 active subscriptions stay on version 1", "Publish version 2", "Dearer")
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_role("row", name=re.compile("Version 1"))).to_contain_text("Archived")
    expect(page.get_by_role("row", name=re.compile("from 6 EUR"))).to_contain_text("changed")


def _create_plan(page: Page, live: Live, name: str) -> None:
    page.goto(f"{live.address}/billing/plans")
    page.get_by_role("button", name="New plan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create plan").click()
    expect(page.get_by_role("heading", name=f"{name}, version 1")).to_be_visible()
    expect(page.locator(".rt-Badge", has_text="Draft")).to_be_visible()


def _add_tiered_price(page: Page) -> None:
    page.get_by_role("button", name="Add price").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Model").click()
    page.get_by_role("option", name=re.compile("Graduated")).click()
    dialog.get_by_label("Tier 1, amount of each unit").fill("5")
    dialog.get_by_label("Tier 2, amount of each unit").fill("4")

    expect(dialog.get_by_test_id("examples")).to_contain_text("110.00 EUR")
    dialog.get_by_label("Tier 2, up to unit").fill("50")
    expect(dialog).to_contain_text("Units above 50 have no amount")
    dialog.get_by_role("button", name="Add price").click()
    expect(dialog.get_by_role("alert")).to_contain_text("price_terms.last_tier_closed")
    dialog.get_by_label("Tier 2, up to unit").fill("")
    expect(dialog.get_by_test_id("examples")).to_contain_text("110.00 EUR")
    dialog.get_by_role("button", name="Add price").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("from 5 EUR/mo").first).to_be_visible()


def _with_reason(page: Page, action: str, effect: str, verb: str, reason: str) -> None:
    page.get_by_role("button", name=action, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(effect)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=verb).click()
    expect(dialog).to_be_hidden()
