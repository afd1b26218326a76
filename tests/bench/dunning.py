"""Dunning at 50,000 open cases: looking at all of them, taking what is due, and the queue's page."""

import json
from collections.abc import Mapping
from typing import Any

from models.kernel import embedded_postgres
from models.kernel.database import create_database
from tests.bench.billing_data import drop
from tests.bench.dunning_data import CASES, NAME, QUICK_CASES, fill
from tests.bench.figures import Figure
from tests.bench.places import DATA, run_module

EVALUATION_SECONDS = 30.0
PAGE_MS = 40.0
DUE = 1_000


def measure(*, is_quick: bool) -> list[Figure]:
    """All of it in a database of its own; `is_quick` takes a tenth of the cases."""
    cases = QUICK_CASES if is_quick else CASES
    server = embedded_postgres.start(DATA)
    try:
        admin, address = (embedded_postgres.url(server, name) for name in ("postgres", NAME))
        drop(admin, NAME)
        create_database(admin, NAME)
        settings = {"DATABASE_URL": address, "LOG_LEVEL": "ERROR"}
        run_module("tests.bench.command_line", "migrate", settings=settings)
        fill(address, cases)
        found = json.loads(run_module("tests.bench.dunning_worker", str(DUE), settings=settings))
        drop(admin, NAME)
    finally:
        server.cleanup()
    return [*_looking(found, cases), *_pages(found, cases)]


def _looking(found: Mapping[str, Any], cases: int) -> list[Figure]:
    first, again, due = found["first"], found["again"], found["due"]
    return [
        Figure(
            "dunning",
            f"evaluate {cases:,} cases, each changed",
            first["seconds"],
            "s",
            EVALUATION_SECONDS,
            details=first,
        ),
        Figure(
            "dunning",
            f"evaluate {cases:,} cases, none changed",
            again["seconds"],
            "s",
            EVALUATION_SECONDS,
            details=again,
        ),
        Figure(
            "dunning",
            "take a due step (mail or charge)",
            due["seconds"] * 1_000 / due["taken"],
            "ms",
            details=due,
        ),
    ]


def _pages(found: Mapping[str, Any], cases: int) -> list[Figure]:
    figures = [
        Figure("dunning", f"queue, {name}, {cases:,}: p95", each["p95"], "ms", PAGE_MS, details=dict(each))
        for name, each in found["pages"].items()
    ]
    tiles = found["tiles"]
    return [*figures, Figure("dunning", f"tiles, {cases:,}: p95", tiles["p95"], "ms", details=dict(tiles))]
