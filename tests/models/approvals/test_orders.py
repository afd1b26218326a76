"""What is asked for: exactly that is done, what has changed is not, and what fails stays open."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from models.approvals import (
    ApprovalRequest,
    BalanceOrder,
    ChargeRefundOrder,
    CreditOrder,
    OutOfDate,
    RequestStatus,
    VoidOrder,
    WriteOffOrder,
    approve_request,
    get_request,
    reject_request,
    renew_request,
)
from models.billing import (
    CreditWish,
    Invoice,
    InvoiceStatus,
    SettlementText,
    adjust_balance,
    balance_of,
    reissue_invoice,
    void_invoice,
)
from models.kernel import clock
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.events import Event
from models.kernel.money import Money
from models.limits import LimitedAction, change_limit
from models.payments import RefundTransfer, refund_charge
from tests.factories.accounts import anybody
from tests.factories.approvals import ABOVE, ask, ask_void, charged, make_person, names, pay, refused
from tests.factories.billing import lines_of, make_invoice


def credit_order(session: Session, invoice: Invoice, amount: str, **settlement: str) -> CreditOrder:
    """All on the first line."""
    return CreditOrder(
        invoice.id,
        CreditWish(amounts=((lines_of(session, invoice)[0].id, amount),)),
        SettlementText(**settlement),
        "The outage of May",
        new_id().hex,
    )


def test_what_has_changed_is_shown_and_not_done_until_it_is_asked_anew(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    invoice = make_invoice(session, total=3 * ABOVE)
    request = ask(session, felix, WriteOffOrder(invoice.id, "not_received", "Moved away"))
    assert request.reason == "Not received: Moved away"
    pay(session, invoice, "1000")
    detail = get_request(session, ada, request.id)
    assert not detail.standing.is_current
    (change,) = detail.standing.differences
    assert (change.label, change.was, change.now) == (
        "Due",
        Money(3 * ABOVE, "USD"),
        Money(3 * ABOVE - 100_000, "USD"),
    )
    with pytest.raises(OutOfDate) as caught:
        approve_request(session, ada, request_id=request.id, token=request.token)
    assert "was 30,000.03 USD, now 29,000.03 USD" in caught.value.sentence
    old = request.token
    refused("approval.not_your_request", renew_request, session, ada, request_id=request.id)
    renew_request(session, felix, request_id=request.id)
    assert request.amount_minor == 3 * ABOVE - 100_000
    refused("approval.asked_anew", approve_request, session, ada, request_id=request.id, token=old)
    assert approve_request(session, ada, request_id=request.id, token=request.token).is_done
    session.refresh(invoice)
    assert invoice.status == InvoiceStatus.uncollectible


def test_what_cannot_be_carried_out_stays_open_with_the_refusal(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    invoice = make_invoice(session, total=ABOVE)
    request = ask_void(session, felix, invoice)
    pay(session, invoice, "1000")
    decision = approve_request(session, ada, request_id=request.id)
    assert not decision.is_done
    assert request.status == RequestStatus.waiting
    assert request.error == decision.error != ""
    assert names(session)[-1] == "approval.failed"
    assert get_request(session, ada, request.id).standing.refusal == decision.error
    reject_request(session, ada, request_id=request.id, reason="No longer possible")
    assert (request.status, request.error) == (RequestStatus.rejected, "")


def test_what_could_not_be_done_is_refused_when_it_is_asked_for(session: Session) -> None:
    felix = make_person(session)
    invoice = make_invoice(session, total=ABOVE)
    refused("write_off.unknown_reason", ask, session, felix, WriteOffOrder(invoice.id, "because"))
    refused("reason.missing", ask, session, felix, VoidOrder(invoice.id, " "))
    refused("approval.not_needed", ask_void, session, felix, make_invoice(session, total=ABOVE - 1))
    paid = make_invoice(session, total=ABOVE, status=InvoiceStatus.paid)
    refused("invoice.has_payments", ask_void, session, felix, paid)
    refused("credit_note.not_settled", ask, session, felix, credit_order(session, paid, "10000.01"))
    viewer = make_person(session, "viewer")
    with pytest.raises(MissingPermission):
        ask_void(session, viewer, invoice)
    assert names(session) == []
    assert session.exec(select(ApprovalRequest)).all() == []


def test_a_credit_with_a_refund_is_a_refund_and_issued_once(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    invoice = make_invoice(session, total=3 * ABOVE, status=InvoiceStatus.paid)
    part = credit_order(session, invoice, "20000", refund="15000", to_balance="5000", channel="bank_transfer")
    request = ask(session, felix, part)
    assert (request.kind, request.amount_minor) == (LimitedAction.refund, 2_000_000)
    facts = {each.label: (each.before, each.after) for each in get_request(session, ada, request.id).facts}
    assert facts["Refunded"] == (None, Money(1_500_000, "USD"))
    assert facts["1. Subscription"] == (Money(3 * ABOVE, "USD"), Money(3 * ABOVE - 2_000_000, "USD"))
    assert approve_request(session, ada, request_id=request.id).is_done
    session.refresh(invoice)
    assert invoice.credited_minor == 2_000_000
    issued = session.exec(select(Event).where(Event.name == "credit_note.issued")).one()
    assert issued.on_behalf_of == "Felix Okafor"


def test_a_limit_raised_meanwhile_does_not_decide_by_itself(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    request = ask_void(session, felix)
    change_limit(
        session, anybody(), action="void", currency="*", amount="50000", expires_hours="", reason="x"
    )
    detail = get_request(session, ada, request.id)
    assert (detail.policy.limit, detail.policy.counted) == (Money(1_000_000, "USD"), Money(ABOVE, "USD"))
    refused("approval.not_needed", renew_request, session, felix, request_id=request.id)
    assert approve_request(session, ada, request_id=request.id).is_done


def test_money_outside_a_request_is_not_moved_by_its_mandate(session: Session) -> None:
    """What is approved is one order; the same actor alone is refused the next moment."""
    felix, ada = make_person(session), make_person(session, "admin")
    request = ask_void(session, felix)
    approve_request(session, ada, request_id=request.id)
    another = make_invoice(session, total=ABOVE)
    refused("approval.needed", void_invoice, session, ada, invoice_id=another.id, reason="x")
    adjust_balance(session, ada, tenant_id=another.tenant_id, amount="5", currency="USD", reason="x")


def test_balance_given_by_hand_counts_for_a_day_and_is_approved_like_a_credit(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    tenant = make_invoice(session).tenant_id

    def give(amount: str) -> None:
        adjust_balance(session, felix, tenant_id=tenant, amount=amount, currency="USD", reason="Sorry")

    give("6000")
    refused("approval.needed", give, "4000.01")
    request = ask(session, felix, BalanceOrder(tenant, "4000.01", "USD", "Sorry again"))
    detail = get_request(session, ada, request.id)
    assert (detail.policy.counted.minor, detail.row.amount_minor) == (ABOVE, 400_001)
    assert approve_request(session, ada, request_id=request.id).is_done
    assert balance_of(session, tenant, "USD") == ABOVE
    give("-10000.01")
    with clock.pinned(clock.now() + timedelta(hours=25)):
        give("10000")


def test_a_refund_through_its_charge_is_asked_for_and_sent_once_approved(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    charge = charged(session, 3 * ABOVE)
    facts = {"charge_id": charge.id, "amount": "15000", "reason": "Outage", "request_key": "form"}
    refused("approval.needed", refund_charge, session, felix, **facts)
    request = ask(session, felix, ChargeRefundOrder(**facts))
    assert (request.kind, request.subject_id) == (LimitedAction.refund, charge.invoice_id)
    assert session.exec(select(RefundTransfer)).all() == [], "the rehearsal sent nothing"
    assert approve_request(session, ada, request_id=request.id, token=request.token).is_done
    transfer = session.exec(select(RefundTransfer)).one()
    assert (transfer.amount_minor, transfer.status) == (1_500_000, "requested")
    assert "refund.requested" in names(session)


def test_voiding_with_a_draft_in_its_place_is_one_order(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    invoice = make_invoice(session, total=ABOVE)
    refused("approval.needed", reissue_invoice, session, felix, invoice_id=invoice.id, reason="x")
    request = ask(session, felix, VoidOrder(invoice.id, "Wrong address", is_reissued=True))
    labels = [each.label for each in get_request(session, ada, request.id).facts]
    assert labels[-1] == "Draft in its place"
    assert approve_request(session, ada, request_id=request.id).is_done
    session.refresh(invoice)
    draft = session.exec(select(Invoice).where(Invoice.replaces_id == invoice.id)).one()
    assert (invoice.status, draft.status, draft.total_minor) == ("void", "draft", ABOVE)
