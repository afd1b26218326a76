"""Not asking a vendor that does not answer.

`pybreaker` holds its lock during the call, so that threads would wait for each other, and `purgatory` shares its
state between threads without one; what we need of either is this.
"""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after `limit` failures in a row and lets one call through when `rest_seconds` are over; thread-safe."""

    def __init__(
        self, *, limit: int, rest_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._rest_seconds = rest_seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_again_at = 0.0

    def admits(self) -> bool:
        """Whether a call may be made now; after the rest only the first who asks is told so."""
        with self._lock:
            if self._failures < self._limit:
                return True
            if self._monotonic() < self._closed_again_at:
                return False
            self._closed_again_at = self._monotonic() + self._rest_seconds
            return True

    def record_success(self) -> None:
        """The vendor answered, whatever it said."""
        with self._lock:
            self._failures = 0

    def record_failure(self) -> None:
        """The vendor did not answer."""
        with self._lock:
            self._failures += 1
            self._closed_again_at = self._monotonic() + self._rest_seconds
