"""Charges against our own Stripe, through the real SDK."""

import pytest

from jobs.sandbox.stripe import CARDS, FURTHER_DECLINES, TestMethod
from models.integrations.stripe import (
    AmountTooSmall,
    CardDeclined,
    MethodKind,
    MissingAtStripe,
    PaymentStatus,
    RequestRejected,
)
from tests.fixtures.stripe import StripeWorld

REFUSING = [card for card in CARDS if card.bank.declines and not card.bank.attaches]


def test_a_charge_succeeds_and_says_what_stripe_kept(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")

    paid = stripe_world.charge(customer_id, method_id, key="k1", metadata={"invoice": "INV-1"})

    assert paid.status is PaymentStatus.succeeded
    assert (paid.amount_minor, paid.received_minor, paid.currency) == (2000, 2000, "USD")
    assert (paid.fee_minor, paid.fee_currency) == (88, "USD")
    assert (paid.metadata, paid.idempotency_key) == ({"invoice": "INV-1"}, "k1")
    assert stripe_world.stripe.payments.get(paid.id) == paid
    assert stripe_world.stripe.payments.list(customer_id=customer_id) == (paid,)


@pytest.mark.parametrize("card", REFUSING, ids=lambda card: card.token)
def test_a_card_that_always_refuses_is_not_saved(stripe_world: StripeWorld, card: TestMethod) -> None:
    customer_id, *_ = stripe_world.customer()
    with pytest.raises(CardDeclined) as refused:
        stripe_world.stripe.setups.create(customer_id=customer_id, method_id=card.token, key="k")
    assert refused.value.decline.reason == card.bank.declines
    assert refused.value.setup is not None
    assert stripe_world.stripe.methods.list(customer_id) == ()


@pytest.mark.parametrize("card", REFUSING, ids=lambda card: card.token)
def test_each_test_card_is_declined_as_stripe_documents_it(
    stripe_world: StripeWorld, card: TestMethod
) -> None:
    customer_id, *_ = stripe_world.customer()
    with pytest.raises(CardDeclined) as refused:
        stripe_world.charge(customer_id, card.token)
    assert refused.value.decline.reason == card.bank.declines
    payment = refused.value.payment
    assert payment is not None
    assert payment.status is PaymentStatus.needs_method
    assert payment.decline == refused.value.decline
    assert payment.decline.charge_id == payment.charge_id != ""
    assert stripe_world.stripe.payments.get(payment.id).decline == refused.value.decline


@pytest.mark.parametrize("code", FURTHER_DECLINES)
def test_the_sandbox_has_a_card_for_every_further_code(stripe_world: StripeWorld, code: str) -> None:
    customer_id, method_id = stripe_world.customer(f"pm_sandbox_decline_{code}")
    with pytest.raises(CardDeclined) as refused:
        stripe_world.charge(customer_id, method_id)
    assert refused.value.decline.reason == code


def test_a_card_can_be_saved_and_fail_only_then(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_chargeCustomerFail")
    with pytest.raises(CardDeclined):
        stripe_world.charge(customer_id, method_id)


def test_a_card_fails_from_a_given_day_on(stripe_world: StripeWorld) -> None:
    stripe_world.tell("clock", now=1_798_761_600 - 3600)  # an hour before 1 January 2027
    customer_id, method_id = stripe_world.customer("pm_sandbox_fails_from_2027-01-01")
    assert stripe_world.charge(customer_id, method_id).status is PaymentStatus.succeeded
    stripe_world.pass_days(1 / 24)
    with pytest.raises(CardDeclined):
        stripe_world.charge(customer_id, method_id)


def test_a_card_fails_some_times_and_then_works(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_sandbox_fails_times_2")
    for _ in range(2):
        with pytest.raises(CardDeclined) as refused:
            stripe_world.charge(customer_id, method_id)
        assert refused.value.decline.advice == "try_again_later"
    assert stripe_world.charge(customer_id, method_id).status is PaymentStatus.succeeded


def test_a_failed_payment_is_tried_again_with_another_method(stripe_world: StripeWorld) -> None:
    customer_id, bad, good = stripe_world.customer("pm_card_chargeCustomerFail", "pm_card_visa")
    with pytest.raises(CardDeclined) as refused:
        stripe_world.charge(customer_id, bad)
    payment = refused.value.payment
    assert payment is not None
    paid = stripe_world.stripe.payments.confirm(payment.id, method_id=good, key="again")
    assert (paid.status, paid.decline) == (PaymentStatus.succeeded, None)
    assert paid.charge_id != payment.charge_id
    with pytest.raises(RequestRejected) as twice:
        stripe_world.stripe.payments.confirm(payment.id, method_id=good, key="once more")
    assert twice.value.vendor_code == "payment_intent_unexpected_state"
    with pytest.raises(RequestRejected):
        stripe_world.stripe.payments.cancel(payment.id, key="too late")


@pytest.mark.parametrize(
    ("currency", "least"), [("USD", 50), ("EUR", 50), ("GBP", 30), ("JPY", 50), ("CZK", 1500)]
)
def test_an_amount_below_the_currencys_least_is_refused(
    stripe_world: StripeWorld, currency: str, least: int
) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    with pytest.raises(AmountTooSmall):
        stripe_world.charge(customer_id, method_id, amount_minor=least - 1, currency=currency)
    paid = stripe_world.charge(customer_id, method_id, amount_minor=least, currency=currency)
    assert paid.received_minor == least


def test_what_was_deleted_at_stripe_is_missing(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    assert stripe_world.stripe.customers.delete(customer_id).is_deleted
    assert stripe_world.stripe.customers.get(customer_id).is_deleted
    with pytest.raises(MissingAtStripe) as refused:
        stripe_world.charge(customer_id, method_id)
    assert refused.value.parameter == "customer"
    with pytest.raises(MissingAtStripe):
        stripe_world.stripe.customers.update(customer_id, name="New", key="k")
    with pytest.raises(MissingAtStripe):
        stripe_world.stripe.payments.get("pi_of_somebody_else")


def test_a_detached_method_is_never_charged_again(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    stripe_world.stripe.customers.update(customer_id, default_method_id=method_id, key="")
    assert stripe_world.stripe.methods.detach(method_id, key="").customer_id == ""
    assert stripe_world.stripe.customers.get(customer_id).default_method_id == ""
    with pytest.raises(RequestRejected):
        stripe_world.charge(customer_id, method_id)


def test_another_customers_method_is_refused(stripe_world: StripeWorld) -> None:
    _, method_id = stripe_world.customer("pm_card_visa")
    other_id, *_ = stripe_world.customer()
    with pytest.raises(MissingAtStripe):
        stripe_world.charge(other_id, method_id)


def test_payments_are_listed_over_all_pages_from_an_instant_on(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    early = stripe_world.charge(customer_id, method_id)
    stripe_world.pass_days(1)
    late = [stripe_world.charge(customer_id, method_id) for _ in range(102)]
    since = late[0].created_at
    assert [each.id for each in stripe_world.stripe.payments.list(created_since=since)] == [
        each.id for each in reversed(late)
    ]
    assert len(stripe_world.stripe.payments.list()) == 103
    assert early.created_at < since


@pytest.mark.parametrize(
    ("token", "kind", "currency", "days"),
    [
        ("pm_sepaDebit_success", MethodKind.sepa_debit, "EUR", 5),
        ("pm_usBankAccount_success", MethodKind.us_bank_account, "USD", 4),
    ],
)
def test_a_debit_arrives_after_days(
    stripe_world: StripeWorld, token: str, kind: MethodKind, currency: str, days: int
) -> None:
    customer_id, *_ = stripe_world.customer()
    payment = stripe_world.charge(customer_id, token, kind=kind, currency=currency)
    assert (payment.status, payment.method_kind) == (PaymentStatus.processing, kind)
    with pytest.raises(RequestRejected):
        stripe_world.stripe.payments.cancel(payment.id, key="k")
    stripe_world.pass_days(days - 0.1)
    assert stripe_world.stripe.payments.get(payment.id).status is PaymentStatus.processing
    stripe_world.pass_days(0.2)
    paid = stripe_world.stripe.payments.get(payment.id)
    assert (paid.status, paid.received_minor) == (PaymentStatus.succeeded, 2000)
    assert paid.fee_minor is not None


def test_a_debit_fails_after_days_with_its_reason(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    facts = {"kind": MethodKind.us_bank_account, "currency": "USD"}
    payment = stripe_world.charge(customer_id, "pm_usBankAccount_accountClosed", **facts)
    stripe_world.pass_days(5)
    failed = stripe_world.stripe.payments.get(payment.id)
    assert failed.status is PaymentStatus.needs_method
    assert failed.decline is not None
    assert failed.decline.reason == "account_closed"


def test_a_debit_in_another_currency_is_refused(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    with pytest.raises(RequestRejected) as refused:
        stripe_world.charge(customer_id, "pm_sepaDebit_success", kind=MethodKind.sepa_debit, currency="USD")
    assert refused.value.vendor_code == "payment_intent_incompatible_payment_method"
