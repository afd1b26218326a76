"""Money goes back through its charge, with its credit note, never more than came."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from models.billing import CreditNote, Invoice
from models.integrations.stripe import PaymentStatus, RefundStatus, VendorRefund
from models.kernel.errors import Conflict, DomainError, Invalid
from models.kernel.events import Event
from models.payments import (
    Charge,
    ChargeCause,
    RefundTransfer,
    apply_payment_state,
    apply_refund_state,
    claim_refund,
    fail_refund,
    preview_refund,
    refund_charge,
    request_charge,
    retry_refund,
)
from tests.factories.accounts import anybody, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR, give_methods, vendor_payment
from tests.fixtures.clock import FrozenClock


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Leases are counted from here."""


@pytest.fixture
def charge(session: Session) -> Charge:
    """A charge that brought 100.00 USD."""
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    asked = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)
    found = vendor_payment(asked, PaymentStatus.succeeded)
    return apply_payment_state(session, ACTOR, charge_id=asked.id, found=found)


def _refund(session: Session, charge: Charge, amount: str, key: str = "form") -> RefundTransfer:
    return refund_charge(
        session, anybody(), charge_id=charge.id, amount=amount, reason="asked for it", request_key=key
    )


def _seen(transfer: RefundTransfer, status: RefundStatus, failure: str = "") -> VendorRefund:
    return VendorRefund(
        f"re_{transfer.id.hex[-6:]}",
        "pi_1",
        "ch_1",
        status,
        transfer.amount_minor,
        transfer.currency,
        "requested_by_customer",
        failure,
        {},
        f"refund-{transfer.id}",
        datetime(2026, 3, 17, tzinfo=UTC),
    )


def test_a_part_goes_back_with_its_credit_note(session: Session, charge: Charge) -> None:
    preview = preview_refund(session, anybody(), charge_id=charge.id, amount="33.34")
    assert (preview.amount.minor, preview.left.minor, preview.credit.total.minor) == (3_334, 10_000, 3_334)
    assert session.exec(select(CreditNote)).all() == []
    transfer = refund_charge(
        session,
        anybody(),
        charge_id=charge.id,
        amount="33.34",
        reason="asked for it",
        request_key="form",
        token=preview.token,
    )
    assert _refund(session, charge, "33.34") is transfer, "the same form is one refund"
    note = session.exec(select(CreditNote)).one()
    assert (note.total_minor, note.refunded_minor) == (3_334, 3_334)
    assert session.get_one(Invoice, charge.invoice_id).status == "paid"
    order = claim_refund(session, ACTOR, transfer_id=transfer.id)
    assert order is not None
    assert (order.key, order.amount.minor) == (f"refund-{transfer.id}", 3_334)
    assert claim_refund(session, ACTOR, transfer_id=transfer.id) is None
    for status in (RefundStatus.succeeded, RefundStatus.pending, RefundStatus.succeeded):
        apply_refund_state(session, ACTOR, transfer_id=transfer.id, found=_seen(transfer, status))
    assert transfer.status == "succeeded"
    names = [each.name for each in session.exec(select(Event)) if each.name.startswith("refund.")]
    assert sorted(names) == ["refund.recorded", "refund.requested", "refund.succeeded"]


def test_parts_add_up_to_the_charge_and_no_further(session: Session, charge: Charge) -> None:
    for number, part in enumerate(("33.33", "33.33", "33.34")):
        _refund(session, charge, part, key=f"form {number}")
    with pytest.raises(Invalid, match=r"at most the 0\.00 USD"):
        _refund(session, charge, "0.01", key="one more")
    assert sum(each.total_minor for each in session.exec(select(CreditNote))) == 10_000


@pytest.mark.parametrize("amount", ["0", "-1", "100.01", "1.001", "much"])
def test_another_amount_is_refused_and_nothing_is_made(session: Session, charge: Charge, amount: str) -> None:
    with pytest.raises(DomainError):
        _refund(session, charge, amount)
    assert session.exec(select(RefundTransfer)).all() == []


def test_an_equal_refund_of_today_is_pointed_out(session: Session, charge: Charge) -> None:
    assert preview_refund(session, anybody(), charge_id=charge.id, amount="20").repeats == ""
    _refund(session, charge, "20")
    assert "already" in preview_refund(session, anybody(), charge_id=charge.id, amount="20").repeats


def test_one_that_the_bank_sends_back_is_sent_again_under_a_new_key(session: Session, charge: Charge) -> None:
    transfer = _refund(session, charge, "100")
    apply_refund_state(session, ACTOR, transfer_id=transfer.id, found=_seen(transfer, RefundStatus.succeeded))
    with pytest.raises(Conflict, match="Only one that failed"):
        retry_refund(session, anybody(), transfer_id=transfer.id)
    failed = _seen(transfer, RefundStatus.failed, "lost_or_stolen_card")
    apply_refund_state(session, ACTOR, transfer_id=transfer.id, found=failed)
    assert (transfer.status, "lost_or_stolen_card" in transfer.sentence) == ("failed", True)
    apply_refund_state(session, ACTOR, transfer_id=transfer.id, found=_seen(transfer, RefundStatus.succeeded))
    assert transfer.status == "failed", "older news"
    again = retry_refund(session, anybody(), transfer_id=transfer.id)
    assert retry_refund(session, anybody(), transfer_id=transfer.id) is again
    order = claim_refund(session, ACTOR, transfer_id=again.id)
    assert order is not None
    assert order.key == f"refund-{again.id}"
    fail_refund(session, ACTOR, transfer_id=again.id, sentence="No.")
    assert again.status == "failed"


def test_a_charge_that_brought_nothing_gives_nothing_back(session: Session) -> None:
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    asked = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)
    with pytest.raises(Conflict, match="brought no money"):
        _refund(session, asked, "10")
