"""`python -m tests.bench.crowd ORDER`: clients as the pages make them, each clicking every two seconds; prints JSON."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.bench.figures import summary
from tests.bench.socket_client import Client

EVERY_SECONDS = 2.0
LIST = "/billing/invoices"
CLICKS = (
    "",
    "sort=-total",
    "f=status:open",
    "f=status:paid",
    "f=status:overdue",
    "sort=number",
    "q=miller",
    "f=status:paid&sort=-total",
)
# So many connect at a time; a browser would try again, a measurement must not have to.
CONNECT_AT_ONCE = 20


async def main(order: dict[str, Any]) -> dict[str, Any]:
    """Connect everybody, let them click, and tell how it went."""
    processes = _processes(order["pid"])
    before = _resident(processes)
    parts = urlsplit(order["address"])
    tokens: Sequence[str] = order["tokens"]
    clients = [
        Client(parts.hostname or "", parts.port or 0, tokens[index % len(tokens)], order["hashes"], index)
        for index in range(order["clients"])
    ]
    gate = asyncio.Semaphore(CONNECT_AT_ONCE)
    loads = await asyncio.gather(*(_connect(client, gate) for client in clients))
    cpu = [each.cpu_times() for each in processes]
    until = time.perf_counter() + order["seconds"]
    trips = [time for found in await asyncio.gather(*(_click(c, until) for c in clients)) for time in found]
    busy = sum(each.cpu_times().user + each.cpu_times().system for each in processes)
    busy -= sum(each.user + each.system for each in cpu)
    with_clients = _resident(processes)
    received = sum(client.received for client in clients)
    await asyncio.gather(*(client.close() for client in clients))
    return {
        "clients": len(clients),
        "seconds": order["seconds"],
        "trips_ms": summary(trips or [0.0]),
        "first_loads_ms": summary(loads),
        "errors": [error for client in clients for error in client.errors],
        "resident_before": before,
        "resident_with_clients": with_clients,
        "server_cpu_seconds": round(busy, 2),
        "received_bytes": received,
    }


async def _connect(client: Client, gate: asyncio.Semaphore) -> float:
    async with gate:
        return await client.connect(LIST)


async def _click(client: Client, until: float) -> list[float]:
    """Round trips in milliseconds; the next click is due two seconds after the last one was."""
    chance = random.Random(client.index)
    due = time.perf_counter() + chance.random() * EVERY_SECONDS
    found = []
    while due < until:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        passed = await client.visit(LIST, chance.choice(CLICKS))
        if passed is not None:
            found.append(passed)
        due += EVERY_SECONDS
    return found


def _processes(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _resident(processes: Sequence[psutil.Process]) -> int:
    return sum(each.memory_info().rss for each in processes)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
