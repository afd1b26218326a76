"""Two people, two browsers: one asks for what is above the limit, the other decides, and each sees it happen."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, SignedIn, more
from tests.live.fixtures import execute, scalar
from tests.live.server import Live

OPEN = """
    SELECT {columns} FROM invoice WHERE status = 'open' AND currency = 'USD' AND paid_minor = 0 AND due_minor > 2000
    AND NOT EXISTS (SELECT 1 FROM approval_request WHERE subject_id = invoice.id)
    ORDER BY number DESC OFFSET %s LIMIT 1
"""


def _lower(page: Page, live: Live, action: str) -> None:
    """An administrator lets nobody do more than 1.00 of it alone."""
    page.goto(f"{live.address}/settings/approvals")
    page.get_by_role("button", name=f"Change {action} Any other currency").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("One person decides alone up to").fill("1.00")
    expect(dialog.get_by_test_id("outlook")).to_contain_text("last 90 days", ignore_case=True)
    dialog.get_by_label("Reason").fill("A trial of two pairs of eyes")
    dialog.get_by_role("button", name="Set limit").click()
    expect(dialog).to_be_hidden()
    row = page.get_by_role("table", name="Limits that hold").locator("tr", has_text=action)
    expect(row).to_contain_text("1.00")
    expect(row).to_contain_text("Ada Winter")


def _raise_all(live: Live) -> None:
    """The limits of the settings again, for the tests that follow."""
    execute(live.database_url, "DELETE FROM approval_limit")


def test_one_asks_another_decides_and_both_see_it(live: Live, signed_in: SignedIn) -> None:
    finance, admin = signed_in("finance"), signed_in("admin")
    invoice = scalar(live.database_url, OPEN.format(columns="id"), 0)
    number = str(scalar(live.database_url, OPEN.format(columns="number"), 0))
    _lower(admin, live, "Void")
    try:
        _ask_for_a_void(live, finance, invoice, number)
        _finds_no_way_round(live, finance, invoice)
        _approve(live, admin, number)
        # Whoever asked sits on the page of the request and sees the decision arrive.
        expect(finance.get_by_role("button", name="Withdraw")).to_have_count(0)
        expect(finance.locator(".rt-Badge", has_text="Approved")).to_be_visible()
    finally:
        _raise_all(live)
    assert scalar(live.database_url, "SELECT status FROM invoice WHERE id = %s", invoice) == "void"
    finance.goto(f"{live.address}/billing/invoices/{invoice}?tab=timeline")
    timeline = finance.get_by_test_id("timeline")
    expect(timeline).to_contain_text(f"Felix Okafor asked for approval Void {number}")
    expect(timeline).to_contain_text("Ada Winter voided the invoice on behalf of Felix Okafor")
    expect(timeline).to_contain_text(f"Ada Winter approved and carried out the request Void {number}")


def _ask_for_a_void(live: Live, page: Page, invoice: object, number: str) -> None:
    page.goto(f"{live.address}/billing/invoices/{invoice}")
    more(page, "Void invoice")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This is above the 1.00 USD that one person decides alone")
    expect(dialog).to_contain_text("Administrator or Finance")
    dialog.get_by_label("Reason").fill("Billed twice")
    dialog.get_by_role("button", name="Request approval").dblclick()
    expect(dialog).to_be_hidden()
    asked = "SELECT count(*) FROM approval_request WHERE subject_id = %s"
    assert scalar(live.database_url, asked, invoice) == 1, "a double click asks once"
    expect(page.get_by_text(f"Felix Okafor asked just now: Void {number}")).to_be_visible()
    page.get_by_role("link", name="Open request").click()
    expect(page.get_by_role("heading", name=f"Void {number}")).to_be_visible()
    expect(page.get_by_text("You asked for this, so somebody else decides.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def _finds_no_way_round(live: Live, page: Page, invoice: object) -> None:
    answer = page.request.post(
        f"{live.address}/api/v1/invoices/{invoice}/void",
        data={"reason": "Over HTTP"},
        headers={"Origin": live.address},
    )
    assert (answer.status, answer.json()["code"]) == (403, "approval.needed")


def _approve(live: Live, page: Page, number: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.goto(live.address)
    entry = page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("Approvals"))
    expect(entry).to_contain_text("1")
    entry.click()
    page.get_by_role("link", name=f"Void {number}").click()
    expect(page.get_by_text("Rule: Void, any currency, version 1, set by Ada Winter.")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.screenshot(path=ARTIFACTS / "approval-light.png")
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("on behalf of Felix Okafor")
    dialog.get_by_role("button", name=re.compile("^Approve")).click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".rt-Badge", has_text="Approved")).to_be_visible()
    expect(entry).not_to_contain_text("1")


def test_what_changed_meanwhile_cannot_be_approved_until_it_is_asked_anew(
    live: Live, signed_in: SignedIn
) -> None:
    finance, admin = signed_in("finance"), signed_in("admin")
    invoice = scalar(live.database_url, OPEN.format(columns="id"), 1)
    number = str(scalar(live.database_url, OPEN.format(columns="number"), 1))
    _lower(admin, live, "Write-off")
    try:
        finance.goto(f"{live.address}/billing/invoices/{invoice}")
        more(finance, "Write off")
        dialog = finance.get_by_role("dialog")
        dialog.get_by_role("button", name="Request approval").click()
        expect(dialog).to_be_hidden()
        admin.goto(f"{live.address}/approvals")
        admin.get_by_role("link", name=f"Write off {number}").click()
        expect(admin.get_by_role("button", name="Approve")).to_be_enabled()
        finance.get_by_role("button", name="Record payment").click()
        dialog.get_by_label("Amount").fill("1.00")
        dialog.get_by_role("button", name="Record payment").click()
        expect(dialog).to_be_hidden()
        # The page of whoever decides says so without being loaded again.
        expect(admin.get_by_test_id("stale")).to_contain_text("Due")
        admin.get_by_role("button", name="Approve").click(force=True)
        expect(admin.get_by_text("can ask again with a new preview").first).to_be_visible()
        expect(admin.get_by_role("dialog")).to_have_count(0)
        finance.get_by_role("link", name="Open request").click()
        finance.get_by_role("button", name="Ask again").click()
        expect(admin.get_by_test_id("stale")).to_have_count(0)
        admin.keyboard.press("r")
        answer = admin.get_by_role("dialog")
        answer.get_by_label("Reason").fill("They have begun to pay")
        answer.get_by_role("button", name="Reject request").click()
        expect(finance.locator(".rt-Badge", has_text="Rejected")).to_be_visible()
        expect(finance.get_by_text("They have begun to pay")).to_be_visible()
    finally:
        _raise_all(live)
    assert scalar(live.database_url, "SELECT status FROM invoice WHERE id = %s", invoice) == "open"


def test_a_selection_is_approved_with_its_sums(live: Live, signed_in: SignedIn) -> None:
    finance, admin = signed_in("finance"), signed_in("admin")
    _lower(admin, live, "Void")
    try:
        for offset in (0, 0):
            invoice = scalar(live.database_url, OPEN.format(columns="id"), offset)
            finance.goto(f"{live.address}/billing/invoices/{invoice}")
            more(finance, "Void invoice")
            dialog = finance.get_by_role("dialog")
            dialog.get_by_label("Reason").fill("A test order")
            dialog.get_by_role("button", name="Request approval").click()
            expect(dialog).to_be_hidden()
        admin.goto(f"{live.address}/approvals")
        expect(admin.locator("tr[data-row]")).to_have_count(2)
        admin.get_by_role("checkbox", name="Select all rows shown").click()
        admin.get_by_role("button", name="Approve selected").click()
        dialog = admin.get_by_role("dialog")
        expect(dialog).to_contain_text("Sum USD")
        ARTIFACTS.mkdir(exist_ok=True)
        admin.screenshot(path=ARTIFACTS / "approvals-bulk.png")
        dialog.get_by_role("button", name=re.compile("Approve 2 voids of")).click()
        expect(dialog).to_be_hidden()
        expect(admin.get_by_test_id("outcome")).to_have_text("2 requests approved and carried out.")
        expect(admin.locator("tr[data-row]")).to_have_count(0)
    finally:
        _raise_all(live)


def test_the_inbox_on_a_phone_in_the_dark(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance", is_dark=True, is_narrow=True)
    for path, name in (("/approvals", "Approvals"), ("/settings/approvals", "Approval limits")):
        page.goto(live.address + path)
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{path} scrolls sideways"
    expect(page.get_by_text("approval_limits:write")).to_be_visible()
    expect(page.get_by_role("button", name="New rule")).to_have_count(0)
