"""A new customer: found before it is there twice, refused with all input kept, then on its own page."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken

CUSTOMERS = "dashboard___pages___accounts___customers____customers_state"


def test_n_opens_the_form_which_knows_similar_ones_and_keeps_what_was_typed(
    live: Live, signed_in: SignedIn
) -> None:
    known = str(scalar(live.database_url, "SELECT name FROM tenant WHERE name ~ '^[A-Za-z]{5,} ' LIMIT 1"))
    page = signed_in("manager")
    page.goto(f"{live.address}/customers")
    expect(page.get_by_role("button", name="New customer")).to_be_visible()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    name.press_sequentially(known.split(maxsplit=1)[0])
    expect(dialog.get_by_role("link", name=re.compile(known)).first).to_be_visible()
    assert Axe().run(page).violations_count == 0
    name.fill("Quokka Quarries")
    expect(dialog.get_by_text("Is it one of these?")).to_have_count(0)
    dialog.get_by_label("Country").fill("XX")
    dialog.get_by_label("Currency").fill("usd")
    dialog.get_by_role("button", name="Add customer").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not a country")
    expect(name).to_have_value("Quokka Quarries")
    dialog.get_by_label("Country").fill("AU")
    dialog.get_by_role("button", name="Add customer").click()
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}"))
    expect(page.get_by_role("heading", name="Quokka Quarries")).to_be_visible()
    expect(page.get_by_text("USD", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_test_id("timeline")).to_contain_text("added the customer")


def test_a_viewer_gets_no_button_and_a_forged_event_no_customer(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    tab.open("/customers")
    form = {"name": "Forged", "country": "DE", "currency": "EUR", "time_zone": "UTC", "locale": "en"}
    assert "customers:write" in spoken(tab.send(f"{CUSTOMERS}.create", {"form": form}))
    tab.close()
    assert scalar(live.database_url, "SELECT count(*) FROM tenant WHERE name = 'Forged'") == 0
