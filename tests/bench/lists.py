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
REPETITIONS, QUICK_REPETITIONS = 300, 20
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
    figures = []
    for name in small:
        grown = {
            part: large[name]["server_ms"][part] / small[name]["server_ms"][part] for part in ("p95", "p50")
        }
        figures += [
            Figure("lists", f"{name}: growth", grown["p95"], "x", GROWTH, "<"),
            # The two sizes are measured minutes apart: what only the machine did shows in the one and not in the other.
            Figure("lists", f"{name}: growth at p50", grown["p50"], "x"),
        ]
    return figures
