"""Real worker processes on a database, and where asked a Redis, of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from models.kernel.actor import system_actor
from models.kernel.columns import new_id
from models.kernel.events import EventType, Subject, record_event
from tests.fixtures.postgres import Server
from tests.jobs.databases import ROOT, cloned, engine_of
from tests.jobs.subscribers import TABLES
from tests.live.redis import redis_server

# Not declared: the catalogue of this process is the program's own.
COUNTED = EventType("test.counted", "was counted")
ASKED = EventType("test.asked", "asked the vendor")
# Only a failure takes this long, on a machine that does other things too.
PATIENCE_SECONDS = 120


@dataclass
class World:
    """A database, the worker's environment, and the worker once it is started."""

    url: str
    engine: Engine
    folder: Path
    environment: dict[str, str]
    worker: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, **settings: object) -> subprocess.Popen[bytes]:
        """Start a worker; settings go in as environment variables."""
        environment = {**self.environment, **{key.upper(): str(value) for key, value in settings.items()}}
        with (self.folder / "worker.log").open("ab") as output:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.worker_under_test"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        self.workers.append(self.worker)
        return self.worker

    def kill(self) -> None:
        """SIGKILL: no handler, no clean-up."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def record(self, event: EventType, number: int) -> None:
        """Record events in transactions of ten."""
        with Session(self.engine) as session:
            for done in range(1, number + 1):
                record_event(session, system_actor("test"), event, Subject("test", new_id(), "a test"))
                if done % 10 == 0 or done == number:
                    session.commit()

    def ask(self, statement: str, **values: Any) -> Any:
        """The single value of a query, on a fresh snapshot."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).scalar()

    def tell(self, statement: str, **values: Any) -> None:
        """Run a statement and commit."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait until it holds; fails with the worker's log where it does not."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                log = (self.folder / "worker.log").read_text(errors="replace")[-6_000:]
                pytest.fail(f"waited {PATIENCE_SECONDS} s in vain until {what}; the worker says:\n{log}")
            time.sleep(0.02)


@pytest.fixture(params=["postgres", "redis"])
def queue(request: pytest.FixtureRequest) -> str:
    """Where Huey keeps its queue: a test that asks for it runs on both."""
    return str(request.param)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A real Redis of this test's own, which forgets everything."""
    with redis_server(tmp_path) as url:
        yield url


def _world(url: str, folder: Path, redis: str) -> World:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_READ_URL": "",
        "DATA_DIR": str(folder / "data"),
        "REDIS_URL": redis,
        "PYTHONWARNINGS": "ignore",
        "RELAY_SWEEP_SECONDS": "0.3",
        "DELIVERY_LEASE_SECONDS": "1",
        "DELIVERY_BACKOFF_SECONDS": "0.05",
        "DELIVERY_ATTEMPTS": "3",
        "WORKER_THREADS": "4",
    }
    return World(url, engine_of(url), folder, environment)


@pytest.fixture
def world(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[World]:
    """A database of its own, its worker on Redis where the test's `queue` says so."""
    is_redis = "queue" in request.fixturenames and request.getfixturevalue("queue") == "redis"
    redis = request.getfixturevalue("redis_url") if is_redis else ""
    with cloned(server) as url:
        found = _world(url, tmp_path, redis)
        found.tell(TABLES)
        try:
            yield found
        finally:
            for worker in found.workers:
                if worker.poll() is None:
                    worker.send_signal(signal.SIGKILL)
                worker.wait()
            found.engine.dispose()
