"""The main job: finance finds a customer, looks at the open invoice, voids it, and sees it on record."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, more
from tests.live.fixtures import scalar
from tests.live.server import PASSWORD, Live

OPEN = """
    SELECT {columns} FROM invoice JOIN tenant ON tenant.id = invoice.tenant_id
    WHERE invoice.status = 'open' AND tenant.name ~ '^[A-Za-z]+ [A-Za-z]+$' ORDER BY invoice.number
    OFFSET %s LIMIT 1
"""


def test_finance_voids_an_open_invoice_and_sees_it_on_record(live: Live, signed_in: SignedIn) -> None:
    customer = str(scalar(live.database_url, OPEN.format(columns="tenant.name"), 0))
    number = str(scalar(live.database_url, OPEN.format(columns="invoice.number"), 0))
    page = signed_in("finance")
    page.goto(live.address)
    expect(page.locator("[data-tile]").first).to_be_visible()
    _find_with_palette(page, customer)
    page.get_by_role("link", name=re.compile(number)).first.click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()

    page.get_by_role("link", name="Document").click()
    frame = page.locator("iframe")
    expect(frame).to_be_visible()
    document = page.request.get(live.address + str(frame.get_attribute("src")))
    assert document.headers["content-type"] == "application/pdf"
    assert document.body().startswith(b"%PDF")

    more(page, "Void invoice")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("will no longer be due")
    expect(dialog).to_contain_text("Cannot be undone")
    dialog.get_by_label("Reason").fill("Issued twice by mistake")
    dialog.get_by_role("button", name=f"Void {number}").dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Void", exact=True)).to_be_visible()

    page.get_by_role("link", name="Timeline").click()
    timeline = page.get_by_test_id("timeline")
    expect(timeline).to_contain_text("Felix Okafor voided the invoice")
    expect(timeline).to_contain_text("Issued twice by mistake")
    voided = timeline.locator("li", has_text="voided the invoice")
    assert voided.count() == 1, "a double click voids once"
    voided.get_by_text("What changed").click()
    expect(timeline).to_contain_text("open \u2192 void")

    page.goto(f"{live.address}/audit?q={number}")
    row = page.locator("tr[data-row]", has_text="invoice.voided")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Issued twice by mistake")


def test_a_paid_invoice_cannot_be_voided_and_says_why_and_what_else(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/invoices?f=status:paid")
    page.locator("tr[data-row] a").first.click()
    more(page, "Void invoice")
    expect(page.get_by_text("Issue a credit note instead").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_viewer_is_told_which_permission_is_missing_and_who_can_grant_it(
    live: Live, signed_in: SignedIn
) -> None:
    invoice = scalar(live.database_url, OPEN.format(columns="invoice.id"), 1)
    page = signed_in("viewer")
    page.goto(f"{live.address}/billing/invoices/{invoice}")
    more(page, "Void invoice")
    expect(page.get_by_text("invoices:void").first).to_be_visible()
    expect(page.get_by_text("Ada Winter").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{live.address}/ops/jobs")
    expect(page.get_by_role("heading", name="You cannot open this page")).to_be_visible()
    expect(page.get_by_text("jobs:read")).to_be_visible()


def test_a_payment_from_outside_pays_the_invoice_in_two_parts(live: Live, signed_in: SignedIn) -> None:
    invoice = scalar(live.database_url, OPEN.format(columns="invoice.id"), 2)
    due = int(str(scalar(live.database_url, OPEN.format(columns="invoice.due_minor"), 2)))
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/invoices/{invoice}")
    page.get_by_role("button", name="Record payment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("99999.00")
    dialog.get_by_role("button", name="Record payment").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Enter at most what is due")
    expect(dialog.get_by_label("Amount")).to_have_value("99999.00")
    dialog.get_by_label("Amount").fill("1.00")
    dialog.get_by_role("button", name="Record payment").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("1.00 USD").first).to_be_visible()
    page.get_by_role("button", name="Record payment").click()
    dialog.get_by_label("Amount").fill(f"{(due - 100) // 100}.{(due - 100) % 100:02d}")
    dialog.get_by_role("button", name="Record payment").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".rt-Badge", has_text="Paid")).to_be_visible()
    assert scalar(live.database_url, "SELECT status FROM invoice WHERE id = %s", invoice) == "paid"


def test_signing_in_and_out_with_the_real_form(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    page.context.clear_cookies()
    page.goto(f"{live.address}/billing/invoices?f=status:open")
    page.wait_for_url(re.compile("/sign-in/?[?]next="))
    page.get_by_label("E-mail address").fill("support@demo.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("status")).to_contain_text("do not match")
    page.get_by_label("E-mail address").fill("support@demo.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/billing/invoices**")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in/?[?]out=1"))
    page.goto(f"{live.address}/customers")
    page.wait_for_url(re.compile("/sign-in/?[?]next="))


def _find_with_palette(page: Page, text: str) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("textbox", name="Customer, invoice number or page").fill(text)
    hit = page.locator("[data-palette-item]", has_text=text).first
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*")
