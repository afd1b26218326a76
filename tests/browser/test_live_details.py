"""One thing under two people: each sees the other, and what the other did, without losing what they type."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from models.kernel import clock
from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken

INVOICE = "dashboard___pages___billing___invoice____invoice_state"


def _customer(live: Live, place: int) -> str:
    found = scalar(live.database_url, "SELECT id FROM tenant ORDER BY id OFFSET %s LIMIT 1", place)
    return f"{live.address}/customers/{found}"


def test_two_people_see_each_other_and_what_the_other_changes(live: Live, signed_in: SignedIn) -> None:
    first, second = signed_in("manager"), signed_in("admin", is_dark=True)
    address = _customer(live, 60)
    first.goto(address)
    second.goto(address)
    here = first.get_by_role("list", name="Also on this page").get_by_role("listitem")
    expect(here).to_have_text(["AWAda Winter is here too"])
    expect(second.get_by_role("list", name="Also on this page")).to_contain_text(
        "Marta Lindqvist is here too"
    )

    second.get_by_role("button", name="Edit").click()
    second.get_by_label("Name", exact=True).fill("What I type")
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Name", exact=True).fill("Renamed meanwhile")
    first.get_by_role("button", name="Save changes").click()
    expect(second.get_by_role("alert")).to_contain_text("Changed by Marta Lindqvist just now")
    expect(second.get_by_label("Name", exact=True)).to_have_value("What I type")
    ARTIFACTS.mkdir(exist_ok=True)
    second.screenshot(path=ARTIFACTS / "changed-while-editing-dark.png")
    assert Axe().run(second).violations_count == 0
    second.get_by_role("button", name="Cancel").click()
    expect(second.get_by_role("heading", name="Renamed meanwhile")).to_be_visible()

    first.screenshot(path=ARTIFACTS / "presence-light.png")
    assert Axe().run(first).violations_count == 0
    second.get_by_role("link", name="Payments").click()
    expect(here).to_have_count(0)
    second.goto(address)
    expect(here).to_have_count(1)
    second.close()
    expect(here).to_have_count(0)


def test_facts_and_timeline_follow_what_happens_elsewhere(live: Live, signed_in: SignedIn) -> None:
    """Another person pays an invoice; whoever looks at it, or at its customer's timeline, sees it paid."""
    invoice, tenant = str(
        scalar(
            live.database_url,
            "SELECT id || ' ' || tenant_id FROM invoice WHERE status = 'open' ORDER BY number DESC LIMIT 1",
        )
    ).split()
    page, customer = signed_in("viewer"), signed_in("support")
    page.goto(f"{live.address}/billing/invoices/{invoice}?tab=timeline")
    customer.goto(f"{live.address}/customers/{tenant}?tab=timeline")
    expect(page.locator(".rt-Badge", has_text=re.compile("Open|Overdue")).first).to_be_visible()
    tab = Tab(live.address, session_of(live.address, "finance"))
    tab.open(f"/billing/invoices/{invoice}")
    tab.send(f"{INVOICE}.ask_payment")
    form = {
        "amount": "1.00",
        "received_on": clock.today().isoformat(),
        "channel": "bank_transfer",
        "reference": "live",
    }
    assert "Payment recorded" in spoken(tab.send(f"{INVOICE}.pay", {"form": form}))
    tab.close()
    expect(page.get_by_test_id("timeline")).to_contain_text("Felix Okafor")
    expect(customer.get_by_test_id("timeline")).to_contain_text("Felix Okafor")
