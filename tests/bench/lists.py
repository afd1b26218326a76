"""The invoices list at two sizes: time on the server, beside the bare SQL, and how it grows."""

import json
from collections.abc import Mapping
from typing import Any

from tests.bench.databases import LARGE, SMALL, databases
from tests.bench.figures import Figure
from tests.bench.places import run_module

TARGET_MS = {SMALL: 30.0, LARGE: 60.0}
BARE_RATIO = 3.0
GROWTH = 1.5
REPETITIONS, QUICK_REPETITIONS = 100, 20
Found = Mapping[str, Mapping[str, Any]]


def measure(*, is_quick: bool) -> list[Figure]:
    """All cases at both sizes; `is_quick` leaves the large one out."""
    repetitions = QUICK_REPETITIONS if is_quick else REPETITIONS
    with databases(with_large=not is_quick) as addresses:
        found = {
            size: json.loads(
                run_module("tests.bench.list_reader", str(repetitions), settings={"DATABASE_URL": address})
            )
            for size, address in addresses.items()
        }
    figures = [figure for size, cases in found.items() for figure in _at(size, cases)]
    return figures + (_growth(found[SMALL], found[LARGE]) if LARGE in found else [])


def _at(size: int, cases: Found) -> list[Figure]:
    figures = []
    for name, case in cases.items():
        server, bare = case["server_ms"], case["bare_ms"]
        label = f"{name}, {size:,}"
        figures += [
            Figure("lists", f"{label}: p95", server["p95"], "ms", TARGET_MS[size], details=dict(case)),
            Figure("lists", f"{label}: of bare SQL", server["p95"] / bare["p95"], "x", BARE_RATIO),
            Figure("lists", f"{label}: of bare SQL at p50", server["p50"] / bare["p50"], "x"),
            Figure("lists", f"{label}: count", case["count_ms"]["p50"], "ms"),
            Figure("lists", f"{label}: totals", case["totals_ms"]["p50"], "ms"),
        ]
    return figures


def _growth(small: Found, large: Found) -> list[Figure]:
    return [
        Figure(
            "lists",
            f"{name}: growth",
            large[name]["server_ms"]["p95"] / small[name]["server_ms"]["p95"],
            "x",
            GROWTH,
            "<",
        )
        for name in small
    ]
