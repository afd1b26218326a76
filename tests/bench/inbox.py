"""Stripe's webhooks in a rush: how many are stored and answered a second, and how long each waits."""

import hashlib
import hmac
import http.client
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench.figures import Figure
from tests.bench.places import WEBHOOK_SECRET
from tests.bench.server import Server

PATH = "/api/v1/inbound/stripe"
SENDERS = 8
EVENTS, QUICK_EVENTS = 6_000, 800
TARGET_PER_SECOND, TARGET_MS = 500.0, 50.0


def measure(server: Server, *, is_quick: bool) -> list[Figure]:
    """Signed events over kept connections, every one new, as Stripe sends them after an outage."""
    number = QUICK_EVENTS if is_quick else EVENTS
    _send(server, number // 20)
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        found = pool.map(lambda _: _send(server, number // SENDERS), range(SENDERS))
        waits = sorted(chain.from_iterable(found))
    took = time.perf_counter() - started
    return [
        Figure(
            "inbox",
            "events stored and answered a second",
            len(waits) / took,
            "events/s",
            TARGET_PER_SECOND,
            ">=",
        ),
        Figure(
            "inbox", "an event answered: p99", statistics.quantiles(waits, n=100)[98], "ms", TARGET_MS, "<"
        ),
        Figure("inbox", "an event answered: p50", statistics.median(waits), "ms"),
    ]


def _send(server: Server, number: int) -> list[float]:
    place = urlsplit(server.address)
    connection = http.client.HTTPConnection(place.hostname or "localhost", place.port, timeout=30)
    waits = []
    for _ in range(number):
        body = _event()
        headers = {"Content-Type": "application/json", "Stripe-Signature": _signature(body)}
        began = time.perf_counter()
        connection.request("POST", PATH, body, headers)
        answer = connection.getresponse()
        answer.read()
        waits.append((time.perf_counter() - began) * 1_000)
        if answer.status != http.HTTPStatus.OK:
            msg = f"the inbox answered {answer.status}"
            raise RuntimeError(msg)
    connection.close()
    return waits


def _event() -> bytes:
    key = uuid4().hex
    found = {
        "id": f"evt_{key}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "type": "payment_intent.succeeded",
        "request": {"id": None, "idempotency_key": None},
        "data": {
            "object": {"id": f"pi_{key}", "object": "payment_intent", "metadata": {"note": "x" * 1_500}}
        },
    }
    return json.dumps(found).encode()


def _signature(body: bytes) -> str:
    now = int(time.time())
    made = hmac.new(WEBHOOK_SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={made}"
