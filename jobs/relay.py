"""The relay: from the outbox to the queue, woken by the commit of an event or by the sweep."""

import threading

from jobs.listening import Listener
from jobs.operations import deliver
from jobs.queue import huey
from jobs.subscribers import subscribers
from jobs.threads import Loop
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work
from models.kernel.events import CHANNEL
from models.kernel.settings import get_settings
from models.operations import claim_due, fan_out

EVENTS_AT_ONCE = 500
DELIVERIES_AT_ONCE = 200
# More than this in the queue would outlast the lease and be queued twice.
QUEUE_ROOM = 1_000
FULL_QUEUE_PAUSE_SECONDS = 0.25


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
        self._listener = Listener(CHANNEL, "clientforge-relay", stopping)

    def thread(self) -> Loop:
        """The thread that relays until stopped."""
        return Loop("relay", self.turn, self.close, self._stopping)

    def turn(self) -> None:
        """One pass, then wait for the next wake-up or sweep."""
        self._listener.open()
        self._listener.wait(relay_once())

    def close(self) -> None:
        """Drop the listening connection; the next turn opens a new one."""
        self._listener.close()
