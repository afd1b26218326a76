"""What the gate lets through and what it answers to everybody else."""

import time

import pytest
import websocket

from dashboard.pages.operations.jobs import JobsState
from dashboard.shell.guard import BELIEF_SECONDS
from tests.live.fixtures import execute, scalar
from tests.live.server import Live
from tests.live.tab import STATE, Tab, post_form, session_of, sign_in, spoken, values

INVOICES = "dashboard___pages___billing___invoices____invoices_state"
INVOICE = "dashboard___pages___billing___invoice____invoice_state"
JOBS = "dashboard___pages___operations___jobs____jobs_state"


def test_a_stranger_sees_nothing_and_is_sent_to_the_sign_in(live: Live) -> None:
    tab = Tab(live.address)
    updates = tab.open("/billing/invoices?f=status:open")
    assert values(updates, "invoices_state", "rows") in ([], [[]])
    assert "/sign-in?next=/billing/invoices" in spoken(updates)


@pytest.mark.parametrize("cookie", ["forged", "x" * 5_000, "\u00e4=;\\", "' OR 1=1 --"])
def test_a_forged_cookie_is_no_cookie(live: Live, cookie: str) -> None:
    tab = Tab(live.address, cookie.encode("utf-8", "ignore").decode("latin-1"))
    assert "/sign-in" in spoken(tab.open("/billing/invoices"))


def test_a_viewer_reads_but_cannot_void(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    assert len(values(tab.open("/billing/invoices?f=status:open"), "invoices_state", "rows")[-1]) > 0
    invoice = scalar(live.database_url, "SELECT id FROM invoice WHERE status = 'open' LIMIT 1")
    tab.open(f"/billing/invoices/{invoice}")
    answer = spoken(tab.send(f"{INVOICE}.void", {"form": {"reason": "because"}}))
    assert "invoices:void" in answer
    assert "Ada Winter" in answer, "it says who can grant it"
    assert scalar(live.database_url, "SELECT status FROM invoice WHERE id = %s", invoice) == "open"


def test_a_page_without_the_permission_says_who_can_grant_it(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    updates = tab.open("/ops/jobs")
    assert values(updates, "shell_state", "denial")[-1]["permission"] == "jobs:read"
    assert values(updates, "shell_state", "is_denied")[-1] is True
    assert values(updates, "jobs_state", "rows") in ([], [[]])


def test_a_session_that_is_ended_ends_at_once(live: Live) -> None:
    cookie = sign_in(live.address, "support")
    tab = Tab(live.address, cookie)
    assert values(tab.open("/billing/invoices"), "invoices_state", "rows")[-1]
    assert post_form(live.address, "/api/auth/sign-out", {}, {"Cookie": f"cf_session={cookie}"}).status == 303
    time.sleep(2.1)
    assert "/sign-in" in spoken(tab.send(f"{INVOICES}.toggle_all"))


def test_a_tab_that_changes_hands_is_emptied(live: Live) -> None:
    """The tab's token is in the browser and may leak; what it holds belongs to the cookie's owner."""
    first = Tab(live.address, session_of(live.address, "manager"))
    assert values(first.open("/billing/invoices?f=status:open"), "invoices_state", "rows")[-1]
    first.close()
    second = Tab(live.address, session_of(live.address, "viewer"), token=first.token)
    shown = second.open("/me")
    assert not any(rows for rows in values(shown, "invoices_state", "rows"))
    assert values(shown, "shell_state", "user_name")[-1] != "Marta Lindqvist"


def test_a_variable_cannot_be_set_from_outside(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    tab.open("/billing/invoices")
    updates = tab.send(f"{INVOICES}.setvar", {"var_name": "can_export", "value": True})
    assert values(updates, "invoices_state", "can_export") == []
    assert "event.refused" in spoken(updates)


def test_another_origins_page_gets_no_websocket(live: Live) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException):
        Tab(live.address, session_of(live.address, "finance"), origin="http://evil.example")


@pytest.mark.parametrize(
    "name",
    [
        "dashboard___shell___state____shell_state.no_such_handler",
        f"{STATE}.__init__",
        f"{INVOICES}._show",
        f"{INVOICES}.setvar",
        "os.system",
        "../../etc/passwd",
        "\u0000",
    ],
)
def test_an_unknown_event_does_nothing_and_the_tab_lives_on(live: Live, name: str) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    tab.open("/billing/invoices")
    tab.send(name, {"x": 1})
    tab.close()
    again = Tab(live.address, session_of(live.address, "finance"))
    assert values(again.open("/billing/invoices"), "invoices_state", "rows")[-1]


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (f"{INVOICES}.toggle", {"identifier": {"a": 1}}),
        (f"{INVOICES}.toggle", {"identifier": "not-a-uuid"}),
        (f"{INVOICES}.toggle", {}),
        (f"{INVOICES}.narrow", {"form": {"key": "nothing", "value": "x"}}),
        (f"{INVOICES}.narrow", {"form": "text"}),
        (f"{INVOICES}.export", {"file_format": "exe"}),
        (f"{INVOICES}.drop_view", {"identifier": "' OR 1=1"}),
        (f"{INVOICES}.find", {"text": "\u0000" * 300}),
        (f"{INVOICES}.keep_view", {"form": {"name": "x" * 10_000}}),
        (f"{INVOICE}.void", {"form": {"reason": "x"}}),
    ],
)
def test_a_malicious_argument_gets_a_sentence_and_no_trace(live: Live, handler: str, payload: object) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    tab.open("/billing/invoices")
    answer = spoken(tab.send(handler, payload))
    assert "Traceback" not in answer
    assert "psycopg" not in answer
    assert values(tab.open("/billing/invoices"), "invoices_state", "rows")[-1], "the tab still works"


@pytest.mark.parametrize(
    "params",
    [
        "sort=-password_hash",
        "f=status:nonsense",
        "f=total:%3E99999999999999999999999",
        "f=issued_on:%3C9999-99-99",
        "after=AAAA",
        "after=" + "A" * 3_000,
        "f=country:%00%27%3B--",
    ],
)
def test_a_damaged_address_says_what_to_do(live: Live, params: str) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    updates = tab.open(f"/billing/invoices?{params}")
    error = values(updates, "invoices_state", "error")[-1]
    rows = values(updates, "invoices_state", "rows")[-1]
    assert error or rows == []
    assert "Traceback" not in error


def test_somebody_elses_customer_is_not_there(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    updates = tab.open("/billing/invoices/01890000-0000-7000-8000-000000000000")
    assert values(updates, "invoice_state", "is_missing")[-1] is True
    updates = tab.open("/customers/not-an-id")
    assert values(updates, "customer_state", "is_missing")[-1] is True


def test_a_page_that_follows_work_goes_on_reading_until_the_permission_is_gone(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "admin"))
    tab.open("/ops/jobs")
    assert tab.hear("jobs_state", "figures"), "it is read again by itself"
    role = "SELECT id FROM role WHERE key = 'admin'"
    grant = f"role_id = ({role}) AND permission = 'jobs:read'"
    try:
        execute(live.database_url, f"UPDATE role_grant SET permission = 'jobs:read-gone' WHERE {grant}")
        time.sleep(BELIEF_SECONDS + JobsState.every_seconds)
        tab.listen(0.2)
        assert tab.hear("jobs_state", "figures", within=2 * JobsState.every_seconds) is None
    finally:
        gone = grant.replace("jobs:read'", "jobs:read-gone'")
        execute(live.database_url, f"UPDATE role_grant SET permission = 'jobs:read' WHERE {gone}")
