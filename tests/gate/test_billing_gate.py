"""Who may do what to drafts, credit notes and balances, asked over a real websocket."""

import pytest

from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken, values

INVOICE = "dashboard___pages___billing___invoice____invoice_state"
REVIEW = "dashboard___pages___billing___review____review_state"
NEW = "dashboard___pages___billing___new_invoice____new_invoice_state"
CUSTOMER = "dashboard___pages___accounts___customer____customer_state"
NOTE = "dashboard___pages___billing___credit_note____credit_note_state"

APPROVAL = "dashboard___pages___approvals___approval____approval_state"
APPROVALS = "dashboard___pages___approvals___approvals____approvals_state"
LIMITS = "dashboard___pages___approvals___limits____limits_state"

FORM = {"form": {"reason": "because"}}


@pytest.mark.parametrize(
    ("handler", "payload", "permission"),
    [
        (f"{INVOICE}.approve", {}, "invoices:approve"),
        (f"{INVOICE}.hold", FORM, "invoices:approve"),
        (f"{INVOICE}.retry", {}, "invoices:approve"),
        (f"{INVOICE}.add_line", FORM, "invoices:create"),
        (f"{INVOICE}.ask_credit", {}, "credit_notes:create"),
        (f"{INVOICE}.issue_credit", FORM, "credit_notes:create"),
        (f"{INVOICE}.write_off", FORM, "invoices:write_off"),
        (f"{REVIEW}.approve_all", {"_form": {}}, "invoices:approve"),
        (f"{NEW}.create", {}, "invoices:create"),
        (f"{CUSTOMER}.adjust", FORM, "balances:write"),
        (f"{NOTE}.void", FORM, "credit_notes:create"),
        (f"{APPROVAL}.approve", {"_form": {}}, "approvals:read"),
        (f"{APPROVAL}.reject", FORM, "approvals:read"),
        (f"{APPROVALS}.approve_bulk", {"_form": {}}, "approvals:read"),
        (f"{LIMITS}.change", FORM, "approval_limits:write"),
    ],
)
def test_a_viewer_changes_nothing_and_is_told_what_is_missing(
    live: Live, handler: str, payload: dict[str, object], permission: str
) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    invoice = scalar(live.database_url, "SELECT id FROM invoice WHERE status = 'open' LIMIT 1")
    tab.open(f"/billing/invoices/{invoice}")
    before = scalar(live.database_url, "SELECT count(*) FROM event")
    assert permission in spoken(tab.send(handler, payload))
    assert scalar(live.database_url, "SELECT count(*) FROM event") == before


def test_the_review_is_a_page_of_finance(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "support"))
    updates = tab.open("/billing/invoices/review")
    assert values(updates, "shell_state", "denial")[-1]["permission"] == "invoices:approve"
    assert values(updates, "review_state", "groups") in ([], [[]])


@pytest.mark.parametrize(
    "payload", [{"line_id": "../..", "text": "1"}, {"line_id": 7, "text": "1"}, {"text": "1"}]
)
def test_what_the_browser_sends_is_a_claim(live: Live, payload: dict[str, object]) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    invoice = scalar(live.database_url, "SELECT id FROM invoice WHERE status = 'open' LIMIT 1")
    tab.open(f"/billing/invoices/{invoice}")
    tab.send(f"{INVOICE}.ask_credit")
    tab.send(f"{INVOICE}.type_amount", payload)
    assert scalar(live.database_url, "SELECT count(*) FROM credit_note") == 0
    assert "event.refused" not in spoken(tab.send(f"{INVOICE}.close_dialog"))
