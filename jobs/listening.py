"""A connection that waits for PostgreSQL's notes on one channel."""

import threading
import time
from contextlib import suppress

import psycopg

from models.kernel.database import database_url

STOP_CHECK_SECONDS = 0.5


class Listener:
    """Opened at its first use, and anew after `close`; used by one thread."""

    def __init__(self, channel: str, application_name: str, stopping: threading.Event) -> None:
        self._channel = channel
        self._application_name = application_name
        self._stopping = stopping
        self._connection: psycopg.Connection | None = None

    def open(self) -> psycopg.Connection:
        """Listen from now on, so that a note sent during the work that follows is not missed."""
        if self._connection is None:
            connection = psycopg.connect(
                database_url(), autocommit=True, connect_timeout=5, application_name=self._application_name
            )
            connection.execute(f"LISTEN {self._channel}")
            self._connection = connection
        return self._connection

    def wait(self, seconds: float) -> None:
        """Return at the first note, when stopping, or after so many seconds."""
        connection = self.open()
        deadline = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := deadline - time.monotonic()) > 0:
            if list(connection.notifies(timeout=min(left, STOP_CHECK_SECONDS), stop_after=1)):
                # A burst of commits is one wake-up.
                list(connection.notifies(timeout=0))
                return
        # A connection that a firewall dropped in silence would never wake us again: this finds out.
        connection.execute("SELECT 1")

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
