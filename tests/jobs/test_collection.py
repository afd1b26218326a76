"""From an issued invoice to money, over real HTTP to the Stripe sandbox, whatever goes wrong on the way."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from jobs import payments
from jobs.inbox import fetch_missed, work_inbox_once
from jobs.payments import look_after_charges, send_charge, sync_customer
from jobs.refunds import look_after_refunds, send_refund
from models.accounts import Tenant
from models.billing import Invoice, balance_of
from models.kernel import clock
from models.kernel.database import read_session, unit_of_work
from models.payments import (
    Charge,
    ChargeCause,
    RefundTransfer,
    begin_page,
    claim_charge,
    get_account_id,
    open_account,
    open_page,
    refund_charge,
    request_charge,
)
from models.payments.tables import Dispute, PaymentMethod
from models.webhooks import store_message
from models.webhooks.tables import InboundEvent
from tests.factories.accounts import anybody, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR
from tests.fixtures.configured import Configure
from tests.fixtures.hosted import follow
from tests.fixtures.stripe import StripeWorld

CREATE = "POST /v1/payment_intents"
BACK = "http://localhost/back"


@pytest.fixture
def world(stripe_world: StripeWorld, database: Engine, configure: Configure) -> StripeWorld:
    """The sandbox, which the settings name."""
    configure(STRIPE_API_BASE=stripe_world.address, STRIPE_SECRET_KEY="")
    return stripe_world


def _customer(world: StripeWorld, *tokens: str) -> UUID:
    """A customer of ours with these methods at Stripe, mirrored."""
    vendor_id, *_ = world.customer(*tokens)
    with unit_of_work() as session:
        tenant_id = make_tenant(session).id
        open_account(session, ACTOR, tenant_id=tenant_id, vendor_id=vendor_id)
    sync_customer(tenant_id)
    return tenant_id


def _invoice(tenant_id: UUID, total: int = 10_000) -> UUID:
    with unit_of_work() as session:
        return make_invoice(session, tenant=session.get_one(Tenant, tenant_id), total=total).id


def _charge(invoice_id: UUID, cause: ChargeCause = ChargeCause.rule) -> UUID:
    with unit_of_work() as session:
        return request_charge(session, ACTOR, invoice_id=invoice_id, cause=cause).id


def _send(charge_id: UUID) -> Charge:
    send_charge.call_local(str(charge_id))  # type: ignore[attr-defined]
    return _stored(Charge, charge_id)


def _stored(table: type[Any], identifier: UUID) -> Any:
    with read_session() as session:
        found = session.get_one(table, identifier)
        session.expunge(found)
        return found


def _payments(world: StripeWorld) -> list[Any]:
    return [each for each in world.stripe.payments.list() if each.received_minor]


def test_a_card_that_works_pays_the_invoice(world: StripeWorld) -> None:
    invoice_id = _invoice(_customer(world, "pm_card_visa"))
    charge = _send(_charge(invoice_id))
    assert (charge.status, charge.fee_minor is not None) == ("succeeded", True)
    assert _stored(Invoice, invoice_id).status == "paid"
    assert len(_payments(world)) == 1


@pytest.mark.parametrize(
    ("token", "decline_class", "method_status"),
    [
        ("pm_card_chargeCustomerFail", "try_later", "usable"),
        ("pm_card_authenticationRequired", "new_method", "usable"),
    ],
)
def test_a_refusal_says_what_to_do_next(
    world: StripeWorld, token: str, decline_class: str, method_status: str
) -> None:
    if token == "pm_card_authenticationRequired":
        tenant_id = _with_authenticated_card(world, token)
    else:
        tenant_id = _customer(world, token)
    invoice_id = _invoice(tenant_id)
    charge = _send(_charge(invoice_id))
    assert (charge.status, charge.decline_class) == ("failed", decline_class)
    assert charge.sentence.endswith(".")
    with read_session() as session:
        assert session.exec(select(PaymentMethod.status)).one() == method_status
    (made,) = world.stripe.payments.list()
    assert made.status == "cancelled", "nobody can confirm it behind our back"


def _with_authenticated_card(world: StripeWorld, token: str) -> UUID:
    vendor_id, *_ = world.customer()
    setup = world.stripe.setups.create(customer_id=vendor_id, method_id=token, return_url=BACK, key="s")
    follow(setup.next_action_url, action="complete")
    with unit_of_work() as session:
        tenant_id = make_tenant(session).id
        open_account(session, ACTOR, tenant_id=tenant_id, vendor_id=vendor_id)
    sync_customer(tenant_id)
    return tenant_id


@pytest.mark.parametrize(
    "fault",
    [
        "timeout_before",
        "timeout_after",
        "reset_before",
        "reset_after",
        "conflict",
        "rate_limit",
        "error_before",
        "error_after",
    ],
)
def test_whatever_the_network_does_it_is_charged_once(
    world: StripeWorld, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("jobs.payments.get_stripe", world.client)
    invoice_id = _invoice(_customer(world, "pm_card_visa"))
    world.fail(fault, CREATE)
    charge = _send(_charge(invoice_id))
    assert (charge.status, bool(charge.sentence)) == ("sent", True)
    world.tell("faults", method="DELETE")
    for minutes in (3, 10, 40, 70):
        with clock.pinned(clock.now() + timedelta(minutes=minutes)):
            charge = _send(charge.id)
    assert (charge.status, len(_payments(world))) == ("succeeded", 1)
    assert _stored(Invoice, invoice_id).status == "paid"


def test_the_customer_pays_on_stripes_page_with_3d_secure(world: StripeWorld) -> None:
    tenant_id = _customer(world)
    invoice_id = _invoice(tenant_id)
    with unit_of_work() as session:
        order = begin_page(session, ACTOR, invoice_id=invoice_id)
    made = world.stripe.checkouts.create_payment(
        customer_id=order.vendor_customer_id,
        title=order.number,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        reference=order.number,
        success_url=BACK,
        cancel_url=BACK,
        key=order.key,
        metadata=order.metadata,
        expires_at=order.until,
    )
    with unit_of_work() as session:
        open_page(session, ACTOR, charge_id=order.charge_id, found=made)
    with unit_of_work() as session:
        again = begin_page(session, ACTOR, invoice_id=invoice_id)
        assert (again.charge_id, again.url) == (order.charge_id, made.url)
    challenge = follow(made.url, token="pm_card_authenticationRequired")
    follow(challenge, action="complete")
    fetch_missed()
    while work_inbox_once():
        pass
    charge = _stored(Charge, order.charge_id)
    assert (charge.status, _stored(Invoice, invoice_id).status) == ("succeeded", "paid")
    assert charge.payment_method_id is not None, "the card it was paid with is known from now on"


def test_a_page_left_without_paying_frees_the_invoice(world: StripeWorld) -> None:
    tenant_id = _customer(world, "pm_card_visa")
    invoice_id = _invoice(tenant_id)
    with unit_of_work() as session:
        order = begin_page(session, ACTOR, invoice_id=invoice_id)
    made = world.stripe.checkouts.create_payment(
        customer_id=order.vendor_customer_id,
        title=order.number,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        reference=order.number,
        success_url=BACK,
        cancel_url=BACK,
        key=order.key,
        metadata=order.metadata,
        expires_at=order.until,
    )
    with unit_of_work() as session:
        open_page(session, ACTOR, charge_id=order.charge_id, found=made)
    world.pass_days(1)
    with clock.pinned(clock.now() + timedelta(days=1)):
        look_after_charges()
        assert _stored(Charge, order.charge_id).status == "cancelled"
        assert _send(_charge(invoice_id)).status == "succeeded"


def test_any_order_and_repetition_of_webhooks_ends_in_the_same_state(world: StripeWorld) -> None:
    """Three events of one second, in all six orders, each twice."""
    tenant_id = _customer(world, "pm_card_visa")
    for order in permutations(range(3)):
        invoice_id = _invoice(tenant_id)
        charge = _charge(invoice_id)
        _charge_without_hearing(world, charge)
        events = [
            each
            for each in world.stripe.events.list(created_since=clock.now() - timedelta(days=1))
            if each.kind in {"payment_intent.created", "payment_intent.succeeded", "charge.succeeded"}
        ][-3:]
        for position in (*order, *order):
            with unit_of_work() as session:
                store_message(session, ACTOR, source="stripe", message=events[position])
            work_inbox_once()
        assert (_stored(Charge, charge).status, _stored(Invoice, invoice_id).status) == ("succeeded", "paid")
    assert len(_payments(world)) == 6


def _charge_without_hearing(world: StripeWorld, charge_id: UUID) -> None:
    """The worker dies between Stripe's answer and our commit."""
    with unit_of_work() as session:
        order = claim_charge(session, ACTOR, charge_id=charge_id)
    assert order is not None
    payments._charge(order)


def test_money_goes_back_once_and_a_failed_refund_says_so(world: StripeWorld) -> None:
    charge_id = _charge(_invoice(_customer(world, "pm_card_visa")))
    _send(charge_id)
    with unit_of_work() as session:
        transfer_id = refund_charge(
            session, anybody(), charge_id=charge_id, amount="40", reason="asked for it", request_key="form"
        ).id
    for _ in range(2):
        send_refund.call_local(str(transfer_id))  # type: ignore[attr-defined]
    assert _stored(RefundTransfer, transfer_id).status == "succeeded"
    assert [each.amount_minor for each in world.stripe.refunds.list()] == [4_000]
    look_after_refunds()


def test_a_dispute_is_opened_on_the_invoice(world: StripeWorld) -> None:
    charge_id = _charge(_invoice(_customer(world, "pm_card_createDispute")))
    _send(charge_id)
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


def test_a_customer_deleted_at_stripe_and_events_of_others_are_told_in_words(world: StripeWorld) -> None:
    tenant_id = _customer(world, "pm_card_visa")
    stranger, card = world.customer("pm_card_visa")
    world.charge(stranger, card)
    with read_session() as session:
        vendor_id = get_account_id(session, ACTOR, tenant_id)
    world.stripe.customers.delete(vendor_id)
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


def test_stripe_away_is_tried_again(world: StripeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant_id = _customer(world, "pm_card_visa")
    _charge_without_hearing(world, _charge(_invoice(tenant_id)))
    fetch_missed()
    monkeypatch.setattr("jobs.inbox.get_stripe", world.client)
    world.fail("error_before", "GET *", times=50)
    work_inbox_once()
    with read_session() as session:
        kinds = {
            each.status for each in session.exec(select(InboundEvent)) if each.object_type == "payment_intent"
        }
    assert kinds == {"retrying"}
    assert balance_of(session, tenant_id, "USD") == 0
