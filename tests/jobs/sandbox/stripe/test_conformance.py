"""Our own Stripe against Stripe's: the SDK knows every call and parameter, published samples have the same shape."""

import importlib
import inspect
import json
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe import StripeClient
from stripe._object_classes import get_object_class
from typing_extensions import is_typeddict

from jobs.sandbox.stripe import API_VERSION, ROUTES
from jobs.sandbox.stripe.params import Params
from jobs.sandbox.stripe.routes import Route
from models.integrations import stripe as ours
from models.integrations.stripe import MethodKind
from tests.fixtures.stripe import StripeWorld

SAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "data" / "stripe_objects.json").read_text("utf-8")
)
# Names that Stripe takes and its SDK does not list: metadata and expand are free, `Dict` is typed by value.
FREE = {"metadata"}
# What only an expanded object has.
LEFT_OUT = {"charge": {"refunds"}}


class _Recorder:
    """Stands where the SDK's requestor stands, and notes what a method would send."""

    def __init__(self) -> None:
        self.sent: tuple[str, str] = ("", "")

    def request(self, method: str, path: str, *_: Any, **__: Any) -> Any:
        self.sent = (method.upper(), path)
        return stripe.StripeObject()


def _sdk_method(route: Route) -> tuple[Any, Any]:
    *path, name = route.sdk.split(".")
    service: Any = StripeClient("sk_test_x").v1
    for step in path:
        service = getattr(service, step)
    return service, getattr(service, name)


def _param_class(method: Any) -> Any:
    """The typed dictionary that a method of the SDK takes, by its name in the annotation."""
    annotation = inspect.signature(method).parameters["params"].annotation
    name = str(annotation).partition("'")[2].partition("'")[0] or str(annotation)
    name = name.removeprefix("Optional[").strip("\"'[]").partition('"')[2] or name
    name = name.strip("\"'[]")
    package = inspect.getmodule(method).__name__.rpartition(".")[0].removeprefix("stripe")  # type: ignore[union-attr]
    return getattr(importlib.import_module(f"stripe.params{package}"), name)


def _classes_within(annotation: Any, module: Any) -> Iterator[Any]:
    """Every typed dictionary that an annotation names, however deep its unions and lists are."""
    if isinstance(annotation, str | typing.ForwardRef):
        text = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        for word in text.replace("|", " ").replace("[", " ").replace("]", " ").replace('"', " ").split():
            found = getattr(module, word, None)
            if is_typeddict(found):
                yield found
        return
    if is_typeddict(annotation):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _classes_within(inner, module)


def _unknown(params: Params, known: Any, within: str = "") -> Iterator[str]:
    module = importlib.import_module(known.__module__)
    for name, param in params.items():
        if name not in known.__annotations__:
            yield f"{within}{name}"
        elif param.fields and name not in FREE:
            classes = [*_classes_within(known.__annotations__[name], module)]
            fields = {key for each in classes for key in each.__annotations__}
            missing = set(param.fields) - fields
            yield from (f"{within}{name}.{each}" for each in missing)
            for each in classes:
                inner = {key: value for key, value in param.fields.items() if key in each.__annotations__}
                yield from _unknown(inner, each, f"{within}{name}.")


def test_we_pin_the_sdks_own_version() -> None:
    assert ours.API_VERSION == API_VERSION == stripe.api_version


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_sdk_sends_what_a_route_answers(route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    service, method = _sdk_method(route)
    recorder = _Recorder()
    monkeypatch.setattr(service, "_requestor", recorder)
    parts = route.path.split("/")
    ids = ["an_id" for part in parts if part.startswith("{")]
    needs_params = inspect.signature(method).parameters["params"].default is inspect.Parameter.empty
    method(*ids, *([{}] if needs_params else []))
    assert recorder.sent == (route.method, "/".join("an_id" if p.startswith("{") else p for p in parts))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_sdk_has_every_parameter_of_a_route(route: Route) -> None:
    _, method = _sdk_method(route)
    known = _param_class(method)
    assert [*_unknown(route.params, known)] == []


def test_no_two_routes_answer_the_same() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES) >= 45


def _shape_differences(shown: Any, sample: Any, path: str) -> Iterator[str]:
    """Where two values that both say something differ in kind; what is empty in either says nothing."""
    if shown is None or sample is None or shown in ({}, []) or sample in ({}, []):
        return
    if isinstance(shown, Mapping) and isinstance(sample, Mapping):
        for name in set(shown) & set(sample):
            yield from _shape_differences(shown[name], sample[name], f"{path}.{name}")
    elif isinstance(shown, list) and isinstance(sample, list):
        yield from _shape_differences(shown[0], sample[0], f"{path}[]")
    elif type(shown) is not type(sample):
        yield f"{path}: {type(shown).__name__} instead of {type(sample).__name__}"


def _every_kind_of_object(world: StripeWorld) -> Iterator[dict[str, Any]]:
    """One of each resource, as the SDK received it."""
    customer_id, _, disputed, pending = world.customer(
        "pm_card_visa", "pm_card_createDispute", "pm_card_refundFail"
    )
    paid = world.charge(customer_id, pending)
    world.charge(customer_id, disputed)
    world.stripe.refunds.create(payment_id=paid.id, key="")
    world.charge(customer_id, "pm_sepaDebit_success", kind=MethodKind.sepa_debit, currency="EUR")
    pages = {"success_url": "https://example.com/ok", "cancel_url": "https://example.com/no"}
    world.stripe.checkouts.create_setup(customer_id=customer_id, currency="EUR", key="", **pages)
    world.pass_days(10)
    api = StripeClient("sk_test_x", base_addresses={"api": world.address}).v1
    api.setup_intents.create(
        {
            "customer": customer_id,
            "payment_method": "pm_sepaDebit_success",
            "confirm": True,
            "mandate_data": {"customer_acceptance": {"type": "offline"}},
        }
    )
    yield api.customers.retrieve(customer_id).to_dict()
    yield api.webhook_endpoints.create({"url": "https://example.com", "enabled_events": ["*"]}).to_dict()
    yield api.billing_portal.sessions.create({"customer": customer_id}).to_dict()
    lists = (api.payment_methods, api.setup_intents, api.payment_intents, api.charges, api.refunds)
    for each in (*lists, api.disputes, api.balance_transactions, api.events, api.checkout.sessions):
        yield from (found.to_dict() for found in each.list({"limit": 100}))
    setup = next(iter(api.setup_intents.list({"limit": 1})))
    yield api.mandates.retrieve(str(setup.mandate)).to_dict()
    yield api.customers.delete(customer_id).to_dict()


def test_every_object_has_the_shape_of_stripes_samples(stripe_world: StripeWorld) -> None:
    seen: dict[str, int] = {}
    for shown in _every_kind_of_object(stripe_world):
        kind = shown["object"]
        name = f"deleted_{kind}" if shown.get("deleted") else kind
        sample = SAMPLES[name]
        seen[name] = seen.get(name, 0) + 1
        # What the sample has not, e.g. as it is newer or comes with another status, the SDK's class has.
        assert set(shown) - set(sample) <= set(get_object_class("V1", kind).__annotations__), kind
        if kind == "payment_method" and shown["type"] != "card":
            sample = {key: value for key, value in sample.items() if key != "card"}
        assert set(sample) - set(shown) - LEFT_OUT.get(kind, set()) == set(), kind
        assert [*_shape_differences(shown, sample, kind)] == []
    assert set(SAMPLES) - set(seen) == {"deleted_webhook_endpoint"}
