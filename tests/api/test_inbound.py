"""Stripe's webhooks: signed or refused, stored once, answered before anything is done about them."""

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from models.webhooks.tables import InboundEvent
from tests.fixtures.configured import Configure

SECRET = "whsec_of_the_tests"
PATH = "/api/v1/inbound/stripe"


@pytest.fixture(autouse=True)
def _secret(configure: Configure) -> None:
    configure(STRIPE_WEBHOOK_SECRET=SECRET)


def _body(key: str = "1", **facts: Any) -> bytes:
    found = {
        "id": f"evt_{key}",
        "object": "event",
        "api_version": "2019-05-16",
        "created": 1_770_000_000,
        "livemode": False,
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": f"pi_{key}", "object": "payment_intent"}},
        **facts,
    }
    return json.dumps(found).encode()


def _signed(body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    now = int(time.time()) - age
    made = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={made}", "Content-Type": "application/json"}


def _send(browser: TestClient, body: bytes, headers: dict[str, str]) -> Any:
    return browser.post(PATH, content=body, headers=headers)


def test_an_event_is_stored_once_and_of_any_version(stored: Session, browser: TestClient) -> None:
    body = _body()
    answers = [_send(browser, body, _signed(body)).json() for _ in range(3)]
    assert answers == [{"id": "evt_1", "is_new": is_new} for is_new in (True, False, False)]
    row = stored.exec(select(InboundEvent)).one()
    assert (row.api_version, row.object_id, row.deliveries, row.status) == ("2019-05-16", "pi_1", 3, "stored")


def test_many_at_once_are_each_stored(stored: Session, browser: TestClient) -> None:
    bodies = [_body(str(number % 40)) for number in range(80)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda body: _send(browser, body, _signed(body)), bodies))
    assert {each.status_code for each in answers} == {200}
    assert sum(each.json()["is_new"] for each in answers) >= 40
    assert len(stored.exec(select(InboundEvent)).all()) == 40


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (_body(), {}, 403, "stripe.event_forged"),
        (_body(), _signed(_body(), "whsec_of_somebody_else"), 403, "stripe.event_forged"),
        (_body(), _signed(_body("2")), 403, "stripe.event_forged"),
        (_body(), _signed(_body(), age=3_600), 403, "stripe.event_forged"),
        (b"\xff\xfe", _signed(b"\xff\xfe"), 403, "stripe.event_forged"),
        (b"{}", _signed(b"{}"), 422, "stripe.event_unreadable"),
        (b"[1]", _signed(b"[1]"), 422, "stripe.event_unreadable"),
    ],
)
def test_forged_replayed_and_malformed_ones_are_refused_and_leave_nothing(
    stored: Session, browser: TestClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = _send(browser, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert stored.exec(select(InboundEvent)).all() == []
