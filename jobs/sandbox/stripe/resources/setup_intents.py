"""Setup intents: a method on its way to be charged without its owner, and the mandates that debits need."""

from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.bank import NeedsOwner, Refused, answer_saving
from jobs.sandbox.stripe.currencies import TYPES
from jobs.sandbox.stripe.errors import refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import flag, keyed, record, text, texts
from jobs.sandbox.stripe.resources.customers import merged
from jobs.sandbox.stripe.resources.payment_intents import MANDATE_DATA, declined, next_action
from jobs.sandbox.stripe.resources.payment_methods import ensure_usable, from_token, keep
from jobs.sandbox.stripe.store import Body

KIND = "setup_intent"
CREATE = {
    **EXPAND,
    "allowed_payment_method_types": texts(),
    "automatic_payment_methods": record(enabled=flag(), allow_redirects=text("always", "never")),
    "confirm": flag(),
    "customer": text(),
    "description": text(),
    "mandate_data": MANDATE_DATA,
    "metadata": keyed(),
    "payment_method": text(),
    "return_url": text(),
    "usage": text("off_session", "on_session"),
}
CONFIRM = {**EXPAND, "mandate_data": MANDATE_DATA, "payment_method": text(), "return_url": text()}
CANCEL = {**EXPAND, "cancellation_reason": text("abandoned", "duplicate", "requested_by_customer")}
LIST = {**PAGE_BY_TIME, "customer": text(), "payment_method": text()}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
MANDATE_PAGE = "https://sandbox.invalid/mandate"


def create(account: Account, params: dict[str, Any]) -> Body:
    """A new setup, confirmed at once where `confirm` says so."""
    if customer_id := params.get("customer"):
        account.get("customer", customer_id, param="customer")
    allowed = params.get("allowed_payment_method_types")
    intent = account.make(
        KIND,
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=merged({}, params.get("metadata", {})),
        usage=params.get("usage", "off_session"),
        allowed_payment_method_types=allowed,
        automatic_payment_methods=params.get("automatic_payment_methods") if not allowed else None,
        payment_method_types=[kind for kind in TYPES if not allowed or kind in allowed],
        status="requires_payment_method",
    )
    if method_id := params.get("payment_method"):
        intent["payment_method"] = _usable(account, intent, method_id)["id"]
        intent["status"] = "requires_confirmation"
        account.save(intent)
    account.emit("setup_intent.created", intent)
    return _confirm(account, intent, params) if params.get("confirm") else intent


def retrieve(account: Account, _params: dict[str, Any], intent_id: str) -> Body:
    """A setup."""
    return account.get(KIND, intent_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Setups, newest first."""
    where = {"customer": params.get("customer"), "payment_method": params.get("payment_method")}
    return page(account, KIND, params, url="/v1/setup_intents", where=where)


def confirm(account: Account, params: dict[str, Any], intent_id: str) -> Body:
    """Try to save the method."""
    intent = account.get(KIND, intent_id)
    _ensure_open(intent, "confirm", "confirmed")
    if method_id := params.get("payment_method"):
        intent["payment_method"] = _usable(account, intent, method_id)["id"]
    return _confirm(account, intent, params)


def cancel(account: Account, params: dict[str, Any], intent_id: str) -> Body:
    """Give up for good."""
    intent = account.get(KIND, intent_id)
    _ensure_open(intent, "cancel", "canceled")
    intent |= {
        "status": "canceled",
        "cancellation_reason": params.get("cancellation_reason"),
        "next_action": None,
    }
    account.emit("setup_intent.canceled", account.save(intent))
    return intent


def retrieve_mandate(account: Account, _params: dict[str, Any], mandate_id: str) -> Body:
    """A payer's consent to debits."""
    return account.get("mandate", mandate_id)


def attempt(account: Account, intent: Body, *, is_authenticated: bool) -> Refused | None:
    """Ask the bank and carry out what it says; a refusal is returned, and stands on the intent."""
    method = account.get("payment_method", intent["payment_method"])
    answer = answer_saving(account, method, is_authenticated=is_authenticated)
    if isinstance(answer, NeedsOwner):
        return_url = account.store.hidden(intent["id"]).get("return_url", "")
        intent |= {"status": "requires_action", "next_action": next_action(account, intent, return_url)}
        account.emit("setup_intent.requires_action", account.save(intent))
        return None
    if isinstance(answer, Refused):
        fail(account, intent, answer)
        return answer
    if method["type"] != "card":
        intent["mandate"] = _make_mandate(account, method)["id"]
    if intent["customer"]:
        keep(account, method, intent["customer"], is_saved=intent["usage"] == "off_session")
    intent |= {"status": "succeeded", "last_setup_error": None, "next_action": None}
    account.emit("setup_intent.succeeded", account.save(intent))
    return None


def fail(account: Account, intent: Body, answer: Refused) -> None:
    """The setup wants another method; why stands on it."""
    method = account.store.find("payment_method", intent["payment_method"] or "")
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_setup_error": {**answer.error, "payment_method": method},
        "next_action": None,
    }
    account.emit("setup_intent.setup_failed", account.save(intent))


def authentication_failure() -> Refused:
    """The owner said no, or could not say yes, on the page of the bank."""
    return Refused(
        code="setup_intent_authentication_failure",
        decline_code="",
        advice="",
        message="The latest attempt to set up the payment method has failed because authentication failed.",
    )


def _confirm(account: Account, intent: Body, params: dict[str, Any]) -> Body:
    if not intent["payment_method"]:
        raise refused(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
            setup_intent=intent,
        )
    method = account.get("payment_method", intent["payment_method"])
    if method["type"] != "card" and not params.get("mandate_data"):
        raise refused(
            "You must provide `mandate_data` when confirming with this kind of payment method.",
            code="parameter_missing",
            param="mandate_data",
        )
    account.store.hide(
        intent["id"], {"return_url": params.get("return_url", ""), "mandate_data": params.get("mandate_data")}
    )
    account.store.hide(method["id"], {"mandate_data": params.get("mandate_data")})
    if answer := attempt(account, intent, is_authenticated=False):
        raise declined(answer, setup_intent=intent)
    return intent


def _make_mandate(account: Account, method: Body) -> Body:
    given = (account.store.hidden(method["id"]).get("mandate_data") or {}).get("customer_acceptance", {})
    online = given.get("online") or {"ip_address": "127.0.0.1", "user_agent": "hosted page"}
    details: Body = {"reference": method["id"][-8:].upper(), "url": MANDATE_PAGE}
    return account.make(
        "mandate",
        customer_acceptance={
            "accepted_at": given.get("accepted_at", account.clock.now()),
            "online": online,
            "type": "online",
        },
        payment_method=method["id"],
        payment_method_details={
            "type": method["type"],
            method["type"]: details if method["type"] == "sepa_debit" else {},
        },
    )


def _usable(account: Account, intent: Body, method_id: str) -> Body:
    method = from_token(account, method_id)
    ensure_usable(account, method, intent["customer"])
    if method["type"] not in intent["payment_method_types"]:
        raise refused(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this SetupIntent.",
            code="setup_intent_incompatible_payment_method",
            param="payment_method",
        )
    return method


def _ensure_open(intent: Body, verb: str, past: str) -> None:
    if intent["status"] not in OPEN:
        raise refused(
            f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}. Only a SetupIntent "
            f"with one of the following statuses may be {past}: {', '.join(OPEN)}.",
            code="setup_intent_unexpected_state",
            setup_intent=intent,
        )
