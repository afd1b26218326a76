"""Saved views: changed, saved, reset, shared, and the one a list opens with."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.server import Live


def _save_as(page: Page, name: str, *, everyone: bool = False) -> None:
    page.get_by_role("button", name="Save as").click()
    page.get_by_placeholder("Name of the view").fill(name)
    if everyone:
        page.get_by_role("combobox").click()
        page.get_by_role("option", name="Everyone").click()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")


def test_a_changed_view_is_reset_or_saved(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/payments?f=status:succeeded")
    expect(page.get_by_test_id("count")).not_to_be_empty()
    _save_as(page, "Arrived")
    tab = page.get_by_role("link", name="Arrived")
    expect(page.get_by_text("(changed)")).to_have_count(0)
    page.get_by_role("link", name="Received").click()
    expect(tab).to_contain_text("(changed)")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("link", name="Reset").click()
    expect(page.get_by_text("(changed)")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("sort="))
    page.get_by_role("link", name="Received").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("(changed)")).to_have_count(0)
    page.goto(f"{live.address}/billing/payments")
    tab.click()
    expect(page.locator('th[aria-sort="ascending"]')).to_have_text(re.compile("Received"))
    page.get_by_role("button", name="Options of this view").click()
    page.get_by_role("menuitem", name="Delete this view").click()
    expect(tab).to_have_count(0)


def test_a_view_for_everyone_is_seen_by_others_and_can_be_what_a_list_opens_with(
    live: Live, signed_in: SignedIn
) -> None:
    owner, other = signed_in("finance"), signed_in("compliance")
    owner.goto(f"{live.address}/billing/subscriptions?f=status:trial&sort=-mrr")
    expect(owner.get_by_test_id("count")).not_to_be_empty()
    _save_as(owner, "Large trials", everyone=True)
    other.goto(f"{live.address}/billing/subscriptions")
    tab = other.get_by_role("link", name="Large trials")
    expect(tab).to_have_attribute("title", re.compile("Shared by"))
    tab.click()
    other.get_by_role("button", name="Options of this view").click()
    expect(other.get_by_role("menuitem", name="Delete this view")).to_have_count(0)
    other.get_by_role("menuitem", name="Open the list with this view").click()
    expect(other.get_by_text("The list opens with this view now.")).to_be_visible()
    other.goto(f"{live.address}/billing/payments")
    other.get_by_role("link", name="Subscriptions").click()
    expect(tab).to_have_attribute("aria-current", "page")
    expect(other.get_by_label("Remove the filter Status Trial")).to_be_visible()
    other.get_by_role("link", name="All", exact=True).click()
    expect(tab).to_have_attribute("aria-current", "false")
