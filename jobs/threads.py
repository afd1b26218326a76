"""A thread that repeats one turn of work and outlives the database going away."""

import threading
from collections.abc import Callable

import structlog

from models.operations import build_error_text

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


class Loop(threading.Thread):
    """Repeats `turn` until stopped; after a failed one it calls `reset` and waits a growing pause."""

    def __init__(
        self, name: str, turn: Callable[[], None], reset: Callable[[], None], stopping: threading.Event
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._turn = turn
        self._reset = reset
        self._stopping = stopping

    def run(self) -> None:
        """Turn until stopped."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 -- the edge: nothing may end this thread
                log.warning(
                    "thread.interrupted", thread=self.name, error=build_error_text(error), pause_seconds=pause
                )
                self._reset()
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                if pause > FIRST_PAUSE_SECONDS:
                    log.info("thread.resumed", thread=self.name)
                pause = FIRST_PAUSE_SECONDS
