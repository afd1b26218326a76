"""Charging an invoice by hand: as previewed, once, and what stands in the way."""

import pytest
from sqlmodel import Session

from models.billing import InvoiceStatus
from models.kernel.errors import Conflict, Invalid
from models.payments import (
    ChargeCause,
    PaymentMethod,
    apply_payment_state,
    charge_invoice,
    get_collection,
    preview_charge,
    request_charge,
)
from models.payments.tables import MethodStatus
from tests.factories.accounts import anybody, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR, declined, give_methods
from tests.fixtures.clock import FrozenClock


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Days are counted from here."""


def test_an_invoice_is_charged_as_previewed_once(session: Session) -> None:
    tenant = make_tenant(session)
    default, backup = give_methods(session, tenant, 2)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    assert get_collection(session, anybody(), invoice.id).refusal == ""
    shown = preview_charge(session, anybody(), invoice_id=invoice.id)
    assert (shown.amount.minor, shown.left.minor, shown.method.id) == (10_000, 0, default.id)
    part = preview_charge(
        session, anybody(), invoice_id=invoice.id, payment_method_id=backup.id, amount="40.00"
    )
    assert (part.amount.minor, part.left.minor, part.takes_days) == (4_000, 6_000, False)
    what = {"invoice_id": invoice.id, "payment_method_id": backup.id, "request_key": "form"}
    with pytest.raises(Conflict, match="has changed since"):
        charge_invoice(session, anybody(), **what, amount="50.00", token=part.token)
    made = charge_invoice(session, anybody(), **what, amount="40.00", token=part.token)
    again = charge_invoice(session, anybody(), **what, amount="40.00", token=part.token)
    assert (made.id, made.amount_minor, made.payment_method_id) == (again.id, 4_000, backup.id)
    under_way = get_collection(session, anybody(), invoice.id)
    assert under_way.under_way is not None
    assert "collected already" in under_way.refusal
    with pytest.raises(Conflict, match="being collected"):
        preview_charge(session, anybody(), invoice_id=invoice.id)


def test_what_cannot_be_charged_says_why(session: Session) -> None:
    tenant = make_tenant(session)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    paid = make_invoice(session, tenant=tenant, status=InvoiceStatus.paid, total=10_000)
    assert "no method" in get_collection(session, anybody(), invoice.id).refusal
    assert "Nothing is due" in get_collection(session, anybody(), paid.id).refusal
    with pytest.raises(Conflict, match="Send a payment link"):
        preview_charge(session, anybody(), invoice_id=invoice.id)
    give_methods(session, tenant)
    stranger = give_methods(session, make_tenant(session))[0]
    for facts in ({"amount": "100.01"}, {"amount": "0"}, {"payment_method_id": stranger.id}):
        with pytest.raises(Invalid):
            preview_charge(session, anybody(), invoice_id=invoice.id, **facts)  # type: ignore[arg-type]


def test_the_newest_charge_says_what_the_customer_has_to_do(session: Session) -> None:
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    charge = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand)
    apply_payment_state(
        session, ACTOR, charge_id=charge.id, found=declined(charge, "authentication_required")
    )
    found = get_collection(session, anybody(), charge.invoice_id)
    assert found.needs_customer is not None
    assert found.needs_customer.sentence == "The bank wants the customer to confirm the payment."
    assert found.refusal == "", "a card that wants its owner's word is sound"
    method = session.get_one(PaymentMethod, charge.payment_method_id)
    assert method.status == MethodStatus.usable
