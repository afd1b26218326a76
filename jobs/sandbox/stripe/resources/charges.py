"""Charges and what they move on the balance."""

from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.bank import Refused
from jobs.sandbox.stripe.cards import DAY
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import text
from jobs.sandbox.stripe.store import Body

KIND = "charge"
RETRIEVE = EXPAND
LIST = {**PAGE_BY_TIME, "customer": text(), "payment_intent": text()}
BALANCE_LIST = {**PAGE_BY_TIME, "source": text(), "type": text()}
AVAILABLE_AFTER = 2 * DAY
# What a charge costs: parts per million of the amount, a fixed part, and the most it may be. Round figures of
# Stripe's price list; the currency is always the charge's own, as if the account settled in it.
FEES = {"card": (29_000, 30, None), "sepa_debit": (0, 35, None), "us_bank_account": (8_000, 0, 500)}
MILLION = 1_000_000


def retrieve(account: Account, _params: dict[str, Any], charge_id: str) -> Body:
    """A charge."""
    return account.get(KIND, charge_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Charges, newest first."""
    where = {"customer": params.get("customer"), "payment_intent": params.get("payment_intent")}
    return page(account, KIND, params, url="/v1/charges", where=where)


def retrieve_balance(account: Account, _params: dict[str, Any], transaction_id: str) -> Body:
    """A movement on the balance."""
    return account.get("balance_transaction", transaction_id)


def list_balance(account: Account, params: dict[str, Any]) -> Body:
    """Movements on the balance, newest first."""
    where = {"source": params.get("source"), "type": params.get("type")}
    return page(account, "balance_transaction", params, url="/v1/balance_transactions", where=where)


def make(account: Account, intent: Body, method: Body, *, is_authenticated: bool) -> Body:
    """A charge of an intent on a method, not decided yet."""
    return account.make(
        KIND,
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_method_details(method, is_authenticated=is_authenticated),
        billing_details=method["billing_details"],
        receipt_email=intent["receipt_email"],
        statement_descriptor=intent["statement_descriptor"],
        status="pending",
    )


def succeed(account: Account, charge: Body) -> Body:
    """The money is there, less the fee."""
    kind = charge["payment_method_details"]["type"]
    moved = move(account, charge, charge["amount"], "charge", fee=_fee(kind, charge["amount"]))
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
        "balance_transaction": moved["id"],
        "receipt_url": f"{account.address}/receipts/{charge['id']}",
        "outcome": _outcome("authorized", "approved_by_network", "Payment complete."),
    }
    account.emit("charge.succeeded", account.save(charge))
    return charge


def fail(account: Account, charge: Body, answer: Refused) -> Body:
    """The bank said no."""
    outcome = _outcome(
        "issuer_declined", "declined_by_network", "The bank did not return any further details."
    )
    outcome |= {"reason": answer.decline_code or answer.code, "advice_code": answer.advice or None}
    charge |= {
        "status": "failed",
        "failure_code": answer.code,
        "failure_message": answer.message,
        "outcome": outcome,
    }
    account.emit("charge.failed", account.save(charge))
    return charge


def move(account: Account, subject: Body, amount: int, kind: str, *, fee: int = 0) -> Body:
    """A movement on the balance because of `subject`; below 0 where money leaves."""
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": subject["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return account.make(
        "balance_transaction",
        amount=amount,
        available_on=account.clock.now() + AVAILABLE_AFTER,
        currency=subject["currency"],
        description=subject.get("description"),
        fee=fee,
        fee_details=details if fee else [],
        net=amount - fee,
        reporting_category=kind,
        source=subject["id"],
        type=kind,
    )


def _fee(kind: str, amount: int) -> int:
    share, fixed, most = FEES[kind]
    fee = (amount * share + MILLION // 2) // MILLION + fixed
    return min(fee, amount if most is None else min(most, amount))


def _outcome(kind: str, status: str, message: str) -> Body:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": status,
        "reason": None,
        "risk_level": "normal",
        "seller_message": message,
        "type": kind,
    }


def _method_details(method: Body, *, is_authenticated: bool) -> Body:
    kind = method["type"]
    if kind != "card":
        return {"type": kind, kind: {**method[kind], "mandate": None}}
    card = method["card"]
    kept = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    details = {name: card[name] for name in kept}
    secure = {"authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0"}
    return {
        "type": kind,
        kind: {
            **details,
            "mandate": None,
            "network": card["brand"],
            "three_d_secure": secure if is_authenticated else None,
        },
    }
