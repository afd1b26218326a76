"""The same flows on our own Stripe and, where STRIPE_TEST_KEY names an account, in Stripe's test mode."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from jobs.sandbox.stripe import Sandbox
from models.integrations.stripe import (
    AmountTooSmall,
    CardDeclined,
    CheckoutStatus,
    Connection,
    KeyReused,
    MethodKind,
    MissingAtStripe,
    PaymentStatus,
    RefundStatus,
    RequestRejected,
    SetupStatus,
    Stripe,
    VendorPayment,
)

TEST_KEY = os.environ.get("STRIPE_TEST_KEY", "")
PAGES = {"success_url": "https://example.com/ok", "cancel_url": "https://example.com/no"}
ON_STRIPE = pytest.param(
    "stripe",
    marks=[
        pytest.mark.enable_socket,
        pytest.mark.skipif(
            not TEST_KEY, reason="STRIPE_TEST_KEY is not set: not compared with Stripe itself"
        ),
    ],
)


@pytest.fixture(params=["sandbox", ON_STRIPE])
def stripe(request: pytest.FixtureRequest) -> Iterator[Stripe]:
    """An account with nothing of this test's in it."""
    if request.param == "stripe":
        yield Stripe.on(Connection(secret_key=TEST_KEY))
        return
    with Sandbox() as sandbox:
        yield Stripe.on(Connection(secret_key="sk_test_x", api_base=sandbox.address))


def new_key() -> str:
    """A key of this run's own."""
    return f"test-{uuid.uuid4()}"


@pytest.fixture
def charge(stripe: Stripe) -> Callable[..., VendorPayment]:
    """Charge a new customer's saved card."""
    customer = stripe.customers.create(name="Test", email="test@example.com", key=new_key())

    def pay(token: str, *, key: str = "", amount_minor: int = 2000) -> VendorPayment:
        setup = stripe.setups.create(customer_id=customer.id, method_id=token, key=new_key())
        assert setup.status is SetupStatus.succeeded
        return stripe.payments.create(
            customer_id=customer.id,
            method_id=setup.method_id,
            kind=MethodKind.card,
            amount_minor=amount_minor,
            currency="USD",
            key=key or new_key(),
        )

    return pay


def test_a_charge_succeeds_with_its_fee_and_is_found_again(
    stripe: Stripe, charge: Callable[..., VendorPayment]
) -> None:
    key = new_key()
    paid = charge("pm_card_visa", key=key)
    assert (paid.status, paid.received_minor, paid.idempotency_key) == (PaymentStatus.succeeded, 2000, key)
    assert paid.fee_minor is not None
    found = stripe.payments.list(customer_id=paid.customer_id, created_since=paid.created_at)
    assert [each.id for each in found] == [paid.id]


def test_a_charge_is_declined_with_its_payment(charge: Callable[..., VendorPayment]) -> None:
    with pytest.raises(CardDeclined) as refused:
        charge("pm_card_chargeCustomerFail")
    assert refused.value.decline.code == "card_declined"
    assert refused.value.payment is not None
    assert refused.value.payment.status is PaymentStatus.needs_method


def test_a_card_that_refuses_is_not_saved(stripe: Stripe) -> None:
    customer = stripe.customers.create(name="Test", email="", key=new_key())
    token = "pm_card_visa_chargeDeclinedInsufficientFunds"
    with pytest.raises(CardDeclined) as refused:
        stripe.setups.create(customer_id=customer.id, method_id=token, key=new_key())
    assert refused.value.decline.reason == "insufficient_funds"


def test_a_card_that_wants_its_owner_waits_with_a_page(stripe: Stripe) -> None:
    customer = stripe.customers.create(name="Test", email="", key=new_key())
    setup = stripe.setups.create(
        customer_id=customer.id,
        method_id="pm_card_authenticationRequired",
        return_url="https://example.com/back",
        key=new_key(),
    )
    assert setup.status is SetupStatus.needs_action
    assert setup.next_action_url.startswith("http")


def test_keys_replay_and_refuse_another_request(stripe: Stripe, charge: Callable[..., VendorPayment]) -> None:
    paid = charge("pm_card_visa")
    key = new_key()
    part = stripe.refunds.create(payment_id=paid.id, amount_minor=500, key=key)
    assert part.status is RefundStatus.succeeded
    assert stripe.refunds.create(payment_id=paid.id, amount_minor=500, key=key).id == part.id
    with pytest.raises(KeyReused):
        stripe.refunds.create(payment_id=paid.id, amount_minor=600, key=key)
    with pytest.raises(RequestRejected):
        stripe.refunds.create(payment_id=paid.id, amount_minor=1501, key=new_key())


def test_what_is_too_small_or_unknown_is_refused(
    stripe: Stripe, charge: Callable[..., VendorPayment]
) -> None:
    with pytest.raises(AmountTooSmall):
        charge("pm_card_visa", amount_minor=49)
    with pytest.raises(MissingAtStripe):
        stripe.payments.get("pi_unknown")


def test_pages_are_open_until_they_are_closed(stripe: Stripe) -> None:
    customer = stripe.customers.create(name="Test", email="", key=new_key())
    page = stripe.checkouts.create_payment(
        customer_id=customer.id,
        title="Invoice",
        amount_minor=500,
        currency="USD",
        reference="inv-1",
        key=new_key(),
        **PAGES,
    )
    assert (page.status, page.amount_minor, page.reference) == (CheckoutStatus.open, 500, "inv-1")
    assert page.url.startswith("http")
    closed = stripe.checkouts.expire(page.id, key=new_key())
    assert (closed.status, closed.url) == (CheckoutStatus.expired, "")


def test_events_tell_of_what_happened(stripe: Stripe, charge: Callable[..., VendorPayment]) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    paid = charge("pm_card_visa")
    found = stripe.events.list(created_since=since, kinds=["payment_intent.succeeded"])
    assert paid.id in {event.object_id for event in found}
