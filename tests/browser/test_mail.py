"""Finance sends an invoice, looks at what became of it, and betters the text."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live

OPEN = "SELECT id FROM invoice WHERE status = 'open' ORDER BY id LIMIT 1"
BODY = "Guten Tag,\n\nbitte {{ amount_due }} bezahlen.\n\n[Bezahlen]({{ payment_link }})\n"


def _until_kept(page: Page, live: Live, number: int) -> None:
    for _ in range(40):
        if scalar(live.database_url, "SELECT count(*) FROM message WHERE status = 'kept'") == number:
            return
        page.wait_for_timeout(250)


def _ensure_accessible(page: Page, name: str) -> None:
    page.wait_for_timeout(400)
    page.screenshot(path=ARTIFACTS / f"{name}.png")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_invoice_is_sent_found_again_and_its_text_bettered(live: Live, signed_in: SignedIn) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page = signed_in("finance")
    _send(page, live)
    _find_and_send_again(page, live)
    _better_the_text(page, live)


def _send(page: Page, live: Live) -> None:
    invoice = scalar(live.database_url, OPEN)
    page.goto(f"{live.address}/billing/invoices/{invoice}")
    page.get_by_role("button", name="Send").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_test_id("mail-subject")).to_contain_text("Invoice INV-")
    expect(dialog).to_contain_text("No mail server is set")
    mail = dialog.frame_locator("iframe")
    expect(mail.locator("body")).to_contain_text("It is attached as a PDF")
    dialog.get_by_label("Language").click()
    page.get_by_role("option", name="German").click()
    expect(dialog.get_by_test_id("mail-subject")).to_contain_text("Rechnung INV-")
    expect(mail.locator("body")).to_contain_text("Offener Betrag")
    _ensure_accessible(page, "invoice-send")
    dialog.get_by_label("To", exact=True).fill("nobody at all")
    dialog.get_by_test_id("send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not a mail address")
    dialog.get_by_label("To", exact=True).fill("anna.keller@example.test")
    dialog.get_by_test_id("send").dblclick()
    expect(dialog).to_have_count(0)
    _until_kept(page, live, 1)
    assert scalar(live.database_url, "SELECT count(*) FROM message") == 1

    page.goto(f"{live.address}/billing/invoices/{invoice}?tab=document")
    expect(page.get_by_role("table", name="Mails")).to_contain_text("anna.keller@example.test")
    page.goto(f"{live.address}/billing/invoices/{invoice}?tab=timeline")
    expect(page.get_by_test_id("timeline")).to_contain_text("kept a mail in the outbox")


def _find_and_send_again(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/ops/notifications")
    expect(page.get_by_role("status").filter(has_text="No mail server is set")).to_be_visible()
    expect(page.locator("tbody tr")).to_contain_text("an…@example.test")
    page.locator("tbody tr a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rechnung INV-")
    expect(page.frame_locator("iframe.cf-mail").locator("body")).to_contain_text("Freundliche Grüße")
    _ensure_accessible(page, "notification")
    page.get_by_role("link", name="Attempts").click()
    expect(page.get_by_role("list", name="Attempts")).to_contain_text("No mail server is set")
    page.get_by_role("button", name="Send again").click()
    page.get_by_role("dialog").get_by_label("To").fill("other@example.test")
    page.get_by_role("button", name="Send mail again").click()
    _until_kept(page, live, 2)
    assert scalar(live.database_url, "SELECT count(*) FROM message WHERE resent_of IS NOT NULL") == 1


def _better_the_text(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/settings/mail")
    page.get_by_role("row", name="Payment reminder").get_by_role("link").nth(1).click()
    expect(page.get_by_test_id("subject")).to_contain_text("Zahlungserinnerung: Rechnung INV-")
    text = page.get_by_label("Text")
    text.fill(BODY.replace("amount_due", "amount_duo"))
    expect(page.get_by_role("alert")).to_contain_text("Line 3: there is no placeholder {{ amount_duo }}")
    text.fill(BODY)
    expect(page.frame_locator("iframe.cf-mail").locator("body")).to_contain_text("bezahlen.")
    page.get_by_role("button", name="Save text").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Shorter")
    page.get_by_role("dialog").get_by_role("button", name="Save text").click()
    expect(page.get_by_text("Edited, version 1")).to_be_visible()
    page.get_by_role("button", name="Send test to me").click()
    expect(page.get_by_text("is in the outbox").first).to_be_visible()
    assert scalar(live.database_url, "SELECT body_text FROM message WHERE is_test").startswith(
        "Guten Tag,\n\nbitte"
    )
    _ensure_accessible(page, "mail-template-edited")
