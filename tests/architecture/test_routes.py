"""Every route says whom it lets in, and the list of them is a file that people read."""

from pathlib import Path

from fastapi.routing import iter_route_contexts

from dashboard.api.app import ALL_METHODS, answer_rest, api
from dashboard.api.openapi import demand_words
from dashboard.api.visitor import DEMANDS

GOLDEN = Path(__file__).parents[1] / "golden" / "routes.md"
HEAD = "# Routes\n\nEvery HTTP route and whom it lets in; `tests/architecture/test_routes.py` compares it with the code.\n"


def test_every_route_demands_something() -> None:
    """The gate refuses a route without a mark; this fails before anybody meets it."""
    without = [route.path for route in iter_route_contexts(api.routes) if route.endpoint not in DEMANDS]
    assert without == []


def test_routes_are_those_of_the_golden_file() -> None:
    """Method, path and permission; the file tells what to write where it differs."""
    rows = sorted(
        (str(route.path), method, demand_words(DEMANDS[route.endpoint]))
        for route in iter_route_contexts(api.routes)
        if route.endpoint is not answer_rest
        for method in route.methods or ()
    )
    table = "\n".join(f"| {method} | `{path}` | {demanded} |" for path, method, demanded in rows)
    rest = f"| {', '.join(ALL_METHODS)} | `/api`, `/api/…` | anybody (404, 405 or OPTIONS) |"
    shown = f"{HEAD}\n| method | path | permission |\n|---|---|---|\n{table}\n{rest}\n"
    assert GOLDEN.read_text("utf-8") == shown, f"{GOLDEN} should read:\n{shown}"
