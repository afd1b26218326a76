"""Plans and coupons over HTTP: what the lists and pages show, for reading only."""

from sqlmodel import Session

from models.billing import (
    PriceDraft,
    TierDraft,
    create_coupon,
    create_plan,
    create_price,
    create_promotion_code,
)
from models.kernel.permissions import Permission, Scope
from tests.api.conftest import SignIn, ensure_problem
from tests.factories.accounts import anybody

ACTOR = anybody()


def test_a_plan_with_its_tiers(stored: Session, signed_in: SignIn) -> None:
    """Amounts are exact: minor units, or text where a tier has parts of one."""
    plan = create_plan(stored, ACTOR, name="Growth", is_draft=False)
    tiers = (TierDraft("10", "5.005"), TierDraft("", "4", "1"))
    create_price(stored, ACTOR, plan_id=plan.id, draft=PriceDraft("EUR", model="graduated", tiers=tiers))
    create_plan(stored, ACTOR, name="Later")
    stored.commit()
    viewer = signed_in("viewer")
    items = viewer.get("/api/v1/plans", f="status:on_sale").json()["items"]
    assert [(each["key"], each["status"], each["active_subscriptions"], each["mrr"]) for each in items] == [
        ("growth", "on_sale", 0, [])
    ]
    (price,) = viewer.get(f"/api/v1/plans/{plan.id}").json()["prices"]
    assert (price["words"], price["unit_amount_minor"]) == ("from 5.005 EUR/mo", None)
    assert price["tiers"] == [
        {"up_to": 10, "unit_amount": "500.5", "flat_minor": 0},
        {"up_to": None, "unit_amount": "400", "flat_minor": 100},
    ]
    ensure_problem(viewer.get(f"/api/v1/plans/{price['id']}"), 404, "plan.not_found")
    other = signed_in(grants={Permission.plans_read: Scope.all})
    assert other.get("/api/v1/plans").json()["items"][0]["active_subscriptions"] is None
    ensure_problem(other.get("/api/v1/coupons"), 403, "permission.missing")


def test_a_coupon_with_its_codes(stored: Session, signed_in: SignIn) -> None:
    """A percentage in parts per million, or an amount with its currency."""
    coupon = create_coupon(stored, ACTOR, name="Five", amount_off="5", currency="EUR")
    create_promotion_code(stored, ACTOR, coupon_id=coupon.id, code="FIVE", max_redemptions="7")
    create_coupon(stored, ACTOR, name="Ten", percent_off="10", duration="forever")
    stored.commit()
    viewer = signed_in("viewer")
    items = viewer.get("/api/v1/coupons", sort="name").json()["items"]
    assert [(each["name"], each["percent_off_ppm"], each["amount_off"]) for each in items] == [
        ("Five", None, {"minor": 500, "currency": "EUR"}),
        ("Ten", 100_000, None),
    ]
    (code,) = viewer.get(f"/api/v1/coupons/{coupon.id}").json()["codes"]
    assert (code["code"], code["max_redemptions"], code["redeemed_count"]) == ("FIVE", 7, 0)
