"""What Stripe tells us, in any order, twice, late or of others, ends as what stands at Stripe."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlmodel import select

from jobs.inbox import fetch_missed, work_inbox_once
from models.billing import Invoice, balance_of
from models.kernel import clock
from models.kernel.database import read_session, unit_of_work
from models.payments import (
    Charge,
    get_account_id,
)
from models.payments.tables import Dispute, PaymentMethod
from models.webhooks import store_messages
from models.webhooks.tables import InboundEvent
from tests.factories.payments import ACTOR
from tests.fixtures.stripe import StripeWorld
from tests.jobs.collection import (
    asked_charge,
    charge_without_hearing,
    open_invoice,
    payments_of,
    saved_customer,
    sent,
    stored,
)

pytestmark = pytest.mark.usefixtures("database")


def test_any_order_and_repetition_of_webhooks_ends_in_the_same_state(paying_world: StripeWorld) -> None:
    """Three events of one second, in all six orders, each twice."""
    tenant_id = saved_customer(paying_world, "pm_card_visa")
    for order in permutations(range(3)):
        invoice_id = open_invoice(tenant_id)
        charge = asked_charge(invoice_id)
        charge_without_hearing(paying_world, charge)
        events = [
            each
            for each in paying_world.stripe.events.list(created_since=clock.now() - timedelta(days=1))
            if each.kind in {"payment_intent.created", "payment_intent.succeeded", "charge.succeeded"}
        ][-3:]
        for position in (*order, *order):
            with unit_of_work() as session:
                store_messages(session, ACTOR, source="stripe", messages=[events[position]])
            work_inbox_once()
        assert (stored(Charge, charge).status, stored(Invoice, invoice_id).status) == ("succeeded", "paid")
    assert len(payments_of(paying_world)) == 6


def test_a_dispute_is_opened_on_the_invoice(paying_world: StripeWorld) -> None:
    charge_id = asked_charge(open_invoice(saved_customer(paying_world, "pm_card_createDispute")))
    sent(charge_id)
    fetch_missed()
    while work_inbox_once():
        pass
    with read_session() as session:
        dispute = session.exec(select(Dispute)).one()
        assert (dispute.charge_id, dispute.amount_minor, dispute.status) == (
            charge_id,
            10_000,
            "needs_response",
        )
        assert dispute.evidence_due_at is not None


def test_a_customer_deleted_at_stripe_and_events_of_others_are_told_in_words(
    paying_world: StripeWorld,
) -> None:
    tenant_id = saved_customer(paying_world, "pm_card_visa")
    stranger, card = paying_world.customer("pm_card_visa")
    paying_world.charge(stranger, card)
    with read_session() as session:
        vendor_id = get_account_id(session, ACTOR, tenant_id)
    paying_world.stripe.customers.delete(vendor_id)
    assert fetch_missed() > 0
    while work_inbox_once():
        pass
    assert fetch_missed() == 0, "what we know is not new"
    with read_session() as session:
        assert session.exec(select(PaymentMethod.status)).one() == "removed"
        found = {each.kind: each for each in session.exec(select(InboundEvent))}
    assert found["payment_intent.succeeded"].status == "ignored"
    assert found["customer.deleted"].outcome.startswith("The customer was deleted")
    assert {each.status for each in found.values()} <= {"done", "ignored"}


def test_stripe_away_is_tried_again(paying_world: StripeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant_id = saved_customer(paying_world, "pm_card_visa")
    charge_without_hearing(paying_world, asked_charge(open_invoice(tenant_id)))
    fetch_missed()
    monkeypatch.setattr("jobs.inbox.get_stripe", paying_world.client)
    paying_world.fail("error_before", "GET *", times=50)
    work_inbox_once()
    with read_session() as session:
        kinds = {
            each.status for each in session.exec(select(InboundEvent)) if each.object_type == "payment_intent"
        }
    assert kinds == {"retrying"}
    assert balance_of(session, tenant_id, "USD") == 0
