"""Finance charges an open invoice at the sandbox, sees it paid, and gives half of it back."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, create_engine

from models.accounts import Tenant
from models.kernel import clock
from models.kernel.columns import new_id
from tests.browser.conftest import SignedIn
from tests.factories.billing import make_invoice
from tests.live.fixtures import scalar
from tests.live.server import Live, clientforge

OWNER = "SELECT tenant_id FROM payment_method WHERE is_default AND last4 = %s ORDER BY tenant_id LIMIT 1"
COUNT = "SELECT count(*) FROM charge WHERE invoice_id = %s"


@pytest.fixture(scope="module")
def cards(live: Live) -> Live:
    """Some customers with open invoices have a test card; every fourth one's fails."""
    ready = re.search(r"sandbox is ready: (\S+)", (live.folder / "run.log").read_text())
    assert ready is not None
    clientforge({**live.environment, "STRIPE_API_BASE": ready[1]}, "demo", "payments", "--customers", "8")
    return live


def _not_due_yet(live: Live, last4: str) -> UUID:
    """An open invoice of somebody with this card; dunning collects what is overdue by itself."""
    owner = UUID(str(scalar(live.database_url, OWNER, last4)))
    engine = create_engine(live.database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with Session(engine) as session, session.begin():
        tenant, today = session.get_one(Tenant, owner), clock.today()
        invoice = make_invoice(
            session,
            tenant=tenant,
            number=f"INV-TEST-{new_id().hex[-8:]}",
            total=8_642,
            issued_on=today,
            due_on=today + timedelta(days=14),
        )
        identifier = invoice.id
    engine.dispose()
    return identifier


def test_an_invoice_is_charged_once_and_half_of_it_goes_back(cards: Live, signed_in: SignedIn) -> None:
    invoice = _not_due_yet(cards, "4242")
    due = int(str(scalar(cards.database_url, "SELECT due_minor FROM invoice WHERE id = %s", invoice)))
    half = f"{due // 200}.{due // 2 % 100:02d}"
    page = signed_in("finance")
    page.goto(f"{cards.address}/billing/invoices/{invoice}")
    expect(page.get_by_test_id("payments-mode")).to_contain_text("no real money moves")
    page.get_by_role("button", name="Charge", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("from Visa •••• 4242")
    expect(dialog).to_contain_text("The invoice is then paid")
    dialog.get_by_label("Amount").fill("999999")
    expect(dialog.get_by_role("alert")).to_contain_text("at most the")
    expect(dialog.get_by_test_id("commit")).to_be_disabled()
    dialog.get_by_label("Amount").fill(f"{due // 100}.{due % 100:02d}")
    dialog.get_by_role("button", name=re.compile(r"Charge .* \(sandbox\)")).dblclick()
    expect(dialog).to_be_hidden()
    expect(page.locator(".rt-Badge", has_text="Paid")).to_be_visible()
    assert scalar(cards.database_url, COUNT, invoice) == 1, "a double click charges once"

    page.get_by_role("link", name="Collection").click()
    charges = page.get_by_test_id("charges")
    expect(charges).to_contain_text("Succeeded")
    charges.get_by_role("link").click()
    expect(page.get_by_text(re.compile("^charge-"))).to_be_visible()
    _refund(page, half)
    page.get_by_role("link", name="Refunds").last.click()
    expect(page.get_by_role("table", name="Refunds")).to_contain_text("Succeeded")
    refunded = "SELECT sum(amount_minor) FROM refund_transfer WHERE invoice_id = %s"
    assert scalar(cards.database_url, refunded, invoice) == due // 2


def _refund(page: Page, half: str) -> None:
    page.get_by_role("button", name="Refund", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount with tax").fill(half)
    expect(dialog).to_contain_text(f"Gives {half} USD back")
    expect(dialog).to_contain_text("Cannot be undone")
    dialog.get_by_role("button", name=f"Refund {half} USD (sandbox)").dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Part refunded").first).to_be_visible()


def test_a_refused_card_says_why_and_whose_move_it_is(cards: Live, signed_in: SignedIn) -> None:
    invoice = _not_due_yet(cards, "0341")
    page = signed_in("finance")
    page.goto(f"{cards.address}/billing/invoices/{invoice}?tab=collection")
    page.get_by_role("button", name="Charge", exact=True).click()
    page.get_by_role("dialog").get_by_test_id("commit").click()
    charges = page.get_by_test_id("charges")
    expect(charges).to_contain_text("The bank refused without a reason.")
    expect(charges).to_contain_text("Us next")
    page.goto(f"{cards.address}/billing/charges?f=status:failed_today")
    page.locator("tr[data-row] a").first.click()
    expect(page.get_by_text("Charge again another day")).to_be_visible()


def test_a_viewer_sees_charges_and_can_do_nothing(cards: Live, signed_in: SignedIn) -> None:
    invoice = _not_due_yet(cards, "4242")
    page = signed_in("viewer")
    page.goto(f"{cards.address}/billing/invoices/{invoice}")
    page.get_by_role("button", name="Charge", exact=True).click()
    expect(page.get_by_text("payments:charge").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{cards.address}/ops/inbound")
    expect(page.get_by_text("inbound:read")).to_be_visible()
