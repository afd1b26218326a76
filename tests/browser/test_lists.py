"""Lists: the address is the state; sort, filter, search, page, columns, views, selection, export, keyboard."""

import csv
import io
import json
import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.server import Live


def _numbers(page: Page) -> list[str]:
    expect(page.locator("tr[data-row]").first).to_be_visible()
    return page.locator("tr[data-row] td:nth-child(2)").all_inner_texts()


def test_paging_and_back_and_reload_show_the_same_rows(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/billing/invoices")
    first = _numbers(page)
    assert len(first) == 50
    page.get_by_test_id("next").click()
    expect(page.locator("tr[data-row]").first).not_to_contain_text(first[0])
    second = _numbers(page)
    assert not set(first) & set(second)
    page.reload()
    assert _numbers(page) == second
    page.get_by_test_id("previous").click()
    expect(page.locator("tr[data-row]").first).to_contain_text(first[0])
    assert _numbers(page) == first
    page.go_back()
    expect(page.locator("tr[data-row]").first).to_contain_text(second[0])


def test_sorting_filtering_and_searching_live_in_the_address(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/billing/invoices")
    page.get_by_role("link", name="Total").click()
    page.wait_for_url("**sort=-total**")
    expect(page.locator('th[aria-sort="descending"]')).to_have_text(re.compile("Total"))
    page.get_by_role("button", name="Status").click()
    page.get_by_role("checkbox", name="Overdue").click()
    page.wait_for_url("**f=status:overdue**")
    expect(page.get_by_label("Remove the filter Status Overdue")).to_be_visible()
    expect(page.locator("tr[data-row]").first).to_contain_text("Overdue")
    page.keyboard.press("/")
    page.keyboard.type("no such customer anywhere")
    expect(page.get_by_text("No invoices match.")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("tr[data-row]").first).to_be_visible()
    page.get_by_role("textbox", name=re.compile("Search invoices")).fill("status:paid")
    page.wait_for_url("**f=status:paid**")


def test_columns_views_and_selection(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/billing/invoices?f=status:open&sort=-total")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Country").click()
    expect(page.get_by_role("columnheader", name="Country")).to_be_visible()
    page.get_by_role("button", name="Save as").click()
    page.get_by_placeholder("Name of the view").fill("Largest open")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Largest open")).to_have_attribute("aria-current", "page")
    page.goto(f"{live.address}/billing/invoices")
    page.get_by_role("link", name="Largest open").click()
    expect(page.get_by_role("link", name="Largest open")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("columnheader", name="Country")).to_be_visible()
    page.locator("tr[data-row]").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/billing/invoices/[0-9a-f-]{36}"))


def test_the_exported_file_is_what_the_screen_shows(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/billing/invoices?f=status:open&sort=-total&cols=number,customer,total,status")
    shown = _numbers(page)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name=re.compile("CSV")).click()
    page.wait_for_url("**/exports?new=*")
    link = page.get_by_test_id("download").first
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Number", "Customer", "Total", "Total currency", "Status"]
    assert [row[0] for row in rows[1 : len(shown) + 1]] == shown


def test_json_lines_are_the_same_rows_for_programs(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/billing/invoices?f=status:open&sort=-total&cols=number,total")
    shown = _numbers(page)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name=re.compile("JSON Lines")).click()
    page.wait_for_url("**/exports?new=*")
    link = page.get_by_role("row", name="Invoices as JSONL").get_by_test_id("download").first
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith(".jsonl")
    rows = [json.loads(line) for line in download.value.path().read_text("utf-8").splitlines()]
    assert [row["number"] for row in rows[: len(shown)]] == shown
    assert set(rows[0]) == {"number", "total", "total_currency"}


def test_the_overview_shows_the_figures_and_each_opens_its_rows(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("viewer")
    page.goto(live.address)
    tiles = page.locator("[data-tile]")
    expect(tiles).to_have_count(10)
    for key in ("customers", "active_subscriptions", "cancelled_subscriptions", "open_invoices"):
        page.goto(live.address)
        tile = page.locator(f'[data-tile="{key}"]')
        figure = str(tile.get_attribute("data-exact"))
        tile.get_by_role("link").click()
        expect(page.get_by_test_id("count")).to_have_text(figure)
    page.goto(live.address)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=30_000)


def test_two_people_change_one_customer_and_nothing_is_lost(live: Live, signed_in: SignedIn) -> None:
    first, second = signed_in("manager"), signed_in("admin")
    first.goto(f"{live.address}/customers?f=status:active")
    first.locator("tr[data-row] a").first.click()
    first.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}"))
    second.goto(first.url)
    for page in (first, second):
        page.get_by_role("button", name="Edit").click()
    first.get_by_label("Name", exact=True).fill("Renamed by the first")
    first.get_by_role("button", name="Save changes").click()
    expect(first.get_by_role("heading", name="Renamed by the first")).to_be_visible()
    second.get_by_label("Name", exact=True).fill("Renamed by the second")
    second.get_by_role("button", name="Save changes").click()
    expect(second.get_by_role("alert")).to_contain_text("Someone changed this customer")
    expect(second.get_by_label("Name", exact=True)).to_have_value("Renamed by the second")
