"""The relay: from the outbox to the queue, woken by the commit of an event or by the sweep."""

import threading
import time
from contextlib import suppress

import psycopg

from jobs.operations import deliver
from jobs.queue import huey
from jobs.subscribers import subscribers
from jobs.threads import Loop
from models.kernel.actor import Cause, system_actor
from models.kernel.database import database_url, unit_of_work
from models.kernel.events import CHANNEL
from models.kernel.settings import get_settings
from models.operations import claim_due, fan_out

EVENTS_AT_ONCE = 500
DELIVERIES_AT_ONCE = 200
# More than this in the queue would outlast the lease and be queued twice.
QUEUE_ROOM = 1_000
FULL_QUEUE_PAUSE_SECONDS = 0.25
STOP_CHECK_SECONDS = 0.5


def relay_once() -> float:
    """Fan out one batch of events and queue one batch of deliveries; returns how long to wait for more.

    The queue is filled after the claim is committed: what is lost in between comes back with its lease.
    """
    actor = system_actor("relay", Cause.event)
    with unit_of_work() as session:
        taken = fan_out(session, actor, subscribers=subscribers(), limit=EVENTS_AT_ONCE)
    room = min(DELIVERIES_AT_ONCE, QUEUE_ROOM - huey.pending_count())
    if room <= 0:
        return FULL_QUEUE_PAUSE_SECONDS
    with unit_of_work() as session:
        due = claim_due(session, actor, limit=room)
    for delivery_id in due:
        deliver(str(delivery_id))
    is_drained = taken < EVENTS_AT_ONCE and len(due) < room
    return get_settings().relay_sweep_seconds if is_drained else 0.0


class Relay:
    """Holds the connection that listens; `thread` runs it."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._connection: psycopg.Connection | None = None

    def thread(self) -> Loop:
        """The thread that relays until stopped."""
        return Loop("relay", self.turn, self.close, self._stopping)

    def turn(self) -> None:
        """One pass, then wait for the next wake-up or sweep."""
        # Listening starts before the pass, so that an event committed during it wakes the next one.
        connection = self._listening()
        self._wait(connection, relay_once())

    def close(self) -> None:
        """Drop the listening connection; the next turn opens a new one."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _listening(self) -> psycopg.Connection:
        if self._connection is None:
            connection = psycopg.connect(
                database_url(), autocommit=True, connect_timeout=5, application_name="clientforge-relay"
            )
            connection.execute(f"LISTEN {CHANNEL}")
            self._connection = connection
        return self._connection

    def _wait(self, connection: psycopg.Connection, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := deadline - time.monotonic()) > 0:
            if list(connection.notifies(timeout=min(left, STOP_CHECK_SECONDS), stop_after=1)):
                # A burst of commits is one wake-up.
                list(connection.notifies(timeout=0))
                return
        # A connection that a firewall dropped in silence would never wake us again: this finds out.
        connection.execute("SELECT 1")
