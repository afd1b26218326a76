"""Mails at the gate: who may read, send and edit, and what a forged event gets."""

import pytest

from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken, values

CHANNELS = "dashboard___pages___channels"
MESSAGE, TEMPLATE = f"{CHANNELS}___message____message_state", f"{CHANNELS}___template____template_state"
INVOICE = "dashboard___pages___billing___invoice____invoice_state"
COUNTS = "SELECT concat_ws(',', (SELECT count(*) FROM message), (SELECT count(*) FROM mail_template))"
OPEN = "SELECT id FROM invoice WHERE status = 'open' ORDER BY id LIMIT 1"


def test_a_viewer_reads_mails_and_sends_and_edits_none(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    before = scalar(live.database_url, COUNTS)
    assert values(tab.open("/settings/mail"), "templates_state", "mails")[-1]
    assert values(tab.open("/settings/mail/receipt?language=ja"), "template_state", "shown_subject")[-1]
    tab.open(f"/billing/invoices/{scalar(live.database_url, OPEN)}")
    for handler, payload, permission in (
        (f"{INVOICE}.ask_send", {}, "notifications:send"),
        (f"{INVOICE}.speak", {"language": "de"}, "notifications:send"),
        (f"{INVOICE}.send", {"form": {"to": "a@x.test"}}, "notifications:send"),
        (f"{MESSAGE}.ask_resend", {}, "notifications:send"),
        (f"{MESSAGE}.resend", {"form": {"to": "a@x.test"}}, "notifications:send"),
        (f"{TEMPLATE}.ask", {"name": "save"}, "mail_templates:write"),
        (f"{TEMPLATE}.save", {"form": {"reason": "x"}}, "mail_templates:write"),
        (f"{TEMPLATE}.restore", {"form": {"reason": "x"}}, "mail_templates:write"),
        (f"{TEMPLATE}.send_test", {}, "mail_templates:write"),
    ):
        assert permission in spoken(tab.send(handler, payload)), handler
    assert scalar(live.database_url, COUNTS) == before


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (f"{INVOICE}.speak", {"language": "../../etc"}),
        (f"{INVOICE}.speak", {"language": "\u0000" * 50}),
        (f"{INVOICE}.send", {"form": {"to": "a@x.test\nBcc: b@x.test"}}),
        (f"{INVOICE}.send", {"form": {"to": ["a@x.test"], "cc": 7}}),
        (f"{INVOICE}.send", {"form": {}}),
        (f"{MESSAGE}.resend", {"form": {"to": "a@x.test"}}),
        (f"{TEMPLATE}.ask", {"name": "__class__"}),
        (f"{TEMPLATE}.set_body", {"text": "{{ ''.__class__.__mro__ }}"}),
        (f"{TEMPLATE}.set_body", {"text": "{% for a in (1,) %}" * 400}),
        (f"{TEMPLATE}.set_body", {"text": "x" * 90_000}),
        (f"{TEMPLATE}.set_subject", {"text": "\u0000"}),
        (f"{TEMPLATE}.save", {"form": {"reason": "x"}}),
        (f"{TEMPLATE}.take_version", {"version": -1}),
        (f"{TEMPLATE}.choose_invoice", {"form": {"number": "%"}}),
    ],
)
def test_a_malicious_argument_changes_nothing_and_the_tab_lives_on(
    live: Live, handler: str, payload: object
) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    before = scalar(live.database_url, COUNTS)
    tab.open("/settings/mail/receipt?language=en")
    tab.open(f"/billing/invoices/{scalar(live.database_url, OPEN)}")
    answer = spoken(tab.send(handler, payload))
    assert "Traceback" not in answer
    assert "internal.error" not in answer, answer
    assert scalar(live.database_url, COUNTS) == before
    assert values(tab.open("/settings/mail"), "templates_state", "mails")[-1]
