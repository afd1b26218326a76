"""One Stripe account: its objects, its time, its events and what falls due later."""

import copy
import secrets
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from jobs.sandbox.stripe.blanks import BLANKS, PREFIXES, WITHOUT_CREATED, WITHOUT_LIVEMODE
from jobs.sandbox.stripe.clock import Clock, real_seconds
from jobs.sandbox.stripe.errors import missing
from jobs.sandbox.stripe.store import Body, Store

API_VERSION = "2026-10-28.endive"
LETTERS = string.ascii_letters + string.digits

Action = Callable[["Account", Body], None]
# What may fall due: the action's name, the kind of its object, and what happens to it.
ACTIONS: dict[str, tuple[str, Action]] = {}


def falls_due(kind: str) -> Callable[[Action], Action]:
    """Register what happens to an object of `kind` some day; `Account.later` names it."""

    def register(action: Action) -> Action:
        ACTIONS[action.__name__] = (kind, action)
        return action

    return register


class Account:
    """What a resource's functions work on; everything happens inside a transaction of its store."""

    def __init__(self, store: Store, *, address: str) -> None:
        self.store = store
        self.clock = Clock(store)
        self.address = address
        # The request that is being carried out, as its events will name it.
        self.request_id: str | None = None
        self.request_key: str | None = None

    def make(self, kind: str, **facts: Any) -> Body:
        """A new object of a kind, with the blanks of its resource filled in by `facts`."""
        prefix = PREFIXES[kind]
        body: Body = {
            "id": f"{prefix}_{random_text(24)}",
            "object": kind,
            **copy.deepcopy(BLANKS[kind]),
            **({} if kind in WITHOUT_CREATED else {"created": self.clock.now()}),
            **({} if kind in WITHOUT_LIVEMODE else {"livemode": False}),
            **facts,
        }
        if kind.endswith("_intent"):
            body["client_secret"] = f"{body['id']}_secret_{random_text(24)}"
        return self.store.put(body)

    def get(self, kind: str, identifier: str, *, param: str = "") -> Body:
        """An object that must exist; `param` names where the caller said so."""
        found = self.store.find(kind, identifier)
        if found is None or (found.get("deleted") and param):
            raise missing(kind, identifier, param=param or "id")
        return found

    def save(self, body: Body) -> Body:
        """Keep an object as it is now."""
        return self.store.put(body)

    def emit(self, kind: str, subject: Body, previous: Mapping[str, Any] | None = None) -> None:
        """Record that something happened, and queue its webhooks."""
        data: Body = {"object": copy.deepcopy(subject)}
        if previous is not None:
            data["previous_attributes"] = dict(previous)
        endpoints = self._endpoints(kind)
        event = self.make(
            "event",
            type=kind,
            data=data,
            api_version=API_VERSION,
            pending_webhooks=len(endpoints),
            request={"id": self.request_id, "idempotency_key": self.request_key},
        )
        for endpoint in endpoints:
            self.store.run(
                "INSERT INTO delivery (event_id, endpoint_id, state, due_at) VALUES (?, ?, 'waiting', ?)",
                event["id"],
                endpoint["id"],
                real_seconds(),
            )

    def later(self, seconds: int, action: str, subject: Body) -> None:
        """Let an action fall due in so many seconds of the account's time."""
        self.later_at(self.clock.now() + seconds, action, subject)

    def later_at(self, instant: int, action: str, subject: Body) -> None:
        """Let an action fall due at an instant of the account's time."""
        self.store.run(
            "INSERT INTO due (due_at, action, object_id) VALUES (?, ?, ?)", instant, action, subject["id"]
        )

    def run_due(self, until: int | None = None) -> int:
        """Do what has fallen due, each at its own instant and in order; how many that were."""
        limit = self.clock.now() if until is None else until
        done = 0
        while rows := self.store.run(
            "SELECT * FROM due WHERE due_at <= ? ORDER BY due_at, id LIMIT 1", limit
        ):
            row = rows[0]
            kind, action = ACTIONS[row["action"]]
            with self.clock.held_at(row["due_at"]):
                self.store.run("DELETE FROM due WHERE id = ?", row["id"])
                if (subject := self.store.find(kind, row["object_id"])) is not None:
                    action(self, subject)
            done += 1
        return done

    def month(self) -> tuple[int, int]:
        """The year and month of the account's time, which cards expire by."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        return now.year, now.month

    def _endpoints(self, kind: str) -> list[Body]:
        found, _ = self.store.listed("webhook_endpoint", {"status": "enabled"}, limit=100)
        return [
            each for each in found if not each.get("deleted") and {"*", kind} & set(each["enabled_events"])
        ]


def random_text(length: int) -> str:
    """Letters and digits nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))
