"""The worker process: consumer threads, relay and heartbeat; `python -m jobs.worker` runs it."""

import gc
import logging
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import structlog

from jobs import demo_clock, import_export, payments, refunds, runs, schedule
from jobs.inbox import Inbox
from jobs.queue import WORKER, huey, prepare_storage
from jobs.relay import Relay
from jobs.subscribers import subscribers
from jobs.threads import Loop
from models.integrations.error_reports import start_error_reports
from models.kernel import clock
from models.kernel.actor import system_actor
from models.kernel.database import database_url, unit_of_work
from models.kernel.errors import DomainError
from models.kernel.logs import configure_logs
from models.kernel.settings import get_settings
from models.operations import HEARTBEAT_SECONDS, record_heartbeat, remove_worker

log = structlog.get_logger()

# Longer than any delivery may take, shorter than a supervisor's patience.
GRACE_SECONDS = 20
HEALTH_CHECK_SECONDS = 5


def main() -> int:
    """Work until SIGTERM or SIGINT, then finish what is in hand; a second signal ends it at once."""
    configure_logs()
    start_error_reports("worker")
    # What ran and how it ended stands in job_run; the log keeps what went wrong.
    logging.getLogger("huey").setLevel(logging.WARNING)
    stopping = threading.Event()
    _stop_on_signals(stopping)
    _wait_for_storage(stopping)
    if stopping.is_set():
        return 0
    # What was imported lives as long as the process: looking through it for garbage costs a billing run a seventh.
    gc.freeze()
    runs.connect()
    settings = get_settings()
    consumer = huey.create_consumer(
        workers=settings.worker_threads, max_delay=5, shutdown_timeout=GRACE_SECONDS
    )
    consumer.start()
    # The consumer sets handlers of its own, of which only one is graceful.
    _stop_on_signals(stopping)
    threads = [Relay(stopping).thread(), Inbox(stopping).thread(), _heartbeat(stopping)]
    for thread in threads:
        thread.start()
    log.info("worker.started", worker=WORKER, threads=settings.worker_threads, subscribers=[*subscribers()])
    _watch(consumer, stopping)
    log.info("worker.stopping", worker=WORKER)
    consumer.stop(graceful=True)
    huey.notify_interrupted_tasks()
    for thread in threads:
        thread.join(timeout=2)
    with suppress(DomainError), unit_of_work() as session:
        remove_worker(session, system_actor("worker"), worker=WORKER)
    log.info("worker.stopped", worker=WORKER)
    return 0


def _watch(consumer: Any, stopping: threading.Event) -> None:
    checked = time.monotonic()
    while not stopping.wait(0.2):
        if time.monotonic() - checked >= HEALTH_CHECK_SECONDS:
            consumer.check_worker_health()
            checked = time.monotonic()


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: object) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _wait_for_storage(stopping: threading.Event) -> None:
    """Make the queue's tables, for as long as it takes the database to answer."""
    database_url()
    ready = threading.Event()

    def turn() -> None:
        prepare_storage()
        ready.set()

    loop = Loop("worker.storage", turn, lambda: None, ready)
    loop.start()
    while loop.is_alive() and not stopping.is_set():
        loop.join(timeout=0.1)


def _heartbeat(stopping: threading.Event) -> Loop:
    started_at = clock.now()

    def beat() -> None:
        with unit_of_work() as session:
            record_heartbeat(session, system_actor("worker"), worker=WORKER, started_at=started_at)
        stopping.wait(HEARTBEAT_SECONDS)

    return Loop("heartbeat", beat, lambda: None, stopping)


# Imported for what they register: subscribers and periodic tasks.
__all__ = ["demo_clock", "import_export", "main", "payments", "refunds", "schedule"]

if __name__ == "__main__":
    sys.exit(main())
