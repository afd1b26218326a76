"""Refunds: at once, pending first, or failing days after they succeeded."""

from typing import Any

from jobs.sandbox.stripe.account import Account, falls_due
from jobs.sandbox.stripe.bank import bank_of
from jobs.sandbox.stripe.cards import DAY
from jobs.sandbox.stripe.errors import invalid, refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import integer, keyed, text
from jobs.sandbox.stripe.resources import charges
from jobs.sandbox.stripe.resources.customers import merged
from jobs.sandbox.stripe.store import Body

KIND = "refund"
CREATE = {
    **EXPAND,
    "amount": integer(minimum=1),
    "charge": text(),
    "metadata": keyed(),
    "payment_intent": text(),
    "reason": text("duplicate", "fraudulent", "requested_by_customer"),
}
UPDATE = {**EXPAND, "metadata": keyed()}
LIST = {**PAGE_BY_TIME, "charge": text(), "payment_intent": text()}
# How long a pending refund of a card or a debit takes, and after how long a failing one comes back.
CARD_PENDING, DEBIT_PENDING, COMES_BACK = DAY, 4 * DAY, 3 * DAY


def create(account: Account, params: dict[str, Any]) -> Body:
    """Give back an amount, else all that is left."""
    charge = _charge(account, params)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["refunded"] or not left:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["status"] != "succeeded":
        raise refused(
            f"Charge {charge['id']} has not succeeded and cannot be refunded.", code="charge_not_refundable"
        )
    if charge["disputed"]:
        raise refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    amount = params.get("amount", left)
    if amount > left:
        raise refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    return _make(account, charge, amount, params)


def update(account: Account, params: dict[str, Any], refund_id: str) -> Body:
    """Change the metadata."""
    refund = account.get(KIND, refund_id)
    refund["metadata"] = merged(refund["metadata"], params.get("metadata", {}))
    account.emit("refund.updated", account.save(refund))
    return refund


def retrieve(account: Account, _params: dict[str, Any], refund_id: str) -> Body:
    """A refund."""
    return account.get(KIND, refund_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Refunds, newest first."""
    where = {"charge": params.get("charge"), "payment_intent": params.get("payment_intent")}
    return page(account, KIND, params, url="/v1/refunds", where=where)


def cancel(account: Account, _params: dict[str, Any], refund_id: str) -> Body:
    """Stripe cancels only refunds that wait for the customer, and of ours none does."""
    refund = account.get(KIND, refund_id)
    raise refused(
        f"You cannot cancel this Refund because it has a status of {refund['status']}. Only a Refund with the "
        "following status may be canceled: requires_action.",
        code="refund_unexpected_state",
    )


@falls_due(KIND)
def settle_refund(account: Account, refund: Body) -> None:
    """A pending refund has arrived."""
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        account.emit("refund.updated", account.save(refund))


@falls_due(KIND)
def fail_refund(account: Account, refund: Body) -> None:
    """The customer's bank sent the money back."""
    charge = account.get("charge", refund["charge"])
    moved = charges.move(account, refund, refund["amount"], "refund_failure")
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": moved["id"],
    }
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    account.save(charge)
    account.emit("refund.failed", account.save(refund))
    account.emit("charge.refund.updated", refund)


def _make(account: Account, charge: Body, amount: int, params: dict[str, Any]) -> Body:
    method = account.get("payment_method", charge["payment_method"])
    way = bank_of(account, method).refund
    is_debit = method["type"] != "card"
    is_pending = is_debit or way == "pending"
    refund = account.make(
        KIND,
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details={"type": method["type"], method["type"]: {} if is_debit else {"type": "refund"}},
        metadata=merged({}, params.get("metadata", {})),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=params.get("reason"),
        status="pending" if is_pending else "succeeded",
    )
    refund["balance_transaction"] = charges.move(account, refund, -amount, "refund")["id"]
    account.save(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.emit("refund.created", refund)
    account.emit("charge.refunded", account.save(charge))
    if way == "fail":
        account.later(COMES_BACK, fail_refund.__name__, refund)
    elif is_pending:
        account.later(DEBIT_PENDING if is_debit else CARD_PENDING, settle_refund.__name__, refund)
    return refund


def _charge(account: Account, params: dict[str, Any]) -> Body:
    if charge_id := params.get("charge"):
        return account.get("charge", charge_id, param="charge")
    if not (intent_id := params.get("payment_intent")):
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
            param="payment_intent",
        )
    intent = account.get("payment_intent", intent_id, param="payment_intent")
    if not intent["latest_charge"] or intent["status"] != "succeeded":
        raise refused(
            f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return account.get("charge", intent["latest_charge"])
