"""A list under its reader: shown rows change in place, new ones wait behind a pill."""

import re
from uuid import uuid4

import psycopg
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import execute
from tests.live.server import Live


def _change(live: Live, statement: str, *parameters: object) -> None:
    """Commit something as another process would, with the note that every event sends."""
    with psycopg.connect(live.database_url) as connection:
        connection.execute(statement, parameters)
        connection.execute("SELECT pg_notify('clientforge_events', 'tenant')")


def _names(page: Page) -> list[str]:
    return page.locator("tr[data-row] td:nth-child(2)").all_inner_texts()


def test_rows_change_in_place_and_new_ones_are_announced(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/customers?f=status:active")
    expect(page.get_by_test_id("count")).not_to_be_empty()
    shown, counted = _names(page), page.get_by_test_id("count").inner_text()
    row = page.locator("tr[data-row]").nth(2)
    identifier = row.get_attribute("data-row")

    _change(live, "UPDATE tenant SET country = 'NZ' WHERE id = %s", identifier)
    expect(row).to_contain_text("NZ")
    expect(page.get_by_test_id("news")).to_have_count(0)

    added = uuid4()
    _change(
        live,
        "INSERT INTO tenant (id, name, external_ref, country, currency, status, email, time_zone, locale, "
        "tags, version, created_at, updated_at) "
        "VALUES (%s, '0 New one', %s, 'US', 'USD', 'active', '', 'UTC', 'en', '{}', 1, now(), now())",
        added,
        added.hex,
    )
    news = page.get_by_test_id("news")
    expect(news).to_have_text(re.compile("1 new"))
    assert _names(page) == shown, "the list never jumps"

    _change(live, "UPDATE tenant SET status = 'suspended' WHERE id = %s", identifier)
    expect(news).to_have_text(re.compile("1 new · 1 gone"))
    expect(row).to_contain_text("Suspended")
    assert _names(page) == shown

    news.click()
    expect(page.locator("tr[data-row]").first).to_contain_text("0 New one")
    expect(news).to_have_count(0)
    expect(page.get_by_test_id("count")).to_have_text(counted)
    execute(live.database_url, f"DELETE FROM tenant WHERE id = '{added}'")
    execute(live.database_url, f"UPDATE tenant SET status = 'active' WHERE id = '{identifier}'")


def test_a_click_of_one_person_reaches_the_list_of_another(live: Live, signed_in: SignedIn) -> None:
    watching, acting = signed_in("finance"), signed_in("manager")
    watching.goto(f"{live.address}/customers?f=status:suspended")
    acting.goto(f"{live.address}/customers?f=status:active")
    acting.locator("tr[data-row] a").first.click()
    acting.get_by_role("button", name="Change status").click()
    acting.get_by_role("dialog").get_by_role("combobox").click()
    acting.get_by_role("option", name="Suspended").click()
    acting.get_by_label("Reason").fill("A test of lists")
    acting.get_by_role("button", name=re.compile("Change")).last.click()
    expect(watching.get_by_test_id("news")).to_have_text(re.compile("1 new"))


def test_a_tab_that_left_the_list_is_followed_again_when_it_returns(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/customers")
    row = page.locator("tr[data-row]").first
    expect(row).to_be_visible()
    page.get_by_role("link", name="Payments").click()
    expect(page.get_by_role("heading", name="Payments")).to_be_visible()
    _change(live, "SELECT 1")
    page.wait_for_timeout(700)
    page.get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(row.locator("a")).to_have_attribute("href", re.compile("^/customers/"))
    _change(live, "UPDATE tenant SET country = 'IS' WHERE id = %s", row.get_attribute("data-row"))
    expect(row).to_contain_text("IS")
