"""Every call the sandbox answers, as a table: method, path, function, parameters, and its name in Stripe's SDK."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from jobs.sandbox.stripe.errors import ApiError
from jobs.sandbox.stripe.lists import EXPAND, PAGE
from jobs.sandbox.stripe.params import Params
from jobs.sandbox.stripe.resources import (
    charges,
    checkout,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
)
from jobs.sandbox.stripe.store import Body

Answer = Callable[..., Body]
NOTHING: Params = {}


@dataclass(frozen=True, slots=True)
class Route:
    """One call; `{…}` in the path are the function's further arguments."""

    method: str
    path: str
    answer: Answer
    params: Params
    sdk: str
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", re.compile(re.sub(r"\{[a-z_]+\}", "([^/]+)", self.path)))

    @property
    def name(self) -> str:
        """As faults name it, e.g. `POST /v1/payment_intents`."""
        return f"{self.method} {self.path}"


def _table(*rows: tuple[str, str, Answer, Params, str]) -> tuple[Route, ...]:
    return tuple(
        Route(method, f"/v1/{path}", answer, params, sdk) for method, path, answer, params, sdk in rows
    )


ROUTES = _table(
    ("POST", "customers", customers.create, customers.CREATE, "customers.create"),
    ("GET", "customers", customers.listed, customers.LIST, "customers.list"),
    ("GET", "customers/{customer}", customers.retrieve, EXPAND, "customers.retrieve"),
    ("POST", "customers/{customer}", customers.update, customers.FACTS, "customers.update"),
    ("DELETE", "customers/{customer}", customers.delete, NOTHING, "customers.delete"),
    ("GET", "customers/{customer}/payment_methods", customers.list_methods, customers.LIST_METHODS, "customers.payment_methods.list"),
    ("POST", "payment_methods", payment_methods.create, payment_methods.CREATE, "payment_methods.create"),
    ("GET", "payment_methods", payment_methods.listed, payment_methods.LIST, "payment_methods.list"),
    ("GET", "payment_methods/{payment_method}", payment_methods.retrieve, EXPAND, "payment_methods.retrieve"),
    ("POST", "payment_methods/{payment_method}", payment_methods.update, payment_methods.UPDATE, "payment_methods.update"),
    ("POST", "payment_methods/{payment_method}/attach", payment_methods.attach, payment_methods.ATTACH, "payment_methods.attach"),
    ("POST", "payment_methods/{payment_method}/detach", payment_methods.detach, EXPAND, "payment_methods.detach"),
    ("POST", "setup_intents", setup_intents.create, setup_intents.CREATE, "setup_intents.create"),
    ("GET", "setup_intents", setup_intents.listed, setup_intents.LIST, "setup_intents.list"),
    ("GET", "setup_intents/{intent}", setup_intents.retrieve, EXPAND, "setup_intents.retrieve"),
    ("POST", "setup_intents/{intent}/confirm", setup_intents.confirm, setup_intents.CONFIRM, "setup_intents.confirm"),
    ("POST", "setup_intents/{intent}/cancel", setup_intents.cancel, setup_intents.CANCEL, "setup_intents.cancel"),
    ("GET", "mandates/{mandate}", setup_intents.retrieve_mandate, EXPAND, "mandates.retrieve"),
    ("POST", "payment_intents", payment_intents.create, payment_intents.CREATE, "payment_intents.create"),
    ("GET", "payment_intents", payment_intents.listed, payment_intents.LIST, "payment_intents.list"),
    ("GET", "payment_intents/{intent}", payment_intents.retrieve, EXPAND, "payment_intents.retrieve"),
    ("POST", "payment_intents/{intent}", payment_intents.update, payment_intents.UPDATE, "payment_intents.update"),
    ("POST", "payment_intents/{intent}/confirm", payment_intents.confirm, payment_intents.CONFIRM, "payment_intents.confirm"),
    ("POST", "payment_intents/{intent}/cancel", payment_intents.cancel, payment_intents.CANCEL, "payment_intents.cancel"),
    ("GET", "charges", charges.listed, charges.LIST, "charges.list"),
    ("GET", "charges/{charge}", charges.retrieve, EXPAND, "charges.retrieve"),
    ("GET", "balance_transactions", charges.list_balance, charges.BALANCE_LIST, "balance_transactions.list"),
    ("GET", "balance_transactions/{id}", charges.retrieve_balance, EXPAND, "balance_transactions.retrieve"),
    ("POST", "refunds", refunds.create, refunds.CREATE, "refunds.create"),
    ("GET", "refunds", refunds.listed, refunds.LIST, "refunds.list"),
    ("GET", "refunds/{refund}", refunds.retrieve, EXPAND, "refunds.retrieve"),
    ("POST", "refunds/{refund}", refunds.update, refunds.UPDATE, "refunds.update"),
    ("POST", "refunds/{refund}/cancel", refunds.cancel, EXPAND, "refunds.cancel"),
    ("GET", "disputes", disputes.listed, disputes.LIST, "disputes.list"),
    ("GET", "disputes/{dispute}", disputes.retrieve, EXPAND, "disputes.retrieve"),
    ("POST", "disputes/{dispute}", disputes.update, disputes.UPDATE, "disputes.update"),
    ("POST", "disputes/{dispute}/close", disputes.close, EXPAND, "disputes.close"),
    ("POST", "checkout/sessions", checkout.create, checkout.CREATE, "checkout.sessions.create"),
    ("GET", "checkout/sessions", checkout.listed, checkout.LIST, "checkout.sessions.list"),
    ("GET", "checkout/sessions/{session}", checkout.retrieve, EXPAND, "checkout.sessions.retrieve"),
    ("POST", "checkout/sessions/{session}/expire", checkout.expire, EXPAND, "checkout.sessions.expire"),
    ("POST", "billing_portal/sessions", checkout.create_portal, checkout.CREATE_PORTAL, "billing_portal.sessions.create"),
    ("GET", "events", events.listed, events.LIST, "events.list"),
    ("GET", "events/{id}", events.retrieve, EXPAND, "events.retrieve"),
    ("POST", "webhook_endpoints", events.create_endpoint, events.CREATE_ENDPOINT, "webhook_endpoints.create"),
    ("GET", "webhook_endpoints", events.list_endpoints, PAGE, "webhook_endpoints.list"),
    ("GET", "webhook_endpoints/{webhook_endpoint}", events.retrieve_endpoint, EXPAND, "webhook_endpoints.retrieve"),
    ("POST", "webhook_endpoints/{webhook_endpoint}", events.update_endpoint, events.UPDATE_ENDPOINT, "webhook_endpoints.update"),
    ("DELETE", "webhook_endpoints/{webhook_endpoint}", events.delete_endpoint, NOTHING, "webhook_endpoints.delete"),
)  # fmt: skip


def find_route(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route of a request and the ids in its path; refused as Stripe does where there is none."""
    for route in ROUTES:
        if route.method == method and (found := route.pattern.fullmatch(path)):
            return route, found.groups()
    raise ApiError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({method}: {path}). See https://stripe.com/docs.",
    )
