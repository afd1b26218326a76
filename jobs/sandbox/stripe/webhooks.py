"""Webhooks: signed, delivered from a thread of their own, and as unreliable as one wishes."""

import hashlib
import hmac
import json
import random
import threading
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.clock import real_seconds
from jobs.sandbox.stripe.errors import refused
from jobs.sandbox.stripe.store import Body

TURN_SECONDS = 0.2
ANSWER_SECONDS = 10.0
BATCH = 200
ORDERS = ("as_made", "reversed", "shuffled")


@dataclass(frozen=True, slots=True)
class Conduct:
    """How deliveries go: whether they wait, in which order a batch goes, how often each, how many are lost.

    `loss` is a share of 1; a lost event is never delivered, as if an endpoint had been down for days.
    `retry_seconds` are the pauses between tries, in real seconds; after the last one an event is given up.
    """

    is_held: bool = False
    order: str = "as_made"
    copies: int = 1
    loss: float = 0.0
    delay_seconds: float = 0.0
    seed: int = 1
    retry_seconds: list[float] = field(default_factory=lambda: [1, 5, 30, 120, 600, 3600])


class Webhooks:
    """Deliveries of one account, made in the background while `run` runs, or by `flush`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._turn = threading.Lock()
        self.conduct = Conduct()
        self._random = random.Random(self.conduct.seed)  # noqa: S311 -- a plan of faults, not a secret

    def behave(self, facts: dict[str, Any]) -> None:
        """Change some of the conduct; the seed starts anew."""
        try:
            found = replace(self.conduct, **facts)
        except TypeError as error:
            raise refused("The conduct of webhooks has other names; GET shows them.") from error
        if found.order not in ORDERS:
            raise refused(f"The order is one of {', '.join(ORDERS)}.", param="order")
        self.conduct = found
        self._random = random.Random(found.seed)  # noqa: S311 -- as above

    def told(self) -> dict[str, Any]:
        """The conduct, and how many deliveries are in which state."""
        rows = self._account.store.run("SELECT state, count(*) AS number FROM delivery GROUP BY state")
        return {**asdict(self.conduct), "deliveries": {row["state"]: row["number"] for row in rows}}

    def run(self, stopping: threading.Event) -> None:
        """Deliver what is due, and let the account's time pass, until told to stop."""
        while not stopping.wait(TURN_SECONDS):
            with self._account.store.transaction():
                self._account.run_due()
            if not self.conduct.is_held:
                self.flush()

    def flush(self, *, is_all: bool = False) -> int:
        """Deliver what is due, or `is_all` that waits, now; how many requests were made."""
        with self._turn:
            made = 0
            for delivery in self._batch(is_all=is_all):
                made += self._deliver(delivery)
            return made

    def _batch(self, *, is_all: bool) -> list[Body]:
        now = real_seconds()
        limit = now - self.conduct.delay_seconds
        rows = self._account.store.run(
            "SELECT * FROM delivery WHERE state = 'waiting' AND (due_at <= ? OR ?) ORDER BY id LIMIT ?",
            limit,
            is_all,
            BATCH,
        )
        batch = [dict(row) for row in rows for _ in range(self.conduct.copies)]
        if self.conduct.order == "reversed":
            batch.reverse()
        elif self.conduct.order == "shuffled":
            self._random.shuffle(batch)
        return batch

    def _deliver(self, delivery: Body) -> int:
        account = self._account
        event = account.store.find("event", delivery["event_id"])
        endpoint = account.store.find("webhook_endpoint", delivery["endpoint_id"])
        if event is None or endpoint is None or endpoint.get("deleted"):
            account.store.run("DELETE FROM delivery WHERE id = ?", delivery["id"])
            return 0
        if delivery["attempts"] == 0 and self._random.random() < self.conduct.loss:
            account.store.run("UPDATE delivery SET state = 'lost' WHERE id = ?", delivery["id"])
            return 0
        secret = account.store.hidden(endpoint["id"])["secret"]
        shown = {**event, "api_version": endpoint["api_version"] or event["api_version"]}
        answer = _post(endpoint["url"], json.dumps(shown, indent=2), secret)
        self._record(delivery, event, answer)
        return 1

    def _record(self, delivery: Body, event: Body, answer: str) -> None:
        store = self._account.store
        attempts = delivery["attempts"] + 1
        pauses = self.conduct.retry_seconds
        if answer.startswith("2"):
            state, due_at = "delivered", delivery["due_at"]
        elif attempts > len(pauses):
            state, due_at = "given_up", delivery["due_at"]
        else:
            state, due_at = "waiting", real_seconds() + pauses[attempts - 1]
        with store.transaction():
            changed = store.run(
                "UPDATE delivery SET state = ?, attempts = ?, due_at = ?, answer = ?"
                " WHERE id = ? AND state <> 'delivered' RETURNING id",
                state,
                attempts,
                due_at,
                answer,
                delivery["id"],
            )
            current = store.find("event", event["id"])
            if changed and state == "delivered" and current:
                store.put({**current, "pending_webhooks": max(current["pending_webhooks"] - 1, 0)})


def sign(payload: str, secret: str) -> str:
    """The `Stripe-Signature` header: scheme v1 over time and body, at the real time that receivers compare with."""
    at = int(real_seconds())
    made = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def _post(url: str, payload: str, secret: str) -> str:
    """Deliver once: the answer's status, or what went wrong."""
    request = urllib.request.Request(  # noqa: S310 -- addresses of endpoints that the account registered
        url,
        data=payload.encode(),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, secret),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 -- as above
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError as error:
        return str(error)
