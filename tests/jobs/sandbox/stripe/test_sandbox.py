"""What the sandbox is beyond Stripe: parameters refused in Stripe's words, memory, time, control."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from jobs.sandbox.stripe import Sandbox
from jobs.sandbox.stripe.params import decode_form
from models.integrations.stripe import Connection, Stripe, StripeSandbox, StripeUnavailable
from models.kernel.errors import Invalid
from tests.fixtures.stripe import StripeWorld


def call(address: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
    """A call without the SDK, as wrong as one likes."""
    sent = {"Authorization": "Bearer sk_test_x", **headers}
    request = urllib.request.Request(  # noqa: S310 -- our own loopback
        f"{address}{path}", data=body.encode() or None, headers=sent
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)["error"]


def test_nested_names_are_decoded() -> None:
    assert decode_form("a=1&b[c]=2&b[d][0]=x&b[d][1]=y&e[]=p&e[]=q&f=") == {
        "a": "1",
        "b": {"c": "2", "d": {"0": "x", "1": "y"}},
        "e": {"0": "p", "1": "q"},
        "f": "",
    }


@pytest.mark.parametrize(
    ("path", "body", "code", "param"),
    [
        ("payment_intents", "currency=usd", "parameter_missing", "amount"),
        ("payment_intents", "amount=ten&currency=usd", "parameter_invalid_integer", "amount"),
        ("payment_intents", "amount=1&currency=usd", "amount_too_small", "amount"),
        ("payment_intents", "amount=100000000&currency=usd", "amount_too_large", "amount"),
        (
            "payment_intents",
            "amount=500&currency=usd&payment_method_types[]=card",
            "parameter_unknown",
            "payment_method_types",
        ),
        ("payment_intents", "amount=500&currency=usd&confirm=yes", "parameter_invalid_boolean", "confirm"),
        (
            "payment_intents",
            "amount=500&currency=usd&mandate_data[customer_acceptance][type]=maybe",
            "parameter_invalid_enum",
            "mandate_data[customer_acceptance][type]",
        ),
        ("customers", "metadata=plain", "parameter_invalid_string", "metadata"),
        ("customers", "address=plain", "parameter_invalid_object", "address"),
        ("refunds", "reason=requested_by_customer", "parameter_missing", "payment_intent"),
        ("checkout/sessions", "mode=setup&success_url=x", "parameter_missing", "currency"),
    ],
)
def test_parameters_are_refused_in_stripes_words(
    stripe_world: StripeWorld, path: str, body: str, code: str, param: str
) -> None:
    status, error = call(stripe_world.address, f"/v1/{path}", body)
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert (error["code"], error["param"]) == (code, param)
    assert error["message"]


def test_refused_parameters_use_no_key_up(stripe_world: StripeWorld) -> None:
    key = {"Idempotency-Key": "k1"}
    assert call(stripe_world.address, "/v1/customers", "nmae=Ada", **key)[0] == 400
    assert call(stripe_world.address, "/v1/customers", "name=Ada", **key)[0] == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/products", 404), ("/v1/events?limit=101", 400), ("/v1/customers/cus_x", 404), ("/elsewhere", 404)],
)
def test_what_is_not_there_is_said(stripe_world: StripeWorld, path: str, status: int) -> None:
    with (
        pytest.raises(urllib.error.HTTPError) as refused,
        urllib.request.urlopen(  # noqa: S310 -- our own loopback
            urllib.request.Request(  # noqa: S310 -- as above
                f"{stripe_world.address}{path}", headers={"Authorization": "Bearer sk_test_x"}
            )
        ),
    ):
        pass
    with refused.value:
        assert refused.value.code == status


def test_a_path_cannot_be_expanded_into_something_else(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    status, error = call(stripe_world.address, f"/v1/customers/{customer_id}?expand[]=name.first")
    assert (status, error["param"]) == (400, "expand")


def test_a_sandbox_remembers_across_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    facts: dict[str, Any] = {"name": "Ada", "email": "", "key": "k1"}
    with Sandbox(path=path) as sandbox:
        first = Stripe.on(Connection(secret_key="sk_test_x", api_base=sandbox.address))
        customer = first.customers.create(**facts)
        later = StripeSandbox(sandbox.address).state().now.timestamp() + 86_000
        call(sandbox.address, "/_sandbox/clock", json.dumps({"now": int(later)}))
    assert path.stat().st_mode & 0o077 == 0
    with Sandbox(path=path) as sandbox:
        second = Stripe.on(Connection(secret_key="sk_test_x", api_base=sandbox.address))
        assert second.customers.create(**facts) == customer
        assert StripeSandbox(sandbox.address).state().now.timestamp() >= int(later)


def test_time_only_moves_forward(stripe_world: StripeWorld) -> None:
    sandbox = StripeSandbox(stripe_world.address)
    before = sandbox.state()
    assert before.is_stopped
    after = sandbox.move_clock(before.now.replace(year=before.now.year + 1, day=1))
    assert after.now > before.now
    with pytest.raises(Invalid, match="forward"):
        sandbox.move_clock(before.now)


def test_a_sandbox_that_is_gone_is_unavailable() -> None:
    with pytest.raises(StripeUnavailable):
        StripeSandbox("http://127.0.0.1:1").state()


def test_a_reset_forgets_everything(stripe_world: StripeWorld) -> None:
    stripe_world.customer("pm_card_visa")
    stripe_world.fail("reset_before")
    assert stripe_world.tell("reset")["objects"] == 0
    assert stripe_world.tell("faults", "GET")["faults"] == []
    assert stripe_world.customer("pm_card_visa")


def test_another_page_in_the_browser_cannot_move_the_clock(stripe_world: StripeWorld) -> None:
    told = json.dumps({"advance_seconds": 60})
    assert call(stripe_world.address, "/_sandbox/clock", told, Origin="https://evil.example")[0] == 403
    assert call(stripe_world.address, "/_sandbox/clock", told, Origin=stripe_world.address)[0] == 200


def test_an_unknown_fault_or_conduct_is_refused(stripe_world: StripeWorld) -> None:
    for path, facts in (("faults", {"fault": "rain"}), ("webhooks", {"order": "random"}), ("faults", {})):
        assert call(stripe_world.address, f"/_sandbox/{path}", json.dumps(facts))[0] == 400
