"""Plans, coupons and taxes at the gate: who may open and change them, and what a forged event gets."""

import pytest

from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken, values

BILLING = "dashboard___pages___billing"
PLANS, PLAN = f"{BILLING}___plans____plans_state", f"{BILLING}___plan____plan_state"
EDITOR = f"{BILLING}___price_editor____price_editor_state"
COUPONS, COUPON = f"{BILLING}___coupons____coupons_state", f"{BILLING}___coupon____coupon_state"
TAXES = f"{BILLING}___taxes____taxes_state"
CUSTOMER = "dashboard___pages___accounts___customer____customer_state"
COUNTS = "SELECT concat_ws(',', (SELECT count(*) FROM plan), (SELECT count(*) FROM price WHERE archived_at IS NULL), (SELECT count(*) FROM coupon), (SELECT count(*) FROM tax_rule), (SELECT count(*) FROM billing_profile))"


def _growth(live: Live) -> str:
    return str(scalar(live.database_url, "SELECT id FROM plan WHERE key = 'growth' ORDER BY version LIMIT 1"))


def test_a_viewer_reads_the_catalogue_and_changes_nothing(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "viewer"))
    before = scalar(live.database_url, COUNTS)
    price = scalar(live.database_url, "SELECT id FROM price ORDER BY id DESC LIMIT 1")
    assert len(values(tab.open("/billing/plans"), "plans_state", "rows")[-1]) >= 13
    assert values(tab.open(f"/billing/plans/{_growth(live)}"), "plan_state", "charges")[-1]
    for handler, payload, permission in (
        (f"{PLANS}.create", {"form": {"name": "Mine"}}, "plans:write"),
        (f"{PLAN}.archive", {"form": {"reason": "x"}}, "plans:write"),
        (f"{PLAN}.new_version", {}, "plans:write"),
        (f"{PLAN}.ask_moves", {}, "plans:write"),
        (f"{PLAN}.move_everybody", {"form": {"reason": "x"}}, "plans:write"),
        (f"{PLAN}.toggle_price", {"identifier": str(price), "is_archived": False}, "plans:write"),
        (f"{EDITOR}.open_new", {}, "plans:write"),
        (f"{EDITOR}.save", {"_form": {}}, "plans:write"),
        (f"{COUPONS}.create", {"form": {"name": "Mine", "percent_off": "99"}}, "coupons:write"),
        (f"{COUPON}.add_code", {"form": {"code": "MINE"}}, "coupons:write"),
        (f"{TAXES}.load_eu", {"_form": {}}, "tax_rules:write"),
        (f"{TAXES}.create", {"form": {}}, "tax_rules:write"),
        (f"{CUSTOMER}.save_billing", {"form": {"legal_name": "Mine"}}, "billing_profiles:write"),
    ):
        assert permission in spoken(tab.send(handler, payload)), handler
    assert scalar(live.database_url, COUNTS) == before


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (f"{PLAN}.set_quantity", {"text": "9" * 5_000}),
        (f"{PLAN}.set_quantity", {"text": "\u0000"}),
        (f"{PLAN}.set_quantity", {"text": 7}),
        (f"{PLAN}.compare", {"identifier": "' OR 1=1"}),
        (f"{PLAN}.ask", {"name": "__class__"}),
        (f"{PLAN}.show_moves", {}),
        (f"{PLAN}.ask_moves", {}),
        (f"{PLAN}.move_everybody", {"form": {"reason": "x"}}),
        (f"{PLAN}.move_everybody", {"form": {"reason": ["x"], "token": 7}}),
        (f"{PLAN}.toggle_price", {"identifier": "no-id", "is_archived": True}),
        (f"{EDITOR}.set_field", {"name": "_price_id", "value": "x"}),
        (f"{EDITOR}.set_tier", {"index": 10**9, "name": "up_to", "value": "1"}),
        (f"{EDITOR}.set_tier", {"index": 0, "name": "__class__", "value": "1"}),
        (f"{EDITOR}.drop_tier", {"index": -1}),
        (f"{EDITOR}.set_field", {"name": "unit_amount", "value": "9" * 400}),
        (f"{EDITOR}.save", {"_form": {}}),
        (f"{TAXES}.ask_for_selected", {"name": "end"}),
        (f"{TAXES}.end", {"form": {"valid_until_on": "2027-13-01"}}),
        (f"{TAXES}.try_taxes", {"form": {"country": "\u0000", "amount": "1e999"}}),
    ],
)
def test_a_malicious_argument_changes_nothing_and_the_tab_lives_on(
    live: Live, handler: str, payload: object
) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    before = scalar(live.database_url, COUNTS)
    tab.open("/billing/taxes")
    tab.open(f"/billing/plans/{_growth(live)}")
    answer = spoken(tab.send(handler, payload))
    assert "Traceback" not in answer
    assert "internal.error" not in answer, answer
    assert scalar(live.database_url, COUNTS) == before
    assert values(tab.open("/billing/plans"), "plans_state", "rows")[-1], "the tab still works"


def test_a_plan_that_is_not_there(live: Live) -> None:
    tab = Tab(live.address, session_of(live.address, "finance"))
    nowhere = "01890000-0000-7000-8000-000000000000"
    assert values(tab.open(f"/billing/plans/{nowhere}"), "plan_state", "is_missing")[-1] is True
    assert values(tab.open(f"/billing/coupons/{nowhere}"), "coupon_state", "is_missing")[-1] is True
    updates = tab.open(f"/billing/plans/{_growth(live)}?tab=versions&compare=nonsense&quantity=-5")
    assert "Traceback" not in spoken(updates)
