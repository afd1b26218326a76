"""Checkout sessions and portal sessions: the links to hosted pages; `hosted` serves the pages themselves."""

from typing import Any

from jobs.sandbox.stripe.account import Account, falls_due, random_text
from jobs.sandbox.stripe.bank import bank_of
from jobs.sandbox.stripe.currencies import TYPES, compatible_types, ensure_amount
from jobs.sandbox.stripe.errors import invalid, refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import integer, keyed, record, records, required, text, texts
from jobs.sandbox.stripe.resources import payment_intents, setup_intents
from jobs.sandbox.stripe.resources.customers import merged
from jobs.sandbox.stripe.store import Body

KIND = "checkout.session"
PORTAL = "billing_portal.session"
CREATE = {
    **EXPAND,
    "allowed_payment_method_types": texts(),
    "cancel_url": text(),
    "client_reference_id": text(),
    "currency": text(),
    "customer": text(),
    "expires_at": integer(),
    "line_items": records(
        quantity=integer(minimum=1),
        price_data=required(
            record(
                currency=text(is_required=True),
                product_data=record(name=text(is_required=True), description=text()),
                unit_amount=integer(minimum=0),
            )
        ),
    ),
    "metadata": keyed(),
    "mode": text("payment", "setup", is_required=True),
    "payment_intent_data": record(
        description=text(), metadata=keyed(), setup_future_usage=text("off_session", "on_session")
    ),
    "setup_intent_data": record(description=text(), metadata=keyed()),
    "success_url": text(is_required=True),
}
LIST = {
    **PAGE_BY_TIME,
    "customer": text(),
    "payment_intent": text(),
    "status": text("complete", "expired", "open"),
}
CREATE_PORTAL = {**EXPAND, "customer": text(is_required=True), "return_url": text()}
HOUR = 3600
LONGEST, SHORTEST = 24 * HOUR, HOUR // 2
PORTAL_LASTS = HOUR


def create(account: Account, params: dict[str, Any]) -> Body:
    """A new page to pay or to save a method on."""
    if customer_id := params.get("customer"):
        account.get("customer", customer_id, param="customer")
    is_payment = params["mode"] == "payment"
    currency, total, title = _order(params) if is_payment else (params.get("currency", ""), None, "")
    if not is_payment and not currency and not params.get("allowed_payment_method_types"):
        raise invalid(
            "You must provide `currency` or `allowed_payment_method_types` in `setup` mode.",
            code="parameter_missing",
            param="currency",
        )
    allowed = params.get("allowed_payment_method_types")
    session = account.make(
        KIND,
        mode=params["mode"],
        customer=params.get("customer"),
        client_reference_id=params.get("client_reference_id"),
        currency=currency or None,
        amount_subtotal=total,
        amount_total=total,
        allowed_payment_method_types=allowed,
        payment_method_types=_types(allowed, currency),
        metadata=merged({}, params.get("metadata", {})),
        success_url=params["success_url"],
        cancel_url=params.get("cancel_url"),
        expires_at=_expiry(account, params),
        payment_status="unpaid" if is_payment else "no_payment_required",
    )
    session["url"] = f"{account.address}/pay/{session['id']}"
    if not is_payment:
        session["setup_intent"] = _setup(account, session, params)["id"]
    account.store.hide(
        account.save(session)["id"],
        {"title": title, "payment_intent_data": params.get("payment_intent_data", {})},
    )
    account.later_at(session["expires_at"], expire_unused.__name__, session)
    return session


def retrieve(account: Account, _params: dict[str, Any], session_id: str) -> Body:
    """A session."""
    return account.get(KIND, session_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Sessions, newest first."""
    where = {name: params.get(name) for name in ("customer", "payment_intent", "status")}
    return page(account, KIND, params, url="/v1/checkout/sessions", where=where)


def expire(account: Account, _params: dict[str, Any], session_id: str) -> Body:
    """Close a page that was not used."""
    session = account.get(KIND, session_id)
    if session["status"] != "open":
        raise refused(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status '
            f'of "{session["status"]}".'
        )
    return _close(account, session)


@falls_due(KIND)
def expire_unused(account: Account, session: Body) -> None:
    """Nobody used the page in time."""
    if session["status"] == "open":
        _close(account, session)


def create_portal(account: Account, params: dict[str, Any]) -> Body:
    """A link to the page on which a customer keeps the methods."""
    account.get("customer", params["customer"], param="customer")
    session = account.make(PORTAL, customer=params["customer"], return_url=params.get("return_url"))
    token = random_text(32)
    session["url"] = f"{account.address}/portal/{session['id']}/{token}"
    account.store.hide(
        account.save(session)["id"],
        {"token": token, "expires_at": account.clock.now() + PORTAL_LASTS},
    )
    return session


def start_payment(account: Account, session: Body, method_id: str) -> Body:
    """The intent that the page's payer is about to confirm; one for all tries on this page."""
    hidden = account.store.hidden(session["id"])
    data = hidden["payment_intent_data"]
    if session["payment_intent"]:
        return payment_intents.update(account, {"payment_method": method_id}, session["payment_intent"])
    intent = payment_intents.create(
        account,
        {
            "amount": session["amount_total"],
            "currency": session["currency"],
            "customer": session["customer"],
            "payment_method": method_id,
            "allowed_payment_method_types": session["payment_method_types"],
            **data,
        },
    )
    session["payment_intent"] = intent["id"]
    account.save(session)
    account.store.hide(intent["id"], {"checkout": session["id"]})
    return intent


def complete(account: Account, session: Body) -> None:
    """The payer is done; a debit is paid only days later."""
    session |= {"status": "complete", "url": None}
    if session["mode"] == "payment":
        intent = account.get("payment_intent", session["payment_intent"])
        is_paid = intent["status"] == "succeeded"
        session["payment_status"] = "paid" if is_paid else "unpaid"
        if not is_paid:
            method = account.get("payment_method", intent["payment_method"])
            account.later(bank_of(account, method).settles_in, settle_checkout.__name__, session)
    account.emit("checkout.session.completed", account.save(session))


@falls_due(KIND)
def settle_checkout(account: Account, session: Body) -> None:
    """The debit that was agreed to on the page has arrived, or has not."""
    intent = account.get("payment_intent", session["payment_intent"])
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        account.emit("checkout.session.async_payment_succeeded", account.save(session))
    else:
        account.emit("checkout.session.async_payment_failed", session)


def _close(account: Account, session: Body) -> Body:
    session |= {"status": "expired", "url": None}
    account.emit("checkout.session.expired", account.save(session))
    return session


def _order(params: dict[str, Any]) -> tuple[str, int, str]:
    items = params.get("line_items")
    if not items:
        raise invalid(
            "The `line_items` parameter is required in payment mode.",
            code="parameter_missing",
            param="line_items",
        )
    prices = [each["price_data"] for each in items]
    currencies = {price["currency"].lower() for price in prices}
    if len(currencies) > 1:
        raise refused("All line items must have the same currency.", param="line_items")
    total = sum(
        price.get("unit_amount", 0) * each.get("quantity", 1)
        for price, each in zip(prices, items, strict=True)
    )
    currency = currencies.pop()
    ensure_amount(total, currency)
    return currency, total, ", ".join(price["product_data"]["name"] for price in prices)


def _setup(account: Account, session: Body, params: dict[str, Any]) -> Body:
    intent = setup_intents.create(
        account,
        {
            "customer": session["customer"],
            "allowed_payment_method_types": session["payment_method_types"],
            **params.get("setup_intent_data", {}),
        },
    )
    account.store.hide(intent["id"], {"checkout": session["id"]})
    return intent


def _types(allowed: list[str] | None, currency: str) -> list[str]:
    if currency:
        return compatible_types(allowed, currency.lower())
    return [kind for kind in TYPES if not allowed or kind in allowed]


def _expiry(account: Account, params: dict[str, Any]) -> int:
    now = account.clock.now()
    expires_at: int = params.get("expires_at", now + LONGEST)
    if not now + SHORTEST <= expires_at <= now + LONGEST:
        raise refused(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
            "creation.",
            param="expires_at",
        )
    return expires_at
