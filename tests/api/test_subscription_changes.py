"""Changing subscriptions over HTTP: as previewed, once, or refused."""

from datetime import timedelta

from sqlmodel import Session, select

from models.billing import Invoice, Subscription
from models.kernel import clock
from tests.api.conftest import SignIn, ensure_problem
from tests.factories.engine import make_listed_price, start


def test_a_change_is_previewed_committed_once_and_forecast(stored: Session, signed_in: SignIn) -> None:
    one = start(stored, make_listed_price(stored, 3_000), on=clock.today() - timedelta(days=10))
    stored.commit()
    person = signed_in("account_manager")
    path = f"/api/v1/subscriptions/{one.id}"
    change = {"kind": "change_quantity", "component_id": str(one.id), "quantity": 3}
    shown = person.post(f"{path}/preview", change=change).json()
    assert [line["kind"] for line in shown["invoice"]["lines"]] == ["unused", "remaining"]
    assert shown["due"]["minor"] == sum(line["amount"]["minor"] for line in shown["invoice"]["lines"])
    assert shown["next_invoice"]["total"]["minor"] == 9_000
    assert shown["invoice"]["lines"][0]["derivation"]["whole"] > 0
    asked = {"change": change, "token": shown["token"], "reason": "Team grew"}
    assert person.post(f"{path}/change", **asked).json()["quantity"] == 3
    ensure_problem(person.post(f"{path}/change", **asked), 409, "preview.stale")
    made = stored.exec(select(Invoice.total_minor).where(Invoice.kind == "change")).all()
    assert made == [shown["due"]["minor"]]
    ahead = person.get(f"{path}/forecast", periods=2).json()
    assert [(each["event"], each["invoice"]["total"]["minor"]) for each in ahead["steps"]] == [
        ("renew", 9_000),
        ("renew", 9_000),
    ]
    assert ahead["total"]["minor"] == 18_000


def test_what_does_not_fit_is_refused_and_nothing_changes(stored: Session, signed_in: SignIn) -> None:
    one = start(stored, make_listed_price(stored), on=clock.today() - timedelta(days=5))
    stored.commit()
    manager, viewer = signed_in("account_manager"), signed_in("viewer")
    path = f"/api/v1/subscriptions/{one.id}"
    change = {"kind": "change_quantity", "component_id": str(one.id), "quantity": 2}
    ensure_problem(viewer.post(f"{path}/preview", change=change), 403, "permission.missing")
    assert viewer.get(f"{path}/forecast").status_code == 200
    for wrong in (
        {"kind": "drop"},
        {**change, "quantity": "2"},
        {**change, "quantity": 0},
        {**change, "quantity": 10**30},
        {**change, "quantity": 1.5},
        {**change, "more": 1},
        {"kind": "extend_trial", "until_on": "soon"},
    ):
        assert manager.post(f"{path}/preview", change=wrong).status_code == 422, wrong
    body = {"change": change, "token": "forged", "reason": "x"}
    ensure_problem(manager.post(f"{path}/change", **body), 403, "link.forged")
    token = manager.post(f"{path}/preview", change=change).json()["token"]
    other = {**change, "quantity": 4}
    answer = manager.post(f"{path}/change", change=other, token=token, reason="x")
    ensure_problem(answer, 409, "preview.stale")
    refused = manager.post(f"{path}/preview", change={"kind": "resume"})
    assert (refused.status_code, refused.json()["code"]) == (409, "subscription.not_allowed")
    assert manager.get(f"{path}/forecast", periods=13).status_code == 422
    stored.expire_all()
    assert stored.get_one(Subscription, one.id).quantity == 1
