"""Finance looks at what is late, and does one thing to many invoices from their list."""

import re
from io import BytesIO
from zipfile import ZipFile

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import execute, scalar
from tests.live.server import Live

DUE = "UPDATE invoice SET due_on = issued_on WHERE id IN (SELECT id FROM invoice WHERE status = 'open' ORDER BY id LIMIT 3)"


def _tick(page: Page, number: int) -> list[str]:
    boxes = page.locator("tr[data-row] [role=checkbox]")
    expect(boxes.first).to_be_visible()
    for place in range(number):
        boxes.nth(place).click()
    expect(page.get_by_text(f"{number} selected")).to_be_visible()
    return [str(row.get_attribute("data-row")) for row in page.locator("tr[data-row]").all()[:number]]


def test_the_aging_bar_filters_and_many_are_written_off_and_taken_as_pdf(
    live: Live, signed_in: SignedIn
) -> None:
    execute(live.database_url, DUE)
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/invoices")
    bar = page.get_by_test_id("aging")
    expect(bar).to_contain_text("Not yet due")
    expect(bar).to_contain_text("91+ days")
    _looks_right(page)
    part = bar.locator("a").filter(has_text=re.compile("[1-9][0-9,]* invoice")).first
    due = part.locator(".cf-aging-due").inner_text()
    part.click()
    expect(page.get_by_test_id("totals")).to_contain_text(due)
    expect(bar.locator("a[aria-current=true]")).to_have_count(1)
    shown = scalar(live.database_url, "SELECT count(*) FROM invoice WHERE status = 'uncollectible'")

    _tick(page, 2)
    page.get_by_role("button", name="Write off").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("is no longer expected")
    page.screenshot(path=ARTIFACTS / "write-off-many.png")
    dialog.get_by_role("button", name=re.compile("^Write off")).dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("2 invoices written off")).to_be_visible()
    written = "SELECT count(*) FROM invoice WHERE status = 'uncollectible'"
    assert scalar(live.database_url, written) == shown + 2

    page.goto(f"{live.address}/billing/invoices?f=status:paid")
    _tick(page, 3)
    page.get_by_role("button", name="PDFs as ZIP").click()
    expect(dialog).to_contain_text("Puts 3 documents into one ZIP")
    dialog.get_by_role("button", name="Make 3 documents").click()
    page.wait_for_url(re.compile("/exports"))
    with page.expect_download(timeout=30_000) as download:
        page.get_by_test_id("download").first.click()
    with ZipFile(BytesIO(download.value.path().read_bytes())) as archive:
        assert len(archive.namelist()) == 3


def test_a_viewer_has_no_bulk_actions(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("viewer")
    page.goto(f"{live.address}/billing/invoices?f=status:open")
    _tick(page, 1)
    expect(page.get_by_role("button", name="Write off")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve routine drafts")).to_have_count(0)


def _looks_right(page: Page) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_timeout(400)
            page.screenshot(path=ARTIFACTS / f"aging-{scheme}-{width}.png")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
