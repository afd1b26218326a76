"""Looking at a row without leaving the list, and the keys of lists."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken, values

INVOICES = "dashboard___pages___billing___invoices____invoices_state"
CUSTOMERS = "dashboard___pages___accounts___customers____customers_state"


def test_space_looks_arrows_walk_and_enter_opens(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/invoices?f=status:open")
    rows, panel = page.locator("tr[data-row]"), page.get_by_role("complementary", name="Row")
    expect(rows.first).to_be_visible()
    numbers = page.locator("tr[data-row] td:nth-child(2)").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(panel).to_contain_text(numbers[0])
    expect(panel.get_by_role("link", name="Void invoice")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(panel).to_contain_text(numbers[1])
    assert f"peek={rows.nth(1).get_attribute('data-row')}" in page.url
    page.reload()
    expect(panel).to_contain_text(numbers[1])
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert "peek" not in page.url
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(panel).to_contain_text(numbers[1])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/billing/invoices/[0-9a-f-]{36}"))
    expect(page.get_by_role("heading", name=numbers[1])).to_be_visible()


def test_an_action_of_the_row_opens_its_preview_on_the_rows_page(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/invoices?f=status:open")
    page.locator("tr[data-row]").nth(3).focus()
    page.keyboard.press(".")
    panel = page.get_by_role("complementary", name="Row")
    expect(panel.get_by_role("link", name="Open")).to_be_focused()
    panel.get_by_role("link", name="Void invoice").click()
    expect(page.get_by_role("dialog")).to_contain_text("will no longer be due")
    expect(page).not_to_have_url(re.compile("do="))


def test_keys_do_what_the_sheet_says(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/customers")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Look at the row without leaving")
    expect(sheet.get_by_text("Go to audit")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.get_by_role("checkbox", name="Trial")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("tr[data-row]").first.focus()
    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_contain_text("Save changes")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(sheet.get_by_text("Look at the row without leaving")).to_be_hidden()
    expect(sheet.get_by_text("Edit", exact=True)).to_be_visible()


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_beside_the_panel(live: Live, signed_in: SignedIn, is_dark: bool) -> None:  # noqa: FBT001
    page = signed_in("viewer", is_dark=is_dark)
    identifier = scalar(live.database_url, "SELECT id FROM tenant ORDER BY name LIMIT 1")
    page.goto(f"{live.address}/customers?peek={identifier}")
    panel = page.get_by_role("complementary", name="Row")
    expect(panel).to_contain_text("You need customers:write to do this.")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"peek-{'dark' if is_dark else 'light'}.png")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_row_that_is_not_there_or_no_id_shows_nothing(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    updates = tab.open("/billing/invoices?peek=00000000-0000-7000-8000-000000000000")
    assert values(updates, "invoices_state", "rows")[-1], "the list itself is there"
    assert "not_found" in spoken(
        tab.send(f"{INVOICES}.on_row", {"text": "00000000-0000-7000-8000-000000000000"})
    )
    assert "id.unreadable" in spoken(tab.send(f"{INVOICES}.on_row", {"text": "'OR1=1"}))
    assert "action.unknown" in spoken(tab.send(f"{INVOICES}.on_row", {"text": "x e"}))
    tab.open("/customers")
    row = scalar(live.database_url, "SELECT id FROM tenant LIMIT 1")
    assert "customers:write" in spoken(tab.send(f"{CUSTOMERS}.on_row", {"text": f"{row} e"}))
    tab.close()
