"""The description of the API: what FastAPI writes, with permissions and problem documents told rightly."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from dashboard.api.problems import MEDIA_TYPE
from dashboard.api.visitor import DEMANDS
from dashboard.shell.guard import Mark
from models.kernel.permissions import Permission

TAGS = [
    {"name": "me", "description": "Who is asking."},
    {"name": "customers", "description": "Companies that pay us."},
    {"name": "subscriptions", "description": "What customers have bought."},
    {"name": "invoices", "description": "What customers owe, and why."},
    {"name": "plans", "description": "What we sell, version by version."},
    {"name": "coupons", "description": "What lowers our prices."},
    {"name": "documents", "description": "Files for people: PDFs and exports."},
    {"name": "inbound", "description": "Where vendors call us."},
    {"name": "health", "description": "For whatever watches the process."},
]
METHODS = ("get", "post", "put", "patch", "delete")
WORDS = {Mark.public: "anybody", Mark.signed_in: "anybody who is signed in"}
FIRST_PROBLEM = 400


def demand_words(demanded: Permission | Mark) -> str:
    """A demand for people: the permission, or who may come in without one."""
    return demanded.value if isinstance(demanded, Permission) else WORDS[demanded]


def complete(description: dict[str, Any], routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The description with each operation's permission and problem media type; doing it twice changes nothing."""
    demands = {
        (route.path_format, method.lower()): DEMANDS[route.endpoint]
        for route in iter_route_contexts(routes)
        if route.endpoint in DEMANDS
        for method in route.methods or ()
    }
    for path, method, operation in operations(description):
        demanded = demands[path, method]
        operation["x-permission"] = demand_words(demanded)
        if demanded is Mark.public:
            operation.pop("security", None)
        for status, response in operation["responses"].items():
            content = response.get("content", {})
            if int(status) >= FIRST_PROBLEM and "application/json" in content:
                content[MEDIA_TYPE] = content.pop("application/json")
    # FastAPI's own words for 422, which no route of ours answers with.
    for unused in ("HTTPValidationError", "ValidationError"):
        description["components"]["schemas"].pop(unused, None)
    return description


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of every operation."""
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def example_of(schema: dict[str, Any], description: dict[str, Any]) -> Any:
    """A value that the schema allows, made of its examples."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example_of(description["components"]["schemas"][name], description)
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "allOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0], description)
    if schema.get("type") == "array":
        return [example_of(schema["items"], description)]
    if schema.get("type") == "object" and "properties" in schema:
        return {key: example_of(each, description) for key, each in schema["properties"].items()}
    return {"boolean": True, "integer": 1, "string": "", "object": {}}.get(schema.get("type", ""))
