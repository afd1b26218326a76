"""The same key means the same answer: kept for a day of the account's time, errors included."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.errors import ApiError, refused
from jobs.sandbox.stripe.faults import key_in_use
from jobs.sandbox.stripe.http import Response, as_json

KEPT_SECONDS = 24 * 3600
LONGEST = 255


class Idempotency:
    """Keys, their requests and their answers; a key in flight is known to this process alone."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._in_flight: set[str] = set()

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Hold a key while its request is carried out; 409 for whoever comes meanwhile."""
        if len(key) > LONGEST:
            raise refused(f"Keys may be at most {LONGEST} characters.", code="idempotency_key_invalid")
        with self._lock:
            if key in self._in_flight:
                raise key_in_use()
            self._in_flight.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(key)

    def replay(self, key: str, request: str) -> Response | None:
        """The answer that was given to this key; refuses another request under it."""
        # In a transaction, because time is held elsewhere while things fall due.
        with self._account.store.transaction():
            rows = self._account.store.run(
                "SELECT * FROM answer WHERE key = ? AND created > ?",
                key,
                self._account.clock.now() - KEPT_SECONDS,
            )
        if not rows:
            return None
        if rows[0]["request"] != request:
            raise ApiError(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
            )
        body = json.loads(rows[0]["body"])
        return as_json(rows[0]["status"], body, Idempotent_Replayed="true")

    def keep(self, key: str, request: str, response: Response) -> None:
        """Remember the answer, in the transaction that earned it."""
        self._account.store.run(
            "INSERT OR REPLACE INTO answer (key, request, status, body, created) VALUES (?, ?, ?, ?, ?)",
            key,
            request,
            response.status,
            response.body.decode(),
            self._account.clock.now(),
        )


def fingerprint(method: str, path: str, params: dict[str, Any]) -> str:
    """A request as one short text, equal for equal requests."""
    told = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
