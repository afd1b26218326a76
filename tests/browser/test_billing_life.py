"""An invoice's life on screen: made by hand, approved by somebody else, printed, half of it credited, on record."""

import io
import re

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live

CUSTOMER = """
    SELECT {columns} FROM tenant JOIN subscription ON subscription.tenant_id = tenant.id
    WHERE subscription.status = 'active' AND tenant.currency = 'USD' ORDER BY tenant.external_ref LIMIT 1
"""


def _words(live: Live, page: Page, path: str) -> str:
    """The text of a PDF as the person on this page gets it."""
    answer = page.request.get(live.address + path)
    assert answer.headers["content-type"] == "application/pdf"
    return " ".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.body())).pages)


def _make_draft(live: Live, page: Page) -> str:
    """A draft by hand of 200.00 in two lines; its number."""
    tenant = scalar(live.database_url, CUSTOMER.format(columns="tenant.id"))
    page.goto(f"{live.address}/billing/invoices/new?customer={tenant}")
    page.get_by_label("Description").fill("Training")
    page.get_by_label("Unit price").fill("60.01")
    page.get_by_role("button", name="Add line").click()
    expect(page.get_by_label("Description")).to_have_count(2)
    page.get_by_label("Description").nth(1).fill("Set-up")
    page.get_by_label("Quantity").nth(1).fill("2")
    page.get_by_label("Unit price").nth(1).fill("70")
    expect(page.get_by_test_id("total")).to_have_text("200.01 USD")
    page.get_by_role("button", name="Make draft").dblclick()
    heading = page.get_by_role("heading", name=re.compile("DRAFT-"))
    expect(heading).to_be_visible()
    return str(heading.text_content())


def test_finance_approves_a_draft_credits_half_of_it_and_finds_every_step(
    live: Live, signed_in: SignedIn
) -> None:
    manager, finance = signed_in("manager"), signed_in("finance")
    draft = _make_draft(live, manager)
    count = scalar(live.database_url, "SELECT count(*) FROM invoice WHERE kind = 'one_off'")
    assert count == 1, "a double click makes one"

    finance.goto(f"{live.address}/billing/invoices/review")
    customer = str(scalar(live.database_url, CUSTOMER.format(columns="tenant.name")))
    finance.get_by_role("button", name=customer).click()
    expect(finance.get_by_role("link", name=draft)).to_be_visible()
    finance.get_by_role("link", name=draft).click()
    finance.get_by_role("button", name="Approve and issue").click()
    heading = finance.get_by_role("heading", name=re.compile(r"INV-\d{4}-\d{6}"))
    expect(heading).to_be_visible()
    number = str(heading.text_content())

    finance.get_by_role("button", name="Why this amount?").first.click()
    expect(finance.get_by_text("1 × 60.01 USD = 60.01 USD")).to_be_visible()
    finance.keyboard.press("Escape")
    identifier = finance.url.rpartition("/")[2]
    words = _words(live, finance, f"/api/documents/invoices/{identifier}.pdf")
    assert number in words
    assert "200.01 USD" in words

    _credit_half(finance)
    _open_the_note(live, finance)

    finance.goto(f"{live.address}/billing/invoices/{identifier}?tab=timeline")
    timeline = finance.get_by_test_id("timeline")
    for sentence in (
        "made the draft by hand",
        "approved the draft",
        "issued the invoice",
        "credited the invoice",
    ):
        expect(timeline).to_contain_text(sentence)
    expect(timeline).to_contain_text("The outage of November")


def _open_the_note(live: Live, page: Page) -> None:
    """The credit note of the invoice and its paper."""
    page.get_by_role("link", name="Credits", exact=True).click()
    note = page.get_by_role("link", name=re.compile(r"CN-\d{4}-\d{6}"))
    expect(note).to_be_visible()
    note.click()
    expect(page.get_by_role("heading", name=re.compile("CN-"))).to_be_visible()
    paper = page.url.rpartition("/")[2]
    assert "100.01 USD" in _words(live, page, f"/api/documents/credit-notes/{paper}.pdf")


def _credit_half(page: Page) -> None:
    """Half of what is left, wrongly settled first and then by reducing what is due."""
    page.get_by_role("button", name="Credit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Half of what is left").click()
    expect(dialog.get_by_test_id("remainder")).to_have_text("0.00 USD")
    dialog.get_by_label("Reduce what is due").fill("40")
    expect(dialog.get_by_test_id("remainder")).to_have_text("60.01 USD")
    expect(dialog.get_by_role("button", name=re.compile("Credit 100.01"))).to_be_disabled()
    dialog.get_by_label("Reduce what is due").fill("100.01")
    expect(dialog.get_by_test_id("remainder")).to_have_text("0.00 USD")
    dialog.get_by_label("Reason").fill("The outage of November")
    dialog.get_by_role("button", name=re.compile("Credit 100.01")).dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Credited off due")).to_be_visible()


def test_whoever_made_a_draft_cannot_approve_it_and_is_told_why(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance")
    _make_draft(live, page)
    page.get_by_role("button", name="Approve and issue").click(force=True)
    expect(page.get_by_text("somebody else approves it").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("DRAFT-"))).to_be_visible()


def test_the_credit_dialog_fits_a_phone(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("finance", is_narrow=True)
    invoice = scalar(live.database_url, "SELECT id FROM invoice WHERE status = 'open' ORDER BY id LIMIT 1")
    page.goto(f"{live.address}/billing/invoices/{invoice}")
    page.get_by_role("button", name="Credit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="All that is left").click()
    expect(dialog.get_by_test_id("remainder")).to_have_text("0.00 USD")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "credit-dialog-narrow.png")
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
