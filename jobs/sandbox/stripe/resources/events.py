"""Events, and the endpoints that are told of them."""

from typing import Any

from jobs.sandbox.stripe.account import Account, random_text
from jobs.sandbox.stripe.errors import invalid, refused
from jobs.sandbox.stripe.lists import EXPAND, PAGE_BY_TIME, page
from jobs.sandbox.stripe.params import flag, keyed, text, texts
from jobs.sandbox.stripe.resources.customers import merged
from jobs.sandbox.stripe.store import Body

LIST = {**PAGE_BY_TIME, "delivery_success": flag(), "type": text(), "types": texts()}
ENDPOINT = {**EXPAND, "description": text(), "metadata": keyed()}
CREATE_ENDPOINT = {
    **ENDPOINT,
    "api_version": text(),
    "enabled_events": texts(is_required=True),
    "url": text(is_required=True),
}
UPDATE_ENDPOINT = {**ENDPOINT, "disabled": flag(), "enabled_events": texts(), "url": text()}
MOST_TYPES = 20
UNDELIVERED = (
    "EXISTS (SELECT 1 FROM delivery WHERE delivery.event_id = object.id AND delivery.state <> 'delivered')"
)


def retrieve(account: Account, _params: dict[str, Any], event_id: str) -> Body:
    """An event, as it was when it happened."""
    return account.get("event", event_id)


def listed(account: Account, params: dict[str, Any]) -> Body:
    """Events, newest first; `type` may end in `*`."""
    types = params.get("types") or []
    if len(types) > MOST_TYPES:
        raise invalid("You may pass up to 20 types.", code="parameter_invalid", param="types")
    conditions = []
    if types or params.get("type"):
        conditions.append(_of_types([*types, *filter(None, [params.get("type")])]))
    if "delivery_success" in params:
        conditions.append(f"NOT {UNDELIVERED}" if params["delivery_success"] else UNDELIVERED)
    return page(account, "event", params, url="/v1/events", condition=" AND ".join(conditions))


def create_endpoint(account: Account, params: dict[str, Any]) -> Body:
    """A new endpoint; its secret is shown this once."""
    endpoint = account.make(
        "webhook_endpoint",
        url=params["url"],
        api_version=params.get("api_version"),
        description=params.get("description"),
        enabled_events=params["enabled_events"],
        metadata=merged({}, params.get("metadata", {})),
    )
    secret = f"whsec_{random_text(32)}"
    account.store.hide(endpoint["id"], {"secret": secret})
    return {**_shown(endpoint), "secret": secret}


def update_endpoint(account: Account, params: dict[str, Any], endpoint_id: str) -> Body:
    """Change an endpoint, or switch it off and on."""
    endpoint = account.get("webhook_endpoint", endpoint_id, param="id")
    endpoint["metadata"] = merged(endpoint["metadata"], params.get("metadata", {}))
    for name in ("description", "enabled_events", "url"):
        if name in params:
            endpoint[name] = params[name]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return _shown(account.save(endpoint))


def retrieve_endpoint(account: Account, _params: dict[str, Any], endpoint_id: str) -> Body:
    """An endpoint, without its secret."""
    return _shown(account.get("webhook_endpoint", endpoint_id, param="id"))


def list_endpoints(account: Account, params: dict[str, Any]) -> Body:
    """Endpoints, newest first."""
    found = page(account, "webhook_endpoint", params, url="/v1/webhook_endpoints")
    return {**found, "data": [_shown(each) for each in found["data"]]}


def delete_endpoint(account: Account, _params: dict[str, Any], endpoint_id: str) -> Body:
    """Forget an endpoint; what waits for it is never delivered."""
    account.get("webhook_endpoint", endpoint_id, param="id")
    account.store.run("DELETE FROM delivery WHERE endpoint_id = ? AND state <> 'delivered'", endpoint_id)
    return account.save({"id": endpoint_id, "object": "webhook_endpoint", "deleted": True})


def _shown(endpoint: Body) -> Body:
    return {name: value for name, value in endpoint.items() if name != "secret"}


def _of_types(types: list[str]) -> str:
    clauses = []
    for each in types:
        if not each.replace("*", "").replace(".", "").replace("_", "").isalnum() and each != "*":
            raise refused(f"Invalid event type: {each}", param="type")
        clauses.append(f"json_extract(body, '$.type') GLOB '{each}'")
    return f"({' OR '.join(clauses)})"
