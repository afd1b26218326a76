"""What happens on the hosted pages: a payer pays, confirms with the bank, or keeps the saved methods."""

import hmac
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.currencies import TYPES
from jobs.sandbox.stripe.errors import ApiError, refused
from jobs.sandbox.stripe.hosted import looks
from jobs.sandbox.stripe.http import Request, Response, as_page, redirect
from jobs.sandbox.stripe.resources import checkout, customers, payment_intents, payment_methods, setup_intents
from jobs.sandbox.stripe.store import Body

Fields = dict[str, str]
CENTURY = 2000
MANDATE = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "127.0.0.1", "user_agent": "hosted page"},
    }
}


class Pages:
    """The hosted pages of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._answers: dict[str, Callable[..., Response]] = {
            "pay": self._pay,
            "authenticate": self._authenticate,
            "portal": self._portal,
            "receipts": self._receipt,
        }

    def answer(self, request: Request) -> Response:
        """The page of an address, or what its form does."""
        _, name, *rest = request.path.split("/")
        fields = dict(parse_qsl(request.body)) if request.method == "POST" else {}
        try:
            with self._account.store.transaction():
                self._account.run_due()
                return self._answers[name](fields, *rest)
        except (ApiError, KeyError, TypeError):
            text = "<h1>There is no such page, or it can no longer be used.</h1>"
            return as_page(looks.frame("Not found", text), 404)

    def _pay(self, fields: Fields, session_id: str, step: str = "") -> Response:
        account = self._account
        session = account.get(checkout.KIND, session_id)
        if session["status"] != "open":
            return self._closed(session)
        intent = self._intent(session)
        if step == "return":
            return self._finished(session) or self._ask(session, _complaint(intent))
        if not fields:
            return self._ask(session, "")
        try:
            with_method = self._method(fields)
            confirmed = self._confirm(session, with_method["id"])
        except ApiError as error:
            return self._ask(session, str(error))
        if action := confirmed.get("next_action"):
            return redirect(action["redirect_to_url"]["url"])
        return self._finished(account.get(checkout.KIND, session_id)) or self._ask(session, "")

    def _confirm(self, session: Body, method_id: str) -> Body:
        return_url = f"{self._account.address}/pay/{session['id']}/return"
        facts: dict[str, Any] = {"return_url": return_url, "mandate_data": MANDATE}
        if session["mode"] == "payment":
            intent = checkout.start_payment(self._account, session, method_id)
            return payment_intents.confirm(self._account, facts, intent["id"])
        facts["payment_method"] = method_id
        return setup_intents.confirm(self._account, facts, session["setup_intent"])

    def _finished(self, session: Body) -> Response | None:
        """The way on, once the payment or the setup has gone through."""
        intent = self._intent(session)
        if intent is None or intent["status"] not in {"succeeded", "processing"}:
            return None
        checkout.complete(self._account, session)
        return self._closed(session)

    def _closed(self, session: Body) -> Response:
        if session["status"] == "complete":
            return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
        link = looks.back(session["cancel_url"], "Go back")
        return as_page(looks.frame("Expired", f"<h1>This page has expired.</h1>{link}"), 410)

    def _ask(self, session: Body, message: str) -> Response:
        is_payment = session["mode"] == "payment"
        title = self._account.store.hidden(session["id"])["title"] if is_payment else "Save a way to pay"
        amount = looks.amount_words(session["amount_total"], session["currency"]) if is_payment else ""
        content = (
            looks.heading(title, amount)
            + looks.complaint(message)
            + looks.method_form(session["payment_method_types"], "Pay" if is_payment else "Save")
            + looks.back(session["cancel_url"], "Cancel and go back")
        )
        return as_page(looks.frame(title, content), 402 if message else 200)

    def _authenticate(self, fields: Fields, intent_id: str, secret: str) -> Response:
        is_payment = intent_id.startswith("pi_")
        kind = payment_intents.KIND if is_payment else setup_intents.KIND
        intent = self._account.get(kind, intent_id)
        if not hmac.compare_digest(intent["client_secret"], secret):
            raise refused("This is not the intent's page.")
        return_url = self._account.store.hidden(intent_id).get("return_url", "")
        if intent["status"] == "requires_action" and not fields:
            return as_page(looks.frame("3-D Secure", _challenge(intent, is_payment=is_payment)))
        if intent["status"] == "requires_action":
            _decide(
                self._account, intent, is_payment=is_payment, is_confirmed=fields.get("action") == "complete"
            )
        status = "failed" if intent["status"] == "requires_payment_method" else "succeeded"
        name = "payment_intent" if is_payment else "setup_intent"
        query = urlencode({name: intent_id, f"{name}_client_secret": secret, "redirect_status": status})
        return redirect(f"{return_url}{'&' if '?' in return_url else '?'}{query}")

    def _portal(self, fields: Fields, session_id: str, token: str) -> Response:
        account = self._account
        session = account.get(checkout.PORTAL, session_id)
        hidden = account.store.hidden(session_id)
        if not hmac.compare_digest(hidden["token"], token) or hidden["expires_at"] < account.clock.now():
            raise refused("This link has expired.")
        customer_id, message = session["customer"], ""
        if fields:
            try:
                self._keep(fields, customer_id)
            except ApiError as error:
                message = str(error)
        customer = account.get("customer", customer_id)
        methods = customers.list_methods(account, {"limit": 100}, customer_id)["data"]
        default = customer["invoice_settings"]["default_payment_method"]
        rows = "".join(_row(method, is_default=method["id"] == default) for method in methods)
        content = (
            looks.heading(customer["name"] or customer["email"] or customer_id, "Ways to pay")
            + looks.complaint(message)
            + (f"<ul>{rows}</ul>" if rows else "<p>Nothing is saved yet.</p>")
            + looks.method_form(TYPES, "Add")
            + looks.back(session["return_url"], "Go back")
        )
        return as_page(looks.frame("Ways to pay", content), 402 if message else 200)

    def _keep(self, fields: Fields, customer_id: str) -> None:
        account = self._account
        method_id = fields.get("method", "")
        if fields.get("action") == "pay":
            method = self._method(fields)
            account.store.hide(method["id"], {"mandate_data": MANDATE})
            intent = {"customer": customer_id, "payment_method": method["id"], "confirm": True}
            setup_intents.create(account, {**intent, "mandate_data": MANDATE})
            return
        if account.get("payment_method", method_id)["customer"] != customer_id:
            raise refused("This is another customer's.")
        if fields.get("action") == "remove":
            payment_methods.detach(account, {}, method_id)
        else:
            settings = {"invoice_settings": {"default_payment_method": method_id}}
            customers.update(account, settings, customer_id)

    def _receipt(self, _fields: Fields, charge_id: str) -> Response:
        charge = self._account.get("charge", charge_id)
        amount = looks.amount_words(charge["amount"], charge["currency"])
        content = looks.heading(charge["description"] or "Payment", amount)
        return as_page(looks.frame("Receipt", f"{content}<p>Receipt {charge_id}</p>"))

    def _method(self, fields: Fields) -> Body:
        number = fields.get("number", "").strip()
        if not number:
            return payment_methods.from_token(self._account, fields.get("token", ""))
        month, _, year = fields.get("expiry", "").partition("/")
        if not (month.strip().isdigit() and year.strip().isdigit()):
            raise refused("Your card's expiration date is incomplete.")
        full_year = int(year) + (CENTURY if len(year.strip()) <= 2 else 0)  # noqa: PLR2004 -- digits
        card = {"number": number, "exp_month": int(month), "exp_year": full_year}
        return payment_methods.create(self._account, {"type": "card", "card": card})

    def _intent(self, session: Body) -> Body | None:
        if session["mode"] == "payment":
            return self._account.store.find("payment_intent", session["payment_intent"] or "")
        return self._account.get("setup_intent", session["setup_intent"])


def _complaint(intent: Body | None) -> str:
    error = (intent or {}).get("last_payment_error") or (intent or {}).get("last_setup_error") or {}
    return str(error.get("message", "Your bank did not confirm."))


def _challenge(intent: Body, *, is_payment: bool) -> str:
    amount = looks.amount_words(intent["amount"], intent["currency"]) if is_payment else "Save a card"
    return (
        looks.heading("Your bank asks: is this you?", amount)
        + looks.button("complete", "", "Complete", is_plain=False)
        + looks.button("fail", "", "Fail")
    )


def _decide(account: Account, intent: Body, *, is_payment: bool, is_confirmed: bool) -> None:
    if is_payment and is_confirmed:
        payment_intents.attempt(account, intent, is_off_session=False, is_authenticated=True)
    elif is_payment:
        payment_intents.fail(account, intent, payment_intents.authentication_failure())
    elif is_confirmed:
        setup_intents.attempt(account, intent, is_authenticated=True)
    else:
        setup_intents.fail(account, intent, setup_intents.authentication_failure())


def _row(method: Body, *, is_default: bool) -> str:
    words = looks.method_words(method)
    mark = (
        '<span class="badge">Default</span>'
        if is_default
        else looks.button("default", method["id"], "Make default")
    )
    return f"<li><span>{escape(words)}</span>{mark}{looks.button('remove', method['id'], 'Remove')}</li>"
