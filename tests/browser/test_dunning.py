"""Finance steers cases one by one and many at once, designs a campaign, and simulates it before it is used."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live


def test_finance_pauses_many_and_follows_one_case(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/dunning?f=status:running")
    expect(page.locator('[data-tile="at_risk"]')).to_contain_text("open case")
    boxes = page.locator("tr[data-row] [role=checkbox]")
    boxes.nth(0).click()
    boxes.nth(1).click()
    page.get_by_test_id("do").click()
    page.get_by_role("menuitem", name="Pause").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Holidays at both")
    dialog.get_by_role("button", name="Show what happens").click()
    expect(dialog).to_contain_text("Will do 2; will skip 0.")
    assert _paused(live) == 0, "a preview changes nothing"
    dialog.get_by_role("button", name="Pause: 2").click()
    expect(page.get_by_test_id("outcome")).to_have_text("Pause: done for 2 cases.")
    assert _paused(live) == 2

    page.goto(f"{live.address}/billing/dunning?f=status:paused")
    page.locator("tr[data-row] a").first.click()
    line = page.get_by_test_id("line")
    expect(line.locator('[data-phase="ahead"]').first).to_contain_text("Go on")
    expect(line.locator('[data-phase="skip"]').first).to_contain_text("Will be skipped")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(page.locator(".rt-Badge", has_text="Running")).to_be_visible()
    page.get_by_role("button", name="Promise to pay").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("999999.00")
    dialog.get_by_role("button", name="Note the promise").click()
    expect(dialog.get_by_role("alert")).to_contain_text("at most what is due")
    dialog.get_by_label("Amount").fill("")
    dialog.get_by_role("button", name="Note the promise").click()
    expect(page.locator(".rt-Badge", has_text="Promised")).to_be_visible()
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_test_id("timeline")).to_contain_text("noted a promise to pay")


def test_finance_designs_a_campaign_and_simulates_it(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/dunning/campaigns")
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Name").fill("Patient")
    page.get_by_label("Step 4, day", exact=True).fill("99")
    checks = page.get_by_test_id("checks")
    expect(checks).to_contain_text("Step 4: This step is on day 99, after the end on day 40")
    page.get_by_role("button", name="Save version").click(force=True)
    expect(page.get_by_text("Mend what is named above first.").first).to_be_visible()
    page.get_by_label("Step 4, day", exact=True).fill("3")
    expect(checks).to_be_empty()
    _save(page, "A longer path")
    expect(page.get_by_role("heading", name="Patient")).to_be_visible()

    page.get_by_label("Step 5, day", exact=True).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Step 4, day", exact=True)).to_have_value("5")
    expect(checks).to_contain_text("This step comes before the one above it")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Step 4, day", exact=True)).to_have_value("3")
    page.get_by_label("Step 5, day", exact=True).fill("6")
    _save(page, "One day more")
    expect(page.locator(".rt-Badge", has_text=re.compile("^v2$"))).to_be_visible()
    page.get_by_role("button", name="Compare v1").click()
    expect(page.get_by_text("Day 5 · Charge again · 7–10 h").first).to_be_visible()

    page.get_by_role("button", name="Preview a message").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Template").select_option("payment_reminder")
    dialog.get_by_role("button", name="Show").click()
    expect(dialog.get_by_test_id("mail")).to_contain_text("INV-")
    dialog.get_by_role("button", name="Close").click()

    page.get_by_role("link", name="Simulate").click()
    expect(page.get_by_text("Nothing is sent.").first).to_be_visible()
    page.get_by_label("Beside").select_option("v1")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_test_id("result")).to_have_count(2)
    expect(page.get_by_test_id("result").first).to_contain_text("Too few cases")


def _save(page: Page, reason: str) -> None:
    page.get_by_role("button", name="Save version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Save version").click()


def _paused(live: Live) -> int:
    found = scalar(live.database_url, "SELECT count(*) FROM dunning_case WHERE status = %s", "paused")
    return int(found)
