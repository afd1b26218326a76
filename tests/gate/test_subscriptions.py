"""Who may not change subscriptions is refused at each handler, and nothing is changed."""

import pytest

from tests.live.fixtures import scalar
from tests.live.selling import sell
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken, values

PAGE = "dashboard___pages___billing___subscription____subscription_state"
NEW = "dashboard___pages___billing___new_subscription____new_subscription_state"
NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        ("open_change", {"action": "change_plan", "when": ""}),
        ("choose", {"name": "quantity", "value": "1"}),
        ("commit_change", {"form": {"reason": "x"}}),
        ("ask_unplan", {"identifier": NOBODY}),
        ("unplan", {"form": {"reason": "x"}}),
        ("ask_keep", {}),
        ("keep", {"form": {"reason": "x"}}),
        ("ask_coupon", {}),
        ("try_coupon", {"code": "WELCOME10"}),
        ("give_coupon", {"form": {"code": "WELCOME10"}}),
        ("ask_end_coupon", {"identifier": NOBODY}),
        ("end_coupon", {"form": {"reason": "x"}}),
    ],
)
def test_a_viewer_changes_no_subscription(live: Live, handler: str, payload: dict[str, object]) -> None:
    subscription = scalar(live.database_url, "SELECT id FROM subscription ORDER BY id LIMIT 1")
    tab = Tab(live.address, session_of(live.address, "viewer"))
    tab.open(f"/billing/subscriptions/{subscription}")
    answer = spoken(tab.send(f"{PAGE}.{handler}", payload))
    assert "subscriptions:write" in answer
    assert "Ada Winter" in answer, "it says who can grant it"


def test_a_viewer_starts_no_subscription(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    updates = tab.open("/billing/subscriptions/new")
    assert values(updates, "shell_state", "denial")[-1]["permission"] == "subscriptions:write"
    for handler, payload in (
        ("find_customer", {"text": "a"}),
        ("choose_customer", {"identifier": NOBODY}),
        ("choose", {"name": "quantity", "value": "1"}),
        ("start", {"form": {"note": "x"}}),
    ):
        assert "subscriptions:write" in spoken(tab.send(f"{NEW}.{handler}", payload))


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        ("open_change", {"action": "drop_table", "when": ""}),
        ("open_change", {"action": "change_plan", "when": "yesterday"}),
        ("open_change", {"action": "extend_trial", "when": ""}),
        ("choose", {"name": "price", "value": NOBODY}),
        ("choose", {"name": "_token", "value": "x"}),
        ("choose", {"name": "when", "value": {"a": 1}}),
        ("ask_unplan", {"identifier": "' OR 1=1"}),
        ("ask_end_coupon", {"identifier": NOBODY}),
        ("give_coupon", {"form": "text"}),
        ("commit_change", {"form": "text"}),
    ],
)
def test_what_the_page_does_not_offer_is_refused(live: Live, handler: str, payload: object) -> None:
    identifier, _ = sell(live.database_url, customer=30)
    tab = Tab(live.address, session_of(live.address, "manager"))
    tab.open(f"/billing/subscriptions/{identifier}")
    tab.send(f"{PAGE}.open_change", {"action": "change_quantity", "when": ""})
    updates = tab.send(f"{PAGE}.{handler}", payload)
    assert "Traceback" not in spoken(updates)
    assert spoken(updates) != "[]", "a refusal is told"
    version = scalar(live.database_url, "SELECT version FROM subscription WHERE id = %s", identifier)
    assert version == 2, "as it was started"


def test_an_amount_that_does_not_fit_stops_the_commit(live: Live) -> None:
    identifier, _ = sell(live.database_url, customer=31)
    tab = Tab(live.address, session_of(live.address, "manager"))
    tab.open(f"/billing/subscriptions/{identifier}")
    tab.send(f"{PAGE}.open_change", {"action": "change_quantity", "when": ""})
    for wrong in ("-1", "0", "1.5", "99999999999", "\u0000"):
        updates = tab.send(f"{PAGE}.choose", {"name": "quantity", "value": wrong})
        assert values(updates, "subscription_state", "preview_error")[-1]
        tab.send(f"{PAGE}.commit_change", {"form": {"reason": "x"}})
    found = scalar(live.database_url, "SELECT quantity FROM subscription WHERE id = %s", identifier)
    assert found == 1


def test_a_code_that_gives_nothing_is_refused_in_the_dialog(live: Live) -> None:
    identifier, _ = sell(live.database_url, customer=32)
    tab = Tab(live.address, session_of(live.address, "manager"))
    tab.open(f"/billing/subscriptions/{identifier}")
    tab.send(f"{PAGE}.ask_coupon", {})
    for wrong in ("NOTHING-OF-OURS", "\u0000", "' OR 1=1"):
        for handler, payload in (("try_coupon", {"code": wrong}), ("give_coupon", {"form": {"code": wrong}})):
            updates = tab.send(f"{PAGE}.{handler}", payload)
            assert "promotion_code.unknown" in values(updates, "subscription_state", "dialog_error")[-1]
    given = "SELECT count(*) FROM discount WHERE subscription_id = %s"
    assert scalar(live.database_url, given, identifier) == 0
