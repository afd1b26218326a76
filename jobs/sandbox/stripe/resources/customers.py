"""Customers."""

from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.blanks import ADDRESS
from jobs.sandbox.stripe.errors import missing
from jobs.sandbox.stripe.lists import EXPAND, PAGE, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import keyed, record, text, texts
from jobs.sandbox.stripe.resources.payment_methods import detach_all
from jobs.sandbox.stripe.store import Body

KIND = "customer"
FACTS = {
    **EXPAND,
    "address": record(**{name: text() for name in ADDRESS}),
    "description": text(),
    "email": text(),
    "invoice_settings": record(default_payment_method=text()),
    "metadata": keyed(),
    "name": text(),
    "phone": text(),
    "preferred_locales": texts(),
}
CREATE = {**FACTS, "payment_method": text()}
LIST = {**PAGE_BY_TIME, "email": text()}
LIST_METHODS = {**PAGE, "type": text()}


def create(account: Account, params: dict[str, Any]) -> Body:
    """A new customer, with a method where one is given."""
    method_id = params.pop("payment_method", "")
    customer = account.make(KIND, invoice_prefix="SANDBOX")
    _apply(account, customer, params)
    if method_id:
        method = account.get("payment_method", method_id, param="payment_method")
        account.save({**method, "customer": customer["id"]})
    account.emit("customer.created", customer)
    return customer


def update(account: Account, params: dict[str, Any], customer_id: str) -> Body:
    """Change what is given."""
    customer = _living(account, customer_id)
    before = dict(customer)
    _apply(account, customer, params)
    changed = {name: before[name] for name in customer if customer[name] != before[name]}
    account.emit("customer.updated", customer, changed)
    return customer


def retrieve(account: Account, _params: dict[str, Any], customer_id: str) -> Body:
    """A customer, or what is left of a deleted one."""
    return account.get(KIND, customer_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Customers, newest first."""
    return page(account, KIND, params, url="/v1/customers", where={"email": params.get("email")})


def delete(account: Account, _params: dict[str, Any], customer_id: str) -> Body:
    """Delete for good; the methods are detached."""
    customer = _living(account, customer_id)
    detach_all(account, customer_id)
    gone = account.save({"id": customer_id, "object": KIND, "deleted": True})
    account.emit("customer.deleted", customer)
    return gone


def list_methods(account: Account, params: dict[str, Any], customer_id: str) -> Body:
    """The customer's methods, newest first."""
    _living(account, customer_id)
    return page(
        account,
        "payment_method",
        params,
        url=f"/v1/customers/{customer_id}/payment_methods",
        where={"customer": customer_id, "type": params.get("type")},
    )


def _living(account: Account, customer_id: str) -> Body:
    customer = account.get(KIND, customer_id)
    if customer.get("deleted"):
        raise missing(KIND, customer_id)
    return customer


def _apply(account: Account, customer: Body, params: dict[str, Any]) -> None:
    facts = {name: value for name, value in params.items() if name != "expand"}
    settings = facts.pop("invoice_settings", {})
    metadata = facts.pop("metadata", {})
    if method_id := settings.get("default_payment_method"):
        account.get("payment_method", method_id, param="invoice_settings[default_payment_method]")
    customer |= {name: None if value == "" else value for name, value in facts.items()}
    customer["invoice_settings"] |= {name: value or None for name, value in settings.items()}
    customer["metadata"] = merged(customer["metadata"], metadata)
    account.save(customer)


def merged(known: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """Metadata with the given names set, and those given as "" removed."""
    return {name: value for name, value in {**known, **given}.items() if value != ""}
