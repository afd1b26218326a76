"""Columns as each reader likes them, and how many rows a value of a filter would show."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken

SUBSCRIPTIONS = "dashboard___pages___billing___subscriptions____subscriptions_state"


def _heads(page: Page) -> list[str]:
    return page.locator("thead th").all_inner_texts()[1:]


def test_columns_are_moved_and_resized_and_stay_so_for_this_reader(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("support")
    page.goto(f"{live.address}/billing/subscriptions")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    before = _heads(page)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label(f"Move down: {before[0]}").click()
    expect(page.locator("thead th").nth(1)).to_have_text(before[1])
    page.get_by_role("checkbox", name=before[-1]).click()
    expect(page.get_by_role("columnheader", name=before[-1])).to_have_count(0)
    page.keyboard.press("Escape")

    grip = page.locator("[data-resize]").nth(0)
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 84, box["y"] + 8, steps=4)
    page.mouse.up()
    expect(page.locator("thead th").nth(1)).not_to_have_css("max-width", "none")

    page.goto(f"{live.address}/billing/subscriptions")
    expect(page.locator("thead th").nth(1)).to_have_text(before[1])
    assert _heads(page) == [before[1], before[0], *before[2:-1]]
    expect(page.locator("thead th").nth(1)).not_to_have_css("max-width", "none")
    other = signed_in("viewer")
    other.goto(f"{live.address}/billing/subscriptions")
    expect(other.locator("tr[data-row]").first).to_be_visible()
    assert _heads(other) == before

    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Reset columns").click()
    expect(page.locator("thead th").nth(1)).to_have_text(before[0])
    assert _heads(page) == before


def test_shift_click_adds_a_second_order(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("viewer")
    page.goto(f"{live.address}/billing/invoices?sort=issued_on")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    total = page.get_by_role("columnheader", name="Total")
    for direction in ("descending", "ascending"):
        total.get_by_role("link").click(modifiers=["Shift"])
        expect(total).to_have_attribute("aria-sort", direction)
    expect(page).to_have_url(re.compile("sort=issued_on,total"))
    expect(page.get_by_role("columnheader", name="Issued")).to_have_attribute("aria-sort", "ascending")
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("previous")).to_be_visible()
    expect(page.locator("tr[data-row]")).to_have_count(50)


def test_a_filter_says_how_many_rows_each_value_has(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("viewer")
    page.goto(f"{live.address}/billing/invoices?f=status:open")
    count = page.get_by_test_id("count")
    expect(count).not_to_be_empty()
    page.get_by_role("button", name="Status").click()
    expect(page.get_by_role("checkbox", name="Open", exact=False).first).to_contain_text(count.inner_text())


def test_what_is_no_column_is_refused(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    tab.open("/billing/subscriptions")
    for text in ("toggle nothing", "width mrr; DROP", "explode mrr", "width", ""):
        answer = spoken(tab.send(f"{SUBSCRIPTIONS}.arrange", {"text": text}))
        assert "internal.error" not in answer
    assert "column.unknown" in spoken(tab.send(f"{SUBSCRIPTIONS}.arrange", {"text": "up nothing"}))
    tab.send(f"{SUBSCRIPTIONS}.arrange", {"text": "reset"})
    tab.close()
