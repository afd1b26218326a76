"""Payment intents: an amount to collect, and each attempt to collect it."""

from typing import Any

from jobs.sandbox.stripe.account import Account, falls_due
from jobs.sandbox.stripe.bank import NeedsOwner, Refused, answer_charge, bank_of
from jobs.sandbox.stripe.currencies import compatible_types, ensure_amount
from jobs.sandbox.stripe.errors import Declined, invalid, refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import flag, integer, keyed, record, required, text, texts
from jobs.sandbox.stripe.resources import charges, disputes
from jobs.sandbox.stripe.resources.customers import merged
from jobs.sandbox.stripe.resources.payment_methods import ensure_usable, from_token, keep
from jobs.sandbox.stripe.store import Body

KIND = "payment_intent"
FACTS = {
    **EXPAND,
    "description": text(),
    "metadata": keyed(),
    "payment_method": text(),
    "receipt_email": text(),
    "setup_future_usage": text("off_session", "on_session"),
    "statement_descriptor": text(),
}
MANDATE_DATA = record(
    customer_acceptance=required(
        record(
            type=text("offline", "online", is_required=True),
            accepted_at=integer(),
            online=record(ip_address=text(is_required=True), user_agent=text(is_required=True)),
        )
    )
)
CREATE = {
    **FACTS,
    "allowed_payment_method_types": texts(),
    "amount": integer(is_required=True),
    "automatic_payment_methods": record(enabled=flag(), allow_redirects=text("always", "never")),
    "confirm": flag(),
    "currency": text(is_required=True),
    "customer": text(),
    "mandate_data": MANDATE_DATA,
    "off_session": flag(),
    "return_url": text(),
}
UPDATE = {**FACTS, "amount": integer(), "customer": text()}
CONFIRM = {
    **EXPAND,
    "mandate_data": MANDATE_DATA,
    "off_session": flag(),
    "payment_method": text(),
    "receipt_email": text(),
    "return_url": text(),
    "setup_future_usage": text("off_session", "on_session"),
}
CANCEL = {
    **EXPAND,
    "cancellation_reason": text("abandoned", "duplicate", "fraudulent", "requested_by_customer"),
}
LIST = {**PAGE_BY_TIME, "customer": text()}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELLABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")


def create(account: Account, params: dict[str, Any]) -> Body:
    """A new intent, confirmed at once where `confirm` says so."""
    currency = params["currency"].lower()
    ensure_amount(params["amount"], currency)
    if params.get("off_session") and not params.get("confirm"):
        raise invalid(
            "off_session can only be used when confirming.", code="parameter_invalid", param="off_session"
        )
    if customer_id := params.get("customer"):
        account.get("customer", customer_id, param="customer")
    allowed = params.get("allowed_payment_method_types")
    intent = account.make(
        KIND,
        amount=params["amount"],
        currency=currency,
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=merged({}, params.get("metadata", {})),
        receipt_email=params.get("receipt_email"),
        setup_future_usage=params.get("setup_future_usage"),
        statement_descriptor=params.get("statement_descriptor"),
        allowed_payment_method_types=allowed,
        automatic_payment_methods=params.get("automatic_payment_methods") if not allowed else None,
        payment_method_types=compatible_types(allowed, currency),
        status="requires_payment_method",
    )
    if method_id := params.get("payment_method"):
        intent["payment_method"] = _usable(account, intent, method_id)["id"]
        intent["status"] = "requires_confirmation"
        account.save(intent)
    account.emit("payment_intent.created", intent)
    return _confirm(account, intent, params) if params.get("confirm") else intent


def update(account: Account, params: dict[str, Any], intent_id: str) -> Body:
    """Change an intent that is not decided."""
    intent = account.get(KIND, intent_id)
    _ensure_status(intent, OPEN, "update")
    if "amount" in params:
        ensure_amount(params["amount"], intent["currency"])
    if method_id := params.pop("payment_method", ""):
        intent["payment_method"] = _usable(account, intent, method_id)["id"]
        intent["status"] = "requires_confirmation"
    intent["metadata"] = merged(intent["metadata"], params.pop("metadata", {}))
    intent |= {name: value for name, value in params.items() if name != "expand"}
    return account.save(intent)


def retrieve(account: Account, _params: dict[str, Any], intent_id: str) -> Body:
    """An intent."""
    return account.get(KIND, intent_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Intents, newest first."""
    return page(account, KIND, params, url="/v1/payment_intents", where={"customer": params.get("customer")})


def confirm(account: Account, params: dict[str, Any], intent_id: str) -> Body:
    """Try to collect."""
    intent = account.get(KIND, intent_id)
    _ensure_status(intent, OPEN, "confirm")
    if method_id := params.get("payment_method"):
        intent["payment_method"] = _usable(account, intent, method_id)["id"]
    if usage := params.get("setup_future_usage"):
        intent["setup_future_usage"] = usage
    return _confirm(account, intent, params)


def cancel(account: Account, params: dict[str, Any], intent_id: str) -> Body:
    """Give up for good."""
    intent = account.get(KIND, intent_id)
    _ensure_status(intent, CANCELLABLE, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": account.clock.now(),
        "cancellation_reason": params.get("cancellation_reason"),
        "next_action": None,
    }
    account.emit("payment_intent.canceled", account.save(intent))
    return intent


def attempt(
    account: Account, intent: Body, *, is_off_session: bool, is_authenticated: bool
) -> Refused | None:
    """Ask the bank and carry out what it says; a refusal is returned, and stands on the intent."""
    method = account.get("payment_method", intent["payment_method"])
    answer = answer_charge(account, method, is_off_session=is_off_session, is_authenticated=is_authenticated)
    if isinstance(answer, NeedsOwner):
        return_url = account.store.hidden(intent["id"]).get("return_url", "")
        intent |= {"status": "requires_action", "next_action": next_action(account, intent, return_url)}
        account.emit("payment_intent.requires_action", account.save(intent))
        return None
    charge = charges.make(account, intent, method, is_authenticated=is_authenticated)
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if isinstance(answer, Refused):
        charges.fail(account, charge, answer)
        fail(account, intent, answer)
        return answer
    if intent["setup_future_usage"] == "off_session" and intent["customer"]:
        keep(account, method, intent["customer"], is_saved=True)
    if (seconds := bank_of(account, method).settles_in) > 0:
        intent |= {"status": "processing", "last_payment_error": None}
        account.emit("charge.pending", charge)
        account.emit("payment_intent.processing", account.save(intent))
        account.later(seconds, settle_debit.__name__, intent)
        return None
    _succeed(account, intent, charge, method)
    return None


@falls_due(KIND)
def settle_debit(account: Account, intent: Body) -> None:
    """A debit's bank has answered, days later."""
    if intent["status"] != "processing":
        return
    charge = account.get("charge", intent["latest_charge"])
    method = account.get("payment_method", intent["payment_method"])
    if code := bank_of(account, method).settles_as:
        answer = Refused(code=code, decline_code="", advice="", message="The bank returned the debit.")
        charges.fail(account, charge, answer)
        fail(account, intent, answer)
        return
    _succeed(account, intent, charge, method)


def fail(account: Account, intent: Body, answer: Refused) -> None:
    """The intent wants another method; why stands on it."""
    error = {**answer.error, "charge": intent["latest_charge"]}
    error["payment_method"] = account.store.find("payment_method", intent["payment_method"] or "")
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
        "next_action": None,
    }
    account.emit("payment_intent.payment_failed", account.save(intent))


def next_action(account: Account, intent: Body, return_url: str) -> Body:
    """Where the owner confirms: a page where there is a way back, else Stripe's script, which we have none of."""
    if not return_url:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    url = f"{account.address}/authenticate/{intent['id']}/{intent['client_secret']}"
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}


def authentication_failure() -> Refused:
    """The owner said no, or could not say yes, on the page of the bank."""
    return Refused(
        code="payment_intent_authentication_failure",
        decline_code="",
        advice="",
        message="The provided PaymentMethod has failed authentication. You can provide payment_method_data or a "
        "new PaymentMethod to attempt to fulfill this PaymentIntent again.",
    )


def _confirm(account: Account, intent: Body, params: dict[str, Any]) -> Body:
    if not intent["payment_method"]:
        raise refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    account.store.hide(intent["id"], {"return_url": params.get("return_url", "")})
    answer = attempt(account, intent, is_off_session=bool(params.get("off_session")), is_authenticated=False)
    if answer:
        raise declined(answer, payment_intent=intent)
    return intent


def declined(answer: Refused, **subject: Body) -> Declined:
    """The bank's answer as an error, with what it was about."""
    facts = {
        name: value for name, value in answer.error.items() if name not in {"type", "message", "doc_url"}
    }
    [about] = subject.values()
    error = about.get("last_payment_error") or about.get("last_setup_error") or {}
    facts |= {name: error[name] for name in ("charge", "payment_method") if error.get(name)}
    facts |= subject
    return Declined(402, "card_error", answer.message, **facts)


def _succeed(account: Account, intent: Body, charge: Body, method: Body) -> None:
    charges.succeed(account, charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "next_action": None,
    }
    account.emit("payment_intent.succeeded", account.save(intent))
    if reason := bank_of(account, method).dispute:
        disputes.open_dispute(account, charge, reason)


def _usable(account: Account, intent: Body, method_id: str) -> Body:
    method = from_token(account, method_id)
    ensure_usable(account, method, intent["customer"])
    if method["type"] not in intent["payment_method_types"]:
        raise refused(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please attach a "
            "PaymentMethod of one of the following types: " + ", ".join(intent["payment_method_types"]) + ".",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    return method


def _ensure_status(intent: Body, allowed: tuple[str, ...], verb: str) -> None:
    if intent["status"] in allowed:
        return
    past = {"cancel": "canceled", "confirm": "confirmed", "update": "updated"}[verb]
    raise refused(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
        f"with one of the following statuses may be {past}: {', '.join(allowed)}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )
