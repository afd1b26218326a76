"""3-D Secure and the hosted pages, as a payer meets them."""

import re
from datetime import timedelta
from typing import Any

import pytest

from models.integrations.stripe import (
    CardDeclined,
    CheckoutStatus,
    MethodKind,
    PaymentStatus,
    RequestRejected,
    SetupStatus,
    VendorCheckout,
    VendorPayment,
)
from tests.fixtures.hosted import follow, visit
from tests.fixtures.stripe import StripeWorld

ONCE = "pm_card_authenticationRequiredOnSetup"
ALWAYS = "pm_card_authenticationRequired"
BACK = "https://ops.example.com/back?invoice=1"


def test_a_saved_card_that_wants_its_owner_each_time_says_so_off_session(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    with pytest.raises(CardDeclined) as refused:
        stripe_world.charge(customer_id, ALWAYS)
    assert refused.value.is_authentication_required
    assert refused.value.payment is not None
    assert refused.value.payment.status is PaymentStatus.needs_method


def _waiting_for_owner(world: StripeWorld) -> VendorPayment:
    customer_id, *_ = world.customer()
    setup = world.stripe.setups.create(customer_id=customer_id, method_id=ALWAYS, return_url=BACK, key="s")
    assert setup.status is SetupStatus.needs_action
    follow(setup.next_action_url, action="complete")
    method_id = world.stripe.setups.get(setup.id).method_id
    with pytest.raises(CardDeclined) as refused:
        world.charge(customer_id, method_id)
    assert refused.value.payment is not None
    waiting = world.stripe.payments.confirm(
        refused.value.payment.id, method_id=method_id, return_url=BACK, key="c"
    )
    assert waiting.status is PaymentStatus.needs_action
    return waiting


def test_the_owner_confirms_on_the_banks_page(stripe_world: StripeWorld) -> None:
    waiting = _waiting_for_owner(stripe_world)
    status, text, _ = visit(waiting.next_action_url)
    assert (status, "Complete" in text, "20.00 USD" in text) == (200, True, True)
    place = follow(waiting.next_action_url, action="complete")
    assert place.startswith(f"{BACK}&payment_intent={waiting.id}")
    assert "redirect_status=succeeded" in place
    assert stripe_world.stripe.payments.get(waiting.id).status is PaymentStatus.succeeded
    # Used twice it leads back again and charges nothing.
    assert follow(waiting.next_action_url, action="complete") == place


def test_the_owner_says_no_on_the_banks_page(stripe_world: StripeWorld) -> None:
    waiting = _waiting_for_owner(stripe_world)
    assert "redirect_status=failed" in follow(waiting.next_action_url, action="fail")
    failed = stripe_world.stripe.payments.get(waiting.id)
    assert failed.status is PaymentStatus.needs_method
    assert failed.decline is not None
    assert failed.decline.reason == "payment_intent_authentication_failure"


def test_a_card_confirmed_when_it_was_saved_is_charged_without_its_owner(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    stripe = stripe_world.stripe
    setup = stripe.setups.create(customer_id=customer_id, method_id=ONCE, return_url=BACK, key="s")
    assert stripe.methods.list(customer_id) == ()
    follow(setup.next_action_url, action="complete")
    [method] = stripe.methods.list(customer_id)
    assert stripe_world.charge(customer_id, method.id).status is PaymentStatus.succeeded


def test_a_setup_that_the_owner_refuses_saves_nothing(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    stripe = stripe_world.stripe
    setup = stripe.setups.create(customer_id=customer_id, method_id=ONCE, return_url=BACK, key="s")
    follow(setup.next_action_url, action="fail")
    failed = stripe.setups.get(setup.id)
    assert (failed.status, stripe.methods.list(customer_id)) == (SetupStatus.needs_method, ())
    assert failed.decline is not None
    assert failed.decline.reason == "setup_intent_authentication_failure"


def _payment_page(world: StripeWorld, customer_id: str, **facts: Any) -> VendorCheckout:
    usual: dict[str, Any] = {
        "title": "Invoice INV-7",
        "amount_minor": 12_345,
        "currency": "EUR",
        "reference": "inv-7",
        "success_url": "https://ops.example.com/ok?page={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://ops.example.com/no",
        "key": "page",
    }
    return world.stripe.checkouts.create_payment(customer_id=customer_id, **{**usual, **facts})


def test_an_invoice_is_paid_on_the_hosted_page_through_3ds(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    stripe = stripe_world.stripe
    page = _payment_page(stripe_world, customer_id, metadata={"invoice": "INV-7"})
    status, text, _ = visit(page.url)
    assert (status, "Invoice INV-7" in text, "123.45 EUR" in text) == (200, True, True)

    card = {"number": "4000 0025 0000 3155", "expiry": "12/34", "cvc": "123", "action": "pay"}
    challenge = follow(page.url, **card)
    assert stripe.checkouts.get(page.id).status is CheckoutStatus.open
    back = follow(challenge, action="complete")
    assert follow(back) == f"https://ops.example.com/ok?page={page.id}"

    done = stripe.checkouts.get(page.id)
    assert (done.status, done.is_paid, done.url) == (CheckoutStatus.complete, True, "")
    assert (done.reference, done.metadata["invoice"]) == ("inv-7", "INV-7")
    paid = stripe.payments.get(done.payment_id)
    assert (paid.status, paid.received_minor) == (PaymentStatus.succeeded, 12_345)
    assert (paid.metadata["reference"], paid.idempotency_key) == ("inv-7", "page")
    # The card is kept, so that the next charge needs nobody.
    [method] = stripe.methods.list(customer_id)
    assert stripe_world.charge(customer_id, method.id).status is PaymentStatus.succeeded


def test_a_declined_card_may_be_replaced_on_the_same_page(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    page = _payment_page(stripe_world, customer_id)
    status, text, _ = visit(page.url, token="pm_card_visa_chargeDeclinedInsufficientFunds", action="pay")
    assert (status, "insufficient funds" in text) == (402, True)
    for typed, complaint in (
        ("4242424242424241", "number is incorrect"),
        ("4111111111111111", "non test card"),
    ):
        status, text, _ = visit(page.url, number=typed, expiry="12/34", action="pay")
        assert (status, complaint in text) == (402, True)
    status, text, _ = visit(page.url, number="4242424242424242", expiry="12/20", action="pay")
    assert (status, "expiration year is invalid" in text) == (402, True)
    assert follow(page.url, token="pm_card_mastercard", action="pay").startswith("https://ops.example.com/ok")
    assert len(stripe_world.stripe.payments.list(customer_id=customer_id)) == 1


def test_a_debit_on_the_page_is_paid_days_later(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    page = _payment_page(stripe_world, customer_id, kinds=(MethodKind.card, MethodKind.sepa_debit))
    follow(page.url, token="pm_sepaDebit_success", action="pay")
    done = stripe_world.stripe.checkouts.get(page.id)
    assert (done.status, done.is_paid) == (CheckoutStatus.complete, False)
    stripe_world.pass_days(5.1)
    assert stripe_world.stripe.checkouts.get(page.id).is_paid


def test_a_page_expires_and_says_so(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    page = _payment_page(stripe_world, customer_id)
    stripe_world.pass_days(1.01)
    assert stripe_world.stripe.checkouts.get(page.id).status is CheckoutStatus.expired
    assert visit(page.url)[0] == 410
    soon = page.created_at + timedelta(days=2)
    other = _payment_page(stripe_world, customer_id, expires_at=soon, key="other")
    assert other.expires_at == soon
    assert stripe_world.stripe.checkouts.expire(other.id, key="e").status is CheckoutStatus.expired
    with pytest.raises(RequestRejected):
        stripe_world.stripe.checkouts.expire(other.id, key="again")


def test_methods_are_added_preferred_and_removed_in_the_portal(stripe_world: StripeWorld) -> None:
    customer_id, visa = stripe_world.customer("pm_card_visa")
    stripe = stripe_world.stripe
    portal = stripe.portals.create(customer_id=customer_id, return_url="https://ops.example.com", key="p")
    visit(portal.url, token="pm_card_mastercard", action="pay")
    mastercard, old = stripe.methods.list(customer_id)
    assert (mastercard.brand, old.id) == ("mastercard", visa)
    _, text, _ = visit(portal.url, method=mastercard.id, action="default")
    assert re.search(r"Mastercard •••• 4444, 08/2034</span><span[^>]*>Default", text)
    assert stripe.customers.get(customer_id).default_method_id == mastercard.id
    visit(portal.url, method=visa, action="remove")
    assert [each.id for each in stripe.methods.list(customer_id)] == [mastercard.id]
    _, other = stripe_world.customer("pm_card_visa")
    status, text, _ = visit(portal.url, method=other, action="remove")
    assert (status, "another customer" in text) == (402, True)
    stripe_world.pass_days(1 / 12)
    assert visit(portal.url)[0] == 404


def test_a_method_is_saved_on_a_page_without_a_payment(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    pages = {"success_url": "https://ops.example.com/ok", "cancel_url": "https://ops.example.com/no"}
    kinds = (MethodKind.card, MethodKind.us_bank_account)
    page = stripe_world.stripe.checkouts.create_setup(
        customer_id=customer_id, currency="USD", key="k", kinds=kinds, **pages
    )
    assert follow(page.url, token="pm_usBankAccount_success", action="pay") == pages["success_url"]
    [method] = stripe_world.stripe.methods.list(customer_id)
    assert (method.kind, method.brand, method.last4) == (
        MethodKind.us_bank_account,
        "STRIPE TEST BANK",
        "6789",
    )
    setup = stripe_world.stripe.setups.get(page.setup_id)
    assert (setup.status, setup.method_id) == (SetupStatus.succeeded, method.id)


def test_names_on_pages_are_never_markup(stripe_world: StripeWorld) -> None:
    customer = stripe_world.stripe.customers.create(name="<script>alert(1)</script>", email="", key="")
    page = _payment_page(stripe_world, customer.id, title="<b>bold</b>", cancel_url='https://x/"><script>')
    portal = stripe_world.stripe.portals.create(customer_id=customer.id, return_url="https://x", key="")
    for url in (page.url, portal.url):
        _, text, _ = visit(url)
        assert "<script>" not in text
        assert "<b>" not in text
