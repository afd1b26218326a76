"""What a caller learns when the network or Stripe fails: definite, unknown, or nothing done."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from models.integrations.stripe import (
    Breaker,
    CardDeclined,
    Connection,
    KeyRefused,
    KeyReused,
    MethodKind,
    OutcomeUnknown,
    PaymentStatus,
    Stripe,
    StripeUnavailable,
    VendorPayment,
)
from tests.fixtures.stripe import StripeWorld

CHARGE = "POST /v1/payment_intents"


def _charge_with(stripe: Stripe, world: StripeWorld) -> Callable[..., VendorPayment]:
    customer_id, method_id = world.customer("pm_card_visa")

    def charge(key: str, amount_minor: int = 2000) -> VendorPayment:
        facts = {"customer_id": customer_id, "method_id": method_id, "currency": "USD"}
        return stripe.payments.create(**facts, kind=MethodKind.card, amount_minor=amount_minor, key=key)

    return charge


def test_the_same_key_is_the_same_payment_and_another_request_is_refused(stripe_world: StripeWorld) -> None:
    charge = _charge_with(stripe_world.stripe, stripe_world)
    assert charge("k1") == charge("k1")
    with pytest.raises(KeyReused):
        charge("k1", 3000)
    assert charge("k2").id != charge("k1").id
    assert len(stripe_world.stripe.payments.list()) == 2


def test_a_decline_is_replayed_under_its_key(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_sandbox_fails_times_1")
    refused = []
    for _ in range(2):
        with pytest.raises(CardDeclined) as decline:
            stripe_world.charge(customer_id, method_id, key="k1")
        refused.append(decline.value.payment)
    assert refused[0] == refused[1]
    assert stripe_world.charge(customer_id, method_id, key="k2").status is PaymentStatus.succeeded


def test_a_key_is_forgotten_after_a_day(stripe_world: StripeWorld) -> None:
    charge = _charge_with(stripe_world.stripe, stripe_world)
    first = charge("k1")
    stripe_world.pass_days(0.99)
    assert charge("k1") == first
    stripe_world.pass_days(0.02)
    assert charge("k1") != first


@pytest.mark.parametrize(
    ("fault", "charges"),
    [
        ("timeout_before", 0),
        ("timeout_after", 1),
        ("reset_before", 0),
        ("reset_after", 1),
        ("conflict", 0),
        ("error_before", 0),
        ("error_after", 1),
        ("slow", 1),
    ],
)
def test_after_an_unknown_outcome_looking_tells_what_happened(
    stripe_world: StripeWorld, fault: str, charges: int
) -> None:
    charge = _charge_with(stripe_world.client(), stripe_world)
    stripe_world.fail(fault, CHARGE)
    with pytest.raises(OutcomeUnknown):
        charge("k1")
    if fault == "slow":
        # Asked again while the first is being worked on: still unknown, and still one charge.
        with pytest.raises(OutcomeUnknown):
            charge("k1")
        stripe_world.tell("clock", "GET")
        threading.Event().wait(1.5)
    found = [each for each in stripe_world.stripe.payments.list() if each.idempotency_key == "k1"]
    assert len(found) == charges
    assert all(each.status is PaymentStatus.succeeded for each in found)


@pytest.mark.parametrize(
    "fault", ["timeout_after", "reset_after", "reset_before", "conflict", "error_before"]
)
def test_retries_with_the_same_key_charge_once(stripe_world: StripeWorld, fault: str) -> None:
    charge = _charge_with(stripe_world.client(retries=2), stripe_world)
    stripe_world.fail(fault, CHARGE)
    paid = charge("k1")
    assert paid.status is PaymentStatus.succeeded
    assert stripe_world.stripe.payments.list() == (paid,)


def test_too_many_calls_is_nothing_done_unless_an_earlier_try_may_have_been(
    stripe_world: StripeWorld,
) -> None:
    charge = _charge_with(stripe_world.client(retries=2), stripe_world)
    stripe_world.fail("rate_limit", CHARGE)
    with pytest.raises(StripeUnavailable):
        charge("k1")
    assert stripe_world.stripe.payments.list() == ()
    stripe_world.fail("reset_after", CHARGE)
    stripe_world.fail("rate_limit", CHARGE)
    with pytest.raises(OutcomeUnknown):
        charge("k1")
    assert len(stripe_world.stripe.payments.list()) == 1


def test_looking_is_never_unknown(stripe_world: StripeWorld) -> None:
    stripe = stripe_world.client()
    for fault in ("reset_before", "timeout_before", "error_before"):
        stripe_world.fail(fault, "GET *")
        with pytest.raises(StripeUnavailable):
            stripe.payments.list()


def test_the_breaker_rests_and_lets_one_call_through() -> None:
    now = [0.0]
    breaker = Breaker(limit=2, rest_seconds=10, monotonic=lambda: now[0])
    for _ in range(2):
        assert breaker.admits()
        breaker.record_failure()
    assert not breaker.admits()
    now[0] = 10.0
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.record_success()
    assert breaker.admits()


def test_a_vendor_that_does_not_answer_is_left_alone(stripe_world: StripeWorld) -> None:
    stripe = stripe_world.client(breaker=Breaker(limit=2, rest_seconds=60))
    stripe_world.fail("reset_before", "*", times=2)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            stripe.customers.create(name="Ada", email="", key="k")
    with pytest.raises(StripeUnavailable, match="left alone"):
        stripe.customers.create(name="Ada", email="", key="k")
    # Nothing was planned for a third call, so that it was the breaker which refused.
    assert stripe_world.stripe.customers.create(name="Ada", email="", key="k").name == "Ada"


def test_a_wrong_key_says_what_to_check(stripe_world: StripeWorld) -> None:
    stripe = Stripe.on(Connection(secret_key="rk_wrong", api_base=stripe_world.address))
    with pytest.raises(KeyRefused, match="STRIPE_SECRET_KEY"):
        stripe.payments.list()


def test_an_answer_that_cannot_be_read_is_unknown_for_a_change() -> None:
    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        do_GET = do_POST  # noqa: N815 -- as above

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        stripe = Stripe.on(Connection(secret_key="sk_test_x", api_base=address, retries=0))
        with pytest.raises(OutcomeUnknown):
            stripe.customers.create(name="Ada", email="", key="k")
        with pytest.raises(StripeUnavailable):
            stripe.payments.list()
        server.shutdown()
        thread.join()


def test_nobody_there_is_unknown_for_a_change_and_unavailable_for_a_look() -> None:
    stripe = Stripe.on(Connection(secret_key="sk_test_x", api_base="http://127.0.0.1:1", retries=0))
    with pytest.raises(OutcomeUnknown):
        stripe.customers.create(name="Ada", email="", key="k")
    with pytest.raises(StripeUnavailable):
        stripe.payments.list()
