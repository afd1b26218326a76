"""From an issued invoice to money, over real HTTP to the Stripe sandbox, whatever goes wrong on the way."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from jobs.inbox import fetch_missed, work_inbox_once
from jobs.payments import look_after_charges, sync_customer
from jobs.refunds import look_after_refunds, send_refund
from models.billing import Invoice
from models.kernel import clock
from models.kernel.database import read_session, unit_of_work
from models.payments import (
    Charge,
    RefundTransfer,
    begin_page,
    open_account,
    open_page,
    refund_charge,
)
from models.payments.tables import PaymentMethod
from tests.factories.accounts import anybody, make_tenant
from tests.factories.payments import ACTOR
from tests.fixtures.hosted import follow
from tests.fixtures.stripe import StripeWorld
from tests.jobs.collection import asked_charge, open_invoice, payments_of, saved_customer, sent, stored

CREATE = "POST /v1/payment_intents"
BACK = "http://localhost/back"


pytestmark = pytest.mark.usefixtures("database")


def test_a_card_that_works_pays_the_invoice(paying_world: StripeWorld) -> None:
    invoice_id = open_invoice(saved_customer(paying_world, "pm_card_visa"))
    charge = sent(asked_charge(invoice_id))
    assert (charge.status, charge.fee_minor is not None) == ("succeeded", True)
    assert stored(Invoice, invoice_id).status == "paid"
    assert len(payments_of(paying_world)) == 1


@pytest.mark.parametrize(
    ("token", "decline_class", "method_status"),
    [
        ("pm_card_chargeCustomerFail", "try_later", "usable"),
        ("pm_card_authenticationRequired", "new_method", "usable"),
    ],
)
def test_a_refusal_says_what_to_do_next(
    paying_world: StripeWorld, token: str, decline_class: str, method_status: str
) -> None:
    if token == "pm_card_authenticationRequired":
        tenant_id = _with_authenticated_card(paying_world, token)
    else:
        tenant_id = saved_customer(paying_world, token)
    invoice_id = open_invoice(tenant_id)
    charge = sent(asked_charge(invoice_id))
    assert (charge.status, charge.decline_class) == ("failed", decline_class)
    assert charge.sentence.endswith(".")
    with read_session() as session:
        assert session.exec(select(PaymentMethod.status)).one() == method_status
    (made,) = paying_world.stripe.payments.list()
    assert made.status == "cancelled", "nobody can confirm it behind our back"


def _with_authenticated_card(paying_world: StripeWorld, token: str) -> UUID:
    vendor_id, *_ = paying_world.customer()
    setup = paying_world.stripe.setups.create(
        customer_id=vendor_id, method_id=token, return_url=BACK, key="s"
    )
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
    paying_world: StripeWorld, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("jobs.payments.get_stripe", paying_world.client)
    invoice_id = open_invoice(saved_customer(paying_world, "pm_card_visa"))
    paying_world.fail(fault, CREATE)
    charge = sent(asked_charge(invoice_id))
    assert (charge.status, bool(charge.sentence)) == ("sent", True)
    paying_world.tell("faults", method="DELETE")
    for minutes in (3, 10, 40, 70):
        with clock.pinned(clock.now() + timedelta(minutes=minutes)):
            charge = sent(charge.id)
    assert (charge.status, len(payments_of(paying_world))) == ("succeeded", 1)
    assert stored(Invoice, invoice_id).status == "paid"


def test_the_customer_pays_on_stripes_page_with_3d_secure(paying_world: StripeWorld) -> None:
    tenant_id = saved_customer(paying_world)
    invoice_id = open_invoice(tenant_id)
    with unit_of_work() as session:
        order = begin_page(session, ACTOR, invoice_id=invoice_id)
    made = paying_world.stripe.checkouts.create_payment(
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
    charge = stored(Charge, order.charge_id)
    assert (charge.status, stored(Invoice, invoice_id).status) == ("succeeded", "paid")
    assert charge.payment_method_id is not None, "the card it was paid with is known from now on"


def test_a_page_left_without_paying_frees_the_invoice(paying_world: StripeWorld) -> None:
    tenant_id = saved_customer(paying_world, "pm_card_visa")
    invoice_id = open_invoice(tenant_id)
    with unit_of_work() as session:
        order = begin_page(session, ACTOR, invoice_id=invoice_id)
    made = paying_world.stripe.checkouts.create_payment(
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
    paying_world.pass_days(1)
    with clock.pinned(clock.now() + timedelta(days=1)):
        look_after_charges()
        assert stored(Charge, order.charge_id).status == "cancelled"
        assert sent(asked_charge(invoice_id)).status == "succeeded"


def test_money_goes_back_once_and_a_failed_refund_says_so(paying_world: StripeWorld) -> None:
    charge_id = asked_charge(open_invoice(saved_customer(paying_world, "pm_card_visa")))
    sent(charge_id)
    with unit_of_work() as session:
        transfer_id = refund_charge(
            session, anybody(), charge_id=charge_id, amount="40", reason="asked for it", request_key="form"
        ).id
    for _ in range(2):
        send_refund.call_local(str(transfer_id))  # type: ignore[attr-defined]
    assert stored(RefundTransfer, transfer_id).status == "succeeded"
    assert [each.amount_minor for each in paying_world.stripe.refunds.list()] == [4_000]
    look_after_refunds()
