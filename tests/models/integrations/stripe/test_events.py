"""Webhooks as they arrive, verified by our own client, and events asked for afterwards."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from stripe import WebhookSignature

from jobs.sandbox.stripe.webhooks import sign
from models.integrations.stripe import (
    CardDeclined,
    EventForged,
    EventUnreadable,
    VendorEvent,
    read_event,
    read_webhook,
)
from models.integrations.stripe.events import TOLERANCE_SECONDS
from tests.fixtures.configured import Configure
from tests.fixtures.stripe import StripeWorld

SECRET = "whsec_of_the_tests"


class Inbox:
    """An endpoint of ours: verified events in the order of their arrival; refuses as often as told."""

    def __init__(self) -> None:
        self.events: list[VendorEvent] = []
        self.refusals = 0
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                event = read_event(body, self.headers["Stripe-Signature"], secrets=[SECRET])
                is_refused = inbox.refusals > 0
                inbox.refusals -= is_refused
                if not is_refused:
                    inbox.events.append(event)
                self.send_response(500 if is_refused else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@pytest.fixture
def inbox(stripe_world: StripeWorld) -> Iterator[Inbox]:
    found = Inbox()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    stripe_world.tell("endpoint", url=found.url, secret=SECRET)
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_what_happens_is_told_in_order_signed_and_with_its_cause(
    stripe_world: StripeWorld, inbox: Inbox
) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    stripe_world.tell("webhooks/flush")
    inbox.events.clear()
    payment = stripe_world.charge(customer_id, method_id, key="k1")
    stripe_world.tell("webhooks/flush")
    assert inbox.kinds == PAID
    last = inbox.events[-1]
    assert (last.object_type, last.object_id) == ("payment_intent", payment.id)
    assert (last.idempotency_key, last.is_live, last.created_at) == ("k1", False, payment.created_at)
    assert last.request_id.startswith("req_")
    assert stripe_world.stripe.events.get(last.id).object_id == payment.id


def test_a_decline_and_what_comes_days_later_are_told(stripe_world: StripeWorld, inbox: Inbox) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_chargeCustomerFail")
    with pytest.raises(CardDeclined):
        stripe_world.charge(customer_id, method_id)
    payment = stripe_world.charge(customer_id, "pm_card_refundFail")
    stripe_world.stripe.refunds.create(payment_id=payment.id, key="")
    stripe_world.pass_days(3.1)
    stripe_world.tell("webhooks/flush")
    assert {"charge.failed", "payment_intent.payment_failed", "charge.refunded"} <= set(inbox.kinds)
    assert inbox.kinds[-2:] == ["refund.failed", "charge.refund.updated"]
    at = [event.created_at for event in inbox.events]
    assert (at[-1] - at[0]).days == 3


@pytest.mark.parametrize(
    ("conduct", "expected"),
    [
        ({"order": "reversed"}, PAID[::-1]),
        ({"copies": 2}, [kind for kind in PAID for _ in range(2)]),
        ({"loss": 1.0}, []),
    ],
)
def test_order_copies_and_loss_can_be_set(
    stripe_world: StripeWorld, inbox: Inbox, conduct: dict[str, object], expected: list[str]
) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    stripe_world.tell("webhooks/flush")
    inbox.events.clear()
    stripe_world.tell("webhooks", **conduct)
    stripe_world.charge(customer_id, method_id)
    stripe_world.tell("webhooks/flush")
    assert inbox.kinds == expected


def test_a_shuffle_is_the_same_for_the_same_seed(stripe_world: StripeWorld, inbox: Inbox) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    stripe_world.tell("webhooks/flush")
    seen = []
    for _ in range(2):
        stripe_world.tell("webhooks", order="shuffled", seed=3)
        inbox.events.clear()
        for _ in range(3):
            stripe_world.charge(customer_id, method_id)
        stripe_world.tell("webhooks/flush")
        seen.append(inbox.kinds)
    assert seen[0] == seen[1] != PAID * 3


def test_an_endpoint_that_fails_is_told_again_and_gaps_can_be_asked_for(
    stripe_world: StripeWorld, inbox: Inbox
) -> None:
    since = stripe_world.stripe.customers.create(name="Ada", email="", key="").created_at
    assert since is not None
    inbox.refusals = 1
    stripe_world.tell("webhooks/flush")
    assert inbox.kinds == []
    [missed] = stripe_world.stripe.events.list(created_since=since, is_only_undelivered=True)
    assert missed.kind == "customer.created"
    stripe_world.tell("webhooks/flush")
    assert [event.id for event in inbox.events] == [missed.id]
    assert stripe_world.stripe.events.list(created_since=since, is_only_undelivered=True) == ()


def test_deliveries_come_by_themselves(stripe_world: StripeWorld, inbox: Inbox) -> None:
    stripe_world.tell("webhooks", is_held=False)
    stripe_world.stripe.customers.create(name="Ada", email="", key="")
    for _ in range(100):
        if inbox.events:
            break
        threading.Event().wait(0.05)
    assert inbox.kinds == ["customer.created"]


def test_events_are_listed_oldest_first_over_all_pages_by_kind(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    payments = [stripe_world.charge(customer_id, method_id) for _ in range(60)]
    since = payments[0].created_at
    found = stripe_world.stripe.events.list(
        created_since=since, kinds=["payment_intent.succeeded", "charge.succeeded"]
    )
    assert len(found) == 120
    assert [e.object_id for e in found if e.object_type == "payment_intent"] == [each.id for each in payments]


def _signed() -> tuple[bytes, str]:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "x.y",
        "created": 1_800_000_000,
        "api_version": "2017-08-15",
    }
    body = json.dumps(
        {**event, "request": "req_old", "data": {"object": {"id": "pi_1", "object": "payment_intent"}}}
    )
    return body.encode(), sign(body, SECRET)


def test_an_event_of_an_older_version_is_read(configure: Configure) -> None:
    configure(STRIPE_WEBHOOK_SECRET=f"whsec_newer,{SECRET}")
    event = read_webhook(*_signed())
    assert (event.api_version, event.object_id, event.request_id) == ("2017-08-15", "pi_1", "req_old")


def test_what_stripe_did_not_sign_for_us_is_refused() -> None:
    body, signature = _signed()
    now = int(signature.partition(",")[0].removeprefix("t="))
    stale = WebhookSignature.generate_signature_header(body.decode(), SECRET, now - TOLERANCE_SECONDS - 5)
    in_time = WebhookSignature.generate_signature_header(body.decode(), SECRET, now - TOLERANCE_SECONDS + 30)
    assert read_event(body, in_time, secrets=[SECRET]).id == "evt_1"
    for payload, header, secret in (
        (body + b" ", signature, SECRET),
        (body, signature, "whsec_other"),
        (body, "", SECRET),
        (body, "t=now,v1=what", SECRET),
        (body, stale, SECRET),
        (b"\xff\xfe", signature, SECRET),
    ):
        with pytest.raises(EventForged):
            read_event(payload, header, secrets=[secret])
    with pytest.raises(EventForged):
        read_event(body, signature, secrets=[])


@pytest.mark.parametrize(
    "body", ["[]", "{}", "null", "no json", '{"id": "evt_1", "data": {}}', '{"data": null}']
)
def test_a_signed_body_that_is_no_event_is_unreadable(body: str) -> None:
    with pytest.raises(EventUnreadable):
        read_event(body.encode(), sign(body, SECRET), secrets=[SECRET])
