"""Finance voids an invoice and drafts one in its place; each leads to the other."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live


def test_an_open_invoice_is_voided_and_reissued(live: Live, signed_in: SignedIn) -> None:
    one = "SELECT {} FROM invoice WHERE status = 'open' AND paid_minor = 0 ORDER BY number OFFSET 7 LIMIT 1"
    identifier, number = (scalar(live.database_url, one.format(name)) for name in ("id", "number"))
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/invoices/{identifier}")
    _more(page, "Void invoice")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("In its place a draft with the same 1 line")
    dialog.get_by_label("Reason").fill("The address was wrong")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name="Reissue").click()
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "reissue.png")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    dialog.get_by_role("button", name=f"Void {number}").dblclick()
    page.wait_for_url(lambda url: str(identifier) not in url)
    expect(page.get_by_role("heading", name=re.compile("DRAFT-"))).to_be_visible()
    expect(page.get_by_text(f"It stands in the place of {number}").first).to_be_visible()
    page.screenshot(path=ARTIFACTS / "reissued.png")
    copies = f"SELECT count(*) FROM invoice WHERE replaces_id = '{identifier}'"
    assert scalar(live.database_url, copies) == 1, "a double click reissues once"
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("Void", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^DRAFT-")).first).to_be_visible()


def _more(page: Page, action: str) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name=action).click(force=True)
