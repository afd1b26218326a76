"""Three hundred people at work at once: how long each waits, and what each costs in memory."""

import json
import re
from typing import Any

from tests.bench.figures import Figure
from tests.bench.places import TREE, run_module
from tests.bench.server import Server
from tests.bench.visits import sign_in

TARGET_MS = 150.0
TARGET_KB = 300.0
CLIENTS, SECONDS = 300, 30
QUICK_CLIENTS, QUICK_SECONDS = 60, 8
MAILBOXES = ("admin", "manager", "finance", "support", "viewer")


def measure(server: Server, *, is_quick: bool) -> list[Figure]:
    """Round trips of all clients and memory of the web processes before and with them."""
    order = {
        "address": server.address,
        "tokens": [sign_in(server, mailbox) for mailbox in MAILBOXES],
        "clients": QUICK_CLIENTS if is_quick else CLIENTS,
        "seconds": QUICK_SECONDS if is_quick else SECONDS,
        "pid": server.process.pid,
        "hashes": _default_hashes(),
    }
    # A few clients first: what the first visit loads into the process is not a client's.
    _crowd({**order, "clients": 10, "seconds": 4})
    found = _crowd(order)
    trips, loads = found["trips_ms"], found["first_loads_ms"]
    each_kb = (found["resident_with_clients"] - found["resident_before"]) / order["clients"] / 1_000
    details = {key: value for key, value in found.items() if key != "errors"} | {
        "errors": found["errors"][:10]
    }
    return [
        Figure("clients", f"{order['clients']} clients: p95", trips["p95"], "ms", TARGET_MS, "<", details),
        Figure("clients", f"{order['clients']} clients: p99", trips["p99"], "ms"),
        Figure("clients", f"{order['clients']} clients: errors", len(found["errors"]), "errors", 0),
        Figure("clients", "first load, all at once: p95", loads["p95"], "ms"),
        Figure("clients", "memory per connected client", each_kb, "kB", TARGET_KB, "<"),
    ]


def _crowd(order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run_module("tests.bench.crowd", json.dumps(order), settings={}))
    return found


def _default_hashes() -> list[str]:
    """What a browser sends on its first connect, so that it is sent only what differs from the built page."""
    built = (TREE / ".web" / "utils" / "context.jsx").read_text()
    found = re.search(r"initialStateHashes = (\[.*?\])", built)
    return list(json.loads(found[1])) if found else []
