"""Finance uploads a statement, sees why an invoice is suggested, and enters the money once."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live

OPEN = """
    SELECT {columns} FROM invoice JOIN tenant ON tenant.id = invoice.tenant_id
    WHERE invoice.status = 'open' AND invoice.currency = 'USD' AND invoice.paid_minor = 0
    ORDER BY invoice.number OFFSET 11 LIMIT 1
"""


def test_a_transfer_pays_the_invoice_its_text_names(live: Live, signed_in: SignedIn, tmp_path: Path) -> None:
    number, due = (scalar(live.database_url, OPEN.format(columns=each)) for each in ("number", "due_minor"))
    amount = f"{int(str(due)) // 100}.{int(str(due)) % 100:02d}"
    statement = tmp_path / "november.csv"
    statement.write_text(f"Date,Amount,Name,Reference\n2026-11-20,{amount},Somebody,Thanks for {number}\n")
    page = signed_in("finance")
    for told in ("1 new line", "1 was known"):
        page.goto(f"{live.address}/billing/bank")
        page.get_by_role("button", name="Upload statement").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("File").set_input_files(statement)
        dialog.get_by_label("Our account").fill("DE75 5121 0800")
        dialog.get_by_label("Currency").fill("USD")
        dialog.get_by_role("button", name="Upload statement").click()
        expect(page.get_by_text(told)).to_be_visible()
    page.locator("tr[data-row] a", has_text="Somebody").click()
    suggestions = page.get_by_role("table", name="Suggestions")
    expect(suggestions).to_contain_text(f"{number} stands in the text. The amount is exactly what is due.")
    suggestions.get_by_role("button", name=f"Take {number}").click()
    expect(page.get_by_test_id("effect")).to_contain_text(f"{amount} USD on {number}")
    page.get_by_label(f"Amount for {number}").fill("999999")
    expect(page.get_by_role("alert")).to_contain_text("at most the")
    page.get_by_label(f"Amount for {number}").fill(amount)
    expect(page.get_by_test_id("effect")).to_contain_text("which is then paid")
    page.get_by_role("button", name="Match", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Enter")).dblclick()
    expect(page.get_by_role("table", name="Paid invoices")).to_contain_text(str(number))
    paid = "SELECT count(*) FROM payment JOIN invoice ON invoice.id = payment.invoice_id WHERE number = %s"
    assert scalar(live.database_url, paid, number) == 1, "a double click enters it once"
