"""Refunds and disputes against our own Stripe."""

import pytest

from models.integrations.stripe import (
    DisputeStatus,
    MethodKind,
    RefundReason,
    RefundStatus,
    RequestRejected,
    VendorDispute,
)
from tests.fixtures.stripe import StripeWorld


def test_a_payment_is_refunded_in_parts_and_never_more_than_it_was(stripe_world: StripeWorld) -> None:
    stripe = stripe_world.stripe
    payment = stripe_world.charge(*stripe_world.customer("pm_card_visa"))
    part = stripe.refunds.create(
        payment_id=payment.id, amount_minor=500, key="r1", reason=RefundReason.duplicate
    )
    assert (part.status, part.amount_minor, part.reason) == (RefundStatus.succeeded, 500, "duplicate")
    assert part.idempotency_key == "r1"
    with pytest.raises(RequestRejected) as refused:
        stripe.refunds.create(payment_id=payment.id, amount_minor=1501, key="r2")
    assert refused.value.parameter == "amount"
    rest = stripe.refunds.create(payment_id=payment.id, key="r3")
    assert rest.amount_minor == 1500
    with pytest.raises(RequestRejected) as again:
        stripe.refunds.create(payment_id=payment.id, key="r4")
    assert again.value.vendor_code == "charge_already_refunded"
    assert stripe.payments.get(payment.id).refunded_minor == 2000
    assert stripe.refunds.list(payment_id=payment.id) == (rest, part)


def test_a_refund_is_pending_first_and_then_arrives(stripe_world: StripeWorld) -> None:
    payment = stripe_world.charge(*stripe_world.customer("pm_card_pendingRefund"))
    refund = stripe_world.stripe.refunds.create(payment_id=payment.id, key="r")
    assert refund.status is RefundStatus.pending
    stripe_world.pass_days(1.1)
    assert stripe_world.stripe.refunds.get(refund.id).status is RefundStatus.succeeded


def test_a_refund_comes_back_days_after_it_succeeded(stripe_world: StripeWorld) -> None:
    payment = stripe_world.charge(*stripe_world.customer("pm_card_refundFail"))
    refund = stripe_world.stripe.refunds.create(payment_id=payment.id, key="r")
    assert refund.status is RefundStatus.succeeded
    stripe_world.pass_days(3.1)
    failed = stripe_world.stripe.refunds.get(refund.id)
    assert (failed.status, failed.failure_reason) == (RefundStatus.failed, "expired_or_canceled_card")
    assert stripe_world.stripe.payments.get(payment.id).refunded_minor == 0


def test_what_did_not_succeed_is_not_refunded(stripe_world: StripeWorld) -> None:
    customer_id, *_ = stripe_world.customer()
    facts = {"kind": MethodKind.us_bank_account, "currency": "USD"}
    payment = stripe_world.charge(customer_id, "pm_usBankAccount_success", **facts)
    with pytest.raises(RequestRejected):
        stripe_world.stripe.refunds.create(payment_id=payment.id, key="r")


def _disputed(world: StripeWorld, card: str = "pm_card_createDispute") -> VendorDispute:
    payment = world.charge(*world.customer(card))
    [dispute] = world.stripe.disputes.list(payment_id=payment.id)
    assert world.stripe.disputes.get(dispute.id) == dispute
    return dispute


def test_a_dispute_takes_the_money_and_evidence_wins_it_back(stripe_world: StripeWorld) -> None:
    stripe = stripe_world.stripe
    dispute = _disputed(stripe_world)
    assert (dispute.status, dispute.reason) == (DisputeStatus.needs_response, "fraudulent")
    assert (dispute.amount_minor, dispute.currency) == (2000, "USD")
    assert dispute.evidence_due_at is not None
    assert stripe.payments.get(dispute.payment_id).is_disputed
    with pytest.raises(RequestRejected):
        stripe.refunds.create(payment_id=dispute.payment_id, key="r")

    evidence = {"product_description": "CRM seats"}
    draft = stripe.disputes.put_evidence(dispute.id, evidence=evidence, key="d1", is_final=False)
    assert (draft.status, draft.has_evidence) == (DisputeStatus.needs_response, True)
    won = stripe.disputes.put_evidence(
        dispute.id, evidence={"uncategorized_text": "winning_evidence"}, key="d2", is_final=True
    )
    assert (won.status, won.submission_count, won.evidence_due_at) == (DisputeStatus.won, 1, None)
    assert won.evidence["product_description"] == "CRM seats"
    with pytest.raises(RequestRejected):
        stripe.disputes.put_evidence(dispute.id, evidence=evidence, key="d3", is_final=False)


def test_a_dispute_is_lost_by_silence_by_giving_up_or_by_the_bank(stripe_world: StripeWorld) -> None:
    stripe = stripe_world.stripe
    silent, given_up, answered = (_disputed(stripe_world) for _ in range(3))
    assert stripe.disputes.accept(given_up.id, key="k").status is DisputeStatus.lost
    text = {"uncategorized_text": "Please believe us."}
    sent = stripe.disputes.put_evidence(answered.id, evidence=text, key="e", is_final=True)
    assert sent.status is DisputeStatus.under_review
    stripe_world.pass_days(9.1)
    assert stripe.disputes.get(silent.id).status is DisputeStatus.lost
    assert stripe.disputes.get(answered.id).status is DisputeStatus.under_review
    stripe_world.pass_days(60)
    assert stripe.disputes.get(answered.id).status is DisputeStatus.lost


def test_an_inquiry_takes_no_money(stripe_world: StripeWorld) -> None:
    dispute = _disputed(stripe_world, "pm_card_createDisputeInquiry")
    assert (dispute.status, dispute.is_charge_refundable) == (DisputeStatus.warning_needs_response, True)
    refund = stripe_world.stripe.refunds.create(payment_id=dispute.payment_id, key="r")
    assert refund.status is RefundStatus.succeeded
