"""Payment methods: from a test token or typed data, attached to a customer and detached for good."""

import hashlib
from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.bank import NeedsOwner, Refused, answer_saving
from jobs.sandbox.stripe.blanks import ADDRESS, BILLING_DETAILS
from jobs.sandbox.stripe.cards import BY_NUMBER, TestMethod, find_method, has_check_digit
from jobs.sandbox.stripe.currencies import TYPES
from jobs.sandbox.stripe.errors import ApiError, Declined, invalid, refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE, page
from jobs.sandbox.stripe.params import integer, keyed, record, text
from jobs.sandbox.stripe.store import Body

KIND = "payment_method"
BILLING = record(
    address=record(**{name: text() for name in ADDRESS}), email=text(), name=text(), phone=text()
)
CREATE = {
    **EXPAND,
    "billing_details": BILLING,
    "card": record(
        cvc=text(),
        exp_month=integer(is_required=True),
        exp_year=integer(is_required=True),
        number=text(is_required=True),
    ),
    "metadata": keyed(),
    "sepa_debit": record(iban=text(is_required=True)),
    "type": text(*TYPES, is_required=True),
    "us_bank_account": record(
        account_holder_type=text("company", "individual"),
        account_number=text(),
        account_type=text("checking", "savings"),
        routing_number=text(),
    ),
}
UPDATE = {
    **EXPAND,
    "billing_details": BILLING,
    "card": record(exp_month=integer(), exp_year=integer()),
    "metadata": keyed(),
}
ATTACH = {**EXPAND, "customer": text(is_required=True)}
LIST = {**PAGE, "customer": text(), "type": text(*TYPES)}
TEST_EXPIRY = (8, 2034)
TEST_ROUTING = "110000000"


def create(account: Account, params: dict[str, Any]) -> Body:
    """A method from what a payer would type; numbers that are no test numbers are refused."""
    kind = params["type"]
    facts = params.get(kind) or {}
    typed = facts.get("number") or facts.get("iban") or facts.get("account_number") or ""
    number = "".join(typed.split())
    found = BY_NUMBER.get(number)
    if found is None or found.kind != kind:
        raise _unknown_number(number, kind)
    expiry = (facts.get("exp_month", TEST_EXPIRY[0]), facts.get("exp_year", TEST_EXPIRY[1]))
    _ensure_expiry(account, kind, expiry)
    return _make(account, found, expiry, params.get("billing_details"), params.get("metadata"))


def from_token(account: Account, token: str, *, param: str = "payment_method") -> Body:
    """The method an id names; a test token makes a new one."""
    if found := find_method(token):
        return _make(account, found, TEST_EXPIRY, None, None)
    return account.get(KIND, token, param=param)


def retrieve(account: Account, _params: dict[str, Any], method_id: str) -> Body:
    """A method."""
    return account.get(KIND, method_id)


def update(account: Account, params: dict[str, Any], method_id: str) -> Body:
    """Change the expiry, the billing details or the metadata of an attached method."""
    method = account.get(KIND, method_id)
    if not method["customer"]:
        raise refused("You must save this PaymentMethod to a customer before you can update it.")
    method["card"] = (
        {**(method.get("card") or {}), **params["card"]} if "card" in params else method.get("card")
    )
    method["billing_details"] = {**method["billing_details"], **params.get("billing_details", {})}
    method["metadata"] = {**method["metadata"], **params.get("metadata", {})}
    account.emit("payment_method.updated", account.save(method))
    return method


def attach(account: Account, params: dict[str, Any], method_id: str) -> Body:
    """Save a method with a customer; the bank of a card that always refuses, refuses here."""
    method = from_token(account, method_id)
    account.get("customer", params["customer"], param="customer")
    answer = answer_saving(account, method, is_authenticated=False)
    if isinstance(answer, Refused):
        raise Declined(402, answer.error["type"], answer.message, **_without_message(answer.error))
    # Attaching alone asks for no 3-D Secure; the card is then not saved for charges without its owner.
    return keep(account, method, params["customer"], is_saved=not isinstance(answer, NeedsOwner))


def keep(account: Account, method: Body, customer_id: str, *, is_saved: bool) -> Body:
    """Attach a method; where `is_saved` its bank knows that it will be charged without its owner."""
    if method["customer"] not in {None, customer_id}:
        raise refused("The payment method you provided has already been attached to a customer.")
    if account.store.hidden(method["id"]).get("is_detached"):
        raise _used_up()
    if is_saved:
        account.store.hide(method["id"], {"is_saved": True})
    if method["customer"] is None:
        method["customer"] = customer_id
        account.emit("payment_method.attached", account.save(method))
    return method


def detach(account: Account, _params: dict[str, Any], method_id: str) -> Body:
    """Take a method from its customer; it can never be used again."""
    method = account.get(KIND, method_id)
    customer_id = method["customer"]
    if not customer_id:
        raise refused(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    customer = account.store.find("customer", customer_id)
    if customer and customer.get("invoice_settings", {}).get("default_payment_method") == method_id:
        customer["invoice_settings"]["default_payment_method"] = None
        account.emit("customer.updated", account.save(customer))
    method["customer"] = None
    account.save(method)
    account.store.hide(method_id, {"is_detached": True})
    account.emit("payment_method.detached", method, {"customer": customer_id})
    return method


def detach_all(account: Account, customer_id: str) -> None:
    """Take all methods from a customer who is being deleted."""
    while found := account.store.listed(KIND, {"customer": customer_id}, limit=100)[0]:
        for method in found:
            detach(account, {}, method["id"])


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Methods of a customer, newest first."""
    where = {"customer": params.get("customer"), "type": params.get("type")}
    return page(account, KIND, params, url="/v1/payment_methods", where=where)


def ensure_usable(account: Account, method: Body, customer_id: str | None) -> None:
    """Refuse a method that was detached, or that another customer owns."""
    if account.store.hidden(method["id"]).get("is_detached"):
        raise _used_up()
    if method["customer"] and method["customer"] != customer_id:
        raise refused(
            "The customer does not have a payment method with the ID "
            f"{method['id']}. The payment method must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )


def _make(
    account: Account,
    found: TestMethod,
    expiry: tuple[int, int],
    billing: dict[str, Any] | None,
    metadata: dict[str, str] | None,
) -> Body:
    method = account.make(
        KIND,
        type=found.kind,
        billing_details={**BILLING_DETAILS, **(billing or {})},
        metadata=metadata or {},
        **{found.kind: _details(found, expiry)},
    )
    account.store.hide(method["id"], {"token": found.token})
    return method


def _details(found: TestMethod, expiry: tuple[int, int]) -> Body:
    fingerprint = hashlib.sha256(found.number.encode()).hexdigest()[:16]
    if found.kind == "sepa_debit":
        return {
            "bank_code": found.brand,
            "branch_code": "",
            "country": found.country,
            "fingerprint": fingerprint,
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": found.number[-4:],
        }
    if found.kind == "us_bank_account":
        return {
            "account_holder_type": "company",
            "account_type": "checking",
            "bank_name": found.brand,
            "financial_connections_account": None,
            "fingerprint": fingerprint,
            "last4": found.number[-4:],
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": TEST_ROUTING,
            "status_details": {},
        }
    return {
        "brand": found.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": found.country,
        "display_brand": found.brand,
        "exp_month": expiry[0],
        "exp_year": expiry[1],
        "fingerprint": fingerprint,
        "funding": found.funding,
        "generated_from": None,
        "last4": found.number[-4:],
        "networks": {"available": [found.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _unknown_number(number: str, kind: str) -> ApiError:
    if kind == "card" and number.isdigit() and has_check_digit(number):
        return Declined(
            402,
            "card_error",
            "Your card was declined. Your request was in test mode, but used a non test card.",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    if kind == "card":
        return Declined(
            402, "card_error", "Your card number is incorrect.", code="incorrect_number", param="number"
        )
    name = "sepa_debit[iban]" if kind == "sepa_debit" else "us_bank_account[account_number]"
    return invalid(
        "The account number is not one of the test numbers.", code="invalid_bank_account_iban", param=name
    )


def _ensure_expiry(account: Account, kind: str, expiry: tuple[int, int]) -> None:
    if kind != "card":
        return
    month, year = expiry
    if not 1 <= month <= 12:  # noqa: PLR2004 -- months
        raise Declined(
            402,
            "card_error",
            "Your card's expiration month is invalid.",
            code="invalid_expiry_month",
            param="exp_month",
        )
    if (year, month) < account.month():
        raise Declined(
            402,
            "card_error",
            "Your card's expiration year is invalid.",
            code="invalid_expiry_year",
            param="exp_year",
        )


def _without_message(error: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in error.items() if name not in {"type", "message", "doc_url"}}


def _used_up() -> ApiError:
    return refused(
        "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
        "Customer, and may not be used again.",
        code="payment_method_unexpected_state",
    )
