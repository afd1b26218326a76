"""Disputes: opened by test cards, answered with evidence, decided by its words or by time."""

from typing import Any

from jobs.sandbox.stripe.account import Account, falls_due
from jobs.sandbox.stripe.blanks import BLANKS
from jobs.sandbox.stripe.cards import DAY
from jobs.sandbox.stripe.errors import refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import flag, keyed, record, text
from jobs.sandbox.stripe.resources import charges
from jobs.sandbox.stripe.resources.customers import merged
from jobs.sandbox.stripe.store import Body

KIND = "dispute"
EVIDENCE = [name for name in BLANKS[KIND]["evidence"] if name != "enhanced_evidence"]
UPDATE = {
    **EXPAND,
    "evidence": record(**{name: text() for name in EVIDENCE}),
    "metadata": keyed(),
    "submit": flag(),
}
LIST = {**PAGE_BY_TIME, "charge": text(), "payment_intent": text()}
ANSWER_WITHIN = 9 * DAY
DECIDED_AFTER = 60 * DAY
FEE = 1500
# What Stripe's test mode understands in `uncategorized_text`.
WINNING, LOSING = "winning_evidence", "losing_evidence"
NEEDS_RESPONSE = {"needs_response", "warning_needs_response"}
UNDER_REVIEW = {"under_review", "warning_under_review"}


def retrieve(account: Account, _params: dict[str, Any], dispute_id: str) -> Body:
    """A dispute."""
    return account.get(KIND, dispute_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Disputes, newest first."""
    where = {"charge": params.get("charge"), "payment_intent": params.get("payment_intent")}
    return page(account, KIND, params, url="/v1/disputes", where=where)


def update(account: Account, params: dict[str, Any], dispute_id: str) -> Body:
    """Stage evidence, and send it to the bank unless `submit` is false."""
    dispute = account.get(KIND, dispute_id)
    dispute["metadata"] = merged(dispute["metadata"], params.get("metadata", {}))
    if "evidence" in params:
        _ensure_answerable(account, dispute)
        dispute["evidence"] |= {name: value or None for name, value in params["evidence"].items()}
        dispute["evidence_details"]["has_evidence"] = any(
            value for value in dispute["evidence"].values() if isinstance(value, str)
        )
    if params.get("submit", True) and dispute["evidence_details"]["has_evidence"]:
        _ensure_answerable(account, dispute)
        return _submit(account, dispute)
    account.emit("charge.dispute.updated", account.save(dispute))
    return dispute


def close(account: Account, _params: dict[str, Any], dispute_id: str) -> Body:
    """Give up: lost for good."""
    dispute = account.get(KIND, dispute_id)
    if dispute["status"] not in NEEDS_RESPONSE:
        raise refused("This dispute is already closed.", code="dispute_already_closed")
    return _decide(account, dispute, is_won=False)


def open_dispute(account: Account, charge: Body, reason: str) -> Body:
    """The payer's bank takes the money back, or asks first where `reason` is an inquiry."""
    is_inquiry = reason == "inquiry"
    dispute = account.make(
        KIND,
        amount=charge["amount"],
        charge=charge["id"],
        currency=charge["currency"],
        is_charge_refundable=is_inquiry,
        payment_intent=charge["payment_intent"],
        payment_method_details=_method_details(charge, is_inquiry=is_inquiry),
        reason="general" if is_inquiry else reason,
        status="warning_needs_response" if is_inquiry else "needs_response",
    )
    dispute["evidence_details"]["due_by"] = account.clock.now() + ANSWER_WITHIN
    charge["disputed"] = not is_inquiry
    account.save(charge)
    account.emit("charge.dispute.created", account.save(dispute))
    if not is_inquiry:
        _withdraw(account, dispute)
    account.later(ANSWER_WITHIN + 1, miss_deadline.__name__, dispute)
    return dispute


@falls_due(KIND)
def miss_deadline(account: Account, dispute: Body) -> None:
    """Nobody answered the bank in time."""
    if dispute["status"] in NEEDS_RESPONSE:
        dispute["evidence_details"] |= {"past_due": True, "due_by": None}
        _decide(account, dispute, is_won=False)


@falls_due(KIND)
def decide_dispute(account: Account, dispute: Body) -> None:
    """The bank has read the evidence; without the words of a test it finds for the payer."""
    if dispute["status"] in UNDER_REVIEW:
        _decide(account, dispute, is_won=WINNING in (dispute["evidence"]["uncategorized_text"] or ""))


def _submit(account: Account, dispute: Body) -> Body:
    dispute["evidence_details"] |= {"submission_count": 1, "due_by": None}
    is_inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_under_review" if is_inquiry else "under_review"
    account.emit("charge.dispute.updated", account.save(dispute))
    said = dispute["evidence"]["uncategorized_text"] or ""
    if said in {WINNING, LOSING}:
        return _decide(account, dispute, is_won=said == WINNING)
    account.later(DECIDED_AFTER, decide_dispute.__name__, dispute)
    return dispute


def _decide(account: Account, dispute: Body, *, is_won: bool) -> Body:
    is_inquiry = dispute["status"].startswith("warning_")
    if is_inquiry:
        dispute |= {"status": "warning_closed", "is_charge_refundable": True}
    else:
        dispute["status"] = "won" if is_won else "lost"
        if is_won:
            moved = charges.move(account, dispute, dispute["amount"], "adjustment")
            dispute["balance_transactions"].append(moved)
            account.emit("charge.dispute.funds_reinstated", account.save(dispute))
    dispute["evidence_details"]["due_by"] = None
    account.emit("charge.dispute.closed", account.save(dispute))
    return dispute


def _withdraw(account: Account, dispute: Body) -> None:
    moved = charges.move(account, dispute, -dispute["amount"], "adjustment", fee=FEE)
    dispute["balance_transactions"].append(moved)
    account.emit("charge.dispute.funds_withdrawn", account.save(dispute))


def _method_details(charge: Body, *, is_inquiry: bool) -> Body:
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        return {"type": kind}
    brand = charge["payment_method_details"]["card"]["brand"]
    case = "inquiry" if is_inquiry else "chargeback"
    return {
        "type": "card",
        "card": {"brand": brand, "case_type": case, "network": brand, "network_reason_code": "10.4"},
    }


def _ensure_answerable(account: Account, dispute: Body) -> None:
    if dispute["status"] not in NEEDS_RESPONSE:
        raise refused(
            f"This dispute has the status {dispute['status']}; evidence can no longer be changed.",
            code="dispute_evidence_already_submitted",
            param="evidence",
        )
    if (due_by := dispute["evidence_details"]["due_by"]) and due_by < account.clock.now():
        raise refused("The deadline for evidence has passed.", param="evidence")
