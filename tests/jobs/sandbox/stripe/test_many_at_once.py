"""Several callers at once, faults on the way: every key is one charge."""

import random
from concurrent.futures import ThreadPoolExecutor

from models.integrations.stripe import Breaker, MethodKind, OutcomeUnknown, PaymentStatus, StripeUnavailable
from tests.fixtures.stripe import StripeWorld

CALLERS, KEYS = 4, 40
FAULTS = ("reset_before", "reset_after", "error_before", "conflict", "rate_limit")


def test_every_key_is_one_charge_whatever_goes_wrong(stripe_world: StripeWorld) -> None:
    customer_id, method_id = stripe_world.customer("pm_card_visa")
    # The breaker has a test of its own; here every caller keeps trying.
    stripe = stripe_world.client(breaker=Breaker(limit=1000, rest_seconds=1))
    plan = random.Random(7)
    for _ in range(30):
        stripe_world.fail(plan.choice(FAULTS), "POST /v1/payment_intents", skip=plan.randrange(4))

    def charge(number: int) -> None:
        for _ in range(60):
            try:
                stripe.payments.create(
                    customer_id=customer_id,
                    method_id=method_id,
                    kind=MethodKind.card,
                    amount_minor=1000 + number % KEYS,
                    currency="USD",
                    key=f"k{number % KEYS}",
                )
            except (OutcomeUnknown, StripeUnavailable):
                continue
            return
        raise AssertionError(number)

    # Each key is used by two callers, as when two people retry one invoice.
    with ThreadPoolExecutor(CALLERS) as pool:
        assert [*pool.map(charge, range(2 * KEYS))] == [None] * (2 * KEYS)

    paid = stripe_world.stripe.payments.list(customer_id=customer_id)
    assert sorted(each.idempotency_key for each in paid) == sorted(f"k{number}" for number in range(KEYS))
    assert {each.status for each in paid} == {PaymentStatus.succeeded}
    assert sum(each.received_minor for each in paid) == sum(1000 + number for number in range(KEYS))
