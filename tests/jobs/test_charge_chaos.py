"""Faults at every step and a worker that is killed again and again: what Stripe charged is what we entered."""

import os
import random
import time
from collections import Counter

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models.payments import ChargeCause, open_account, request_charge, sync_methods
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR
from tests.fixtures.stripe import StripeWorld
from tests.jobs.conftest import World

# `make chaos` takes the whole of it; a part of it belongs to every run of the tests.
IS_WHOLE = bool(os.environ.get("CHAOS"))
CHARGES = 200 if IS_WHOLE else 60
KILLS = 20 if IS_WHOLE else 4
FAULTS = (
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "conflict",
    "rate_limit",
    "error_before",
    "error_after",
)
LIVE = "SELECT count(*) FROM charge WHERE status IN ('requested', 'sent', 'needs_action', 'processing')"


def _asked_for(world: World, stripe_world: StripeWorld) -> None:
    """Charges of differing amounts, some on a card that is declined."""
    with Session(world.engine) as session:
        for token in ("pm_card_visa", "pm_card_chargeCustomerFail"):
            vendor_id, _ = stripe_world.customer(token)
            tenant = make_tenant(session)
            open_account(session, ACTOR, tenant_id=tenant.id, vendor_id=vendor_id)
            found = stripe_world.stripe.methods.list(vendor_id)
            sync_methods(session, ACTOR, tenant_id=tenant.id, found=found)
            share = CHARGES * 9 // 10 if token == "pm_card_visa" else CHARGES // 10
            for number in range(share):
                invoice = make_invoice(session, tenant=tenant, total=1_000 + number)
                request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)
        session.commit()


@pytest.mark.parametrize("queue", ["postgres"], indirect=True)
def test_what_stripe_charged_is_what_we_entered(world: World, queue: str, stripe_world: StripeWorld) -> None:
    moments = random.Random(queue)
    world.environment |= {
        "STRIPE_API_BASE": stripe_world.address,
        "STRIPE_SECRET_KEY": "",
        "TEST_CHARGE_PAUSE": "0.4",
    }
    _asked_for(world, stripe_world)
    for number in range(KILLS):
        for fault in FAULTS:
            stripe_world.fail(fault, "* /v1/payment_intents*", skip=moments.randrange(6), seconds=1)
        before = world.ask(LIVE)
        world.start()
        # A kill counts when it meets work: wait for the first charge to end, then no longer than a moment.
        if before:
            world.until(f"work goes on after kill {number}", lambda: world.ask(LIVE) < before)  # noqa: B023
        time.sleep(moments.uniform(0, 0.1))
        world.kill()
    assert world.ask(LIVE) > 0, "the kills came too late to prove anything"
    stripe_world.tell("faults", method="DELETE")
    world.start()
    world.until("every charge has ended", lambda: world.ask(LIVE) == 0)

    at_stripe = Counter(
        (each.metadata["charge_id"], each.received_minor)
        for each in stripe_world.stripe.payments.list()
        if each.received_minor
    )
    with world.engine.connect() as connection:
        entered = Counter(
            (row.request_key.removeprefix("charge:"), row.amount_minor)
            for row in connection.execute(text("SELECT request_key, amount_minor FROM payment"))
        )
    assert entered == at_stripe
    assert set(at_stripe.values()) == {1}, "nobody was charged twice"
    assert len(at_stripe) == CHARGES * 9 // 10
    assert world.ask("SELECT count(*) FROM charge WHERE status = 'failed'") == CHARGES // 10
    assert world.ask("SELECT sum(amount_minor) FROM balance_entry") is None, "nothing came twice"
