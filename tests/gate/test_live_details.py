"""Who learns of a change to one thing, and of who else has it open: those who may see it, as long as they do."""

import psycopg

from tests.live.fixtures import scalar
from tests.live.presence import sees
from tests.live.server import Live
from tests.live.tab import Tab, post_form, session_of, sign_in, spoken, values

MANAGER, FINANCE = "Marta Lindqvist", "Felix Okafor"
CUSTOMER = "dashboard___pages___accounts___customer____customer_state"


def _customer(live: Live, place: int) -> str:
    return str(scalar(live.database_url, f"SELECT id FROM tenant ORDER BY id OFFSET {place} LIMIT 1"))


def _note(live: Live, customer: str, body: str) -> None:
    """Another process writes on the customer, as the worker does."""
    with psycopg.connect(live.database_url) as connection:
        connection.execute(
            "INSERT INTO event (id, name, occurred_at, tenant_id, actor_kind, actor_name, cause, reason,"
            " subject_type, subject_id, subject_label, request_id, after) VALUES (uuidv7(), 'note.added', now(), %s,"
            " 'system', 'Nightly work', 'schedule', '', 'tenant', %s, '', '', jsonb_build_object('body', %s::text))",
            [customer, customer, body],
        )
        connection.execute("SELECT pg_notify('clientforge_events', 'tenant')")


def test_people_at_one_customer_see_each_other_come_and_go(live: Live) -> None:
    path = f"/customers/{_customer(live, 50)}"
    first = Tab(live.address, session_of(live.address, "manager"))
    assert not any(values(first.open(path), "customer_state", "others")), "oneself is nobody else"
    second = Tab(live.address, session_of(live.address, "finance"))
    second.open(f"/customers/{_customer(live, 51)}")
    assert not sees(first, FINANCE, within=2), "somebody at another customer is not here"

    updates = second.open(path)
    assert sees(first, FINANCE)
    assert sees(second, MANAGER, since=updates)
    second.open("/customers")
    assert sees(first)

    second.open(path)
    assert sees(first, FINANCE)
    second.close()
    assert sees(first)


def test_a_session_that_ends_leaves_the_page_and_hears_nothing_more(live: Live) -> None:
    customer = _customer(live, 52)
    watching = Tab(live.address, session_of(live.address, "manager"))
    watching.open(f"/customers/{customer}")
    cookie = sign_in(live.address, "finance")
    leaving = Tab(live.address, cookie)
    leaving.open(f"/customers/{customer}")
    assert sees(watching, FINANCE)
    post_form(live.address, "/api/auth/sign-out", {}, {"Cookie": f"cf_session={cookie}"})
    assert sees(watching, within=30)
    leaving.listen(0.2)
    _note(live, customer, "For those who are signed in")
    assert "For those who are signed in" in str(watching.hear("customer_state", "timeline"))
    assert leaving.hear("customer_state", "timeline", within=2) is None


def test_what_is_out_of_reach_tells_nobody_who_is_there(live: Live) -> None:
    nowhere = "/customers/01890000-0000-7000-8000-000000000000"
    tabs = [Tab(live.address, session_of(live.address, person)) for person in ("manager", "finance")]
    for tab in tabs:
        assert values(tab.open(nowhere), "customer_state", "is_missing")[-1] is True
    assert not sees(tabs[0], FINANCE, within=2)


def test_a_change_is_shown_and_while_somebody_edits_only_told(live: Live) -> None:
    customer = _customer(live, 53)
    tab = Tab(live.address, session_of(live.address, "manager"))
    tab.open(f"/customers/{customer}")
    _note(live, customer, "Seen at once")
    assert "Seen at once" in str(tab.hear("customer_state", "timeline"))

    tab.send(f"{CUSTOMER}.open_dialog", {"name": "edit"})
    _note(live, customer, "Waits until the dialog is closed")
    assert "Changed by Nightly work just now" in tab.hear("customer_state", "dialog_error")
    assert tab.hear("customer_state", "timeline", within=1.5) is None
    updates = tab.send(f"{CUSTOMER}.close_dialog")
    assert "Waits until the dialog is closed" in str(values(updates, "customer_state", "timeline")[-1])
    assert values(updates, "customer_state", "news")[-1] == ""


def test_a_newer_version_is_not_overwritten_by_who_was_told_of_it(live: Live) -> None:
    customer = _customer(live, 54)
    first, second = (Tab(live.address, session_of(live.address, each)) for each in ("manager", "admin"))
    for tab in (first, second):
        tab.open(f"/customers/{customer}")
        tab.send(f"{CUSTOMER}.open_dialog", {"name": "edit"})
    form = {"name": "Renamed", "email": "", "country": "US", "time_zone": "UTC", "locale": "en", "tags": ""}
    first.send(f"{CUSTOMER}.save", {"form": form})
    assert "Marta Lindqvist" in str(second.hear("customer_state", "dialog_error"))
    updates = second.send(f"{CUSTOMER}.save", {"form": form | {"name": "Overwritten"}})
    assert "changed this customer" in str(values(updates, "customer_state", "dialog_error")[-1])
    assert "Traceback" not in spoken(updates)
    assert scalar(live.database_url, "SELECT name FROM tenant WHERE id = %s", customer) == "Renamed"
