"""One running program for all tests of a run that meet it from outside."""

import sys
from collections.abc import Iterator
from pathlib import Path

import fasteners
import psycopg
import pytest

from tests.fixtures.postgres import Server
from tests.live.server import (
    ROOT,
    Live,
    clientforge,
    environment_for,
    free_port,
    running,
    some_customers,
    wait_until_ready,
)


@pytest.fixture(scope="session")
def live(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """`clientforge run` on a database with some of the demo customers."""
    # Two runs in one folder would build their pages over each other.
    with fasteners.InterProcessLock(ROOT / ".web-test.lock"):
        yield from _served(server, tmp_path_factory.mktemp("live"))


def _served(server: Server, folder: Path) -> Iterator[Live]:
    url = server.clone("live")
    port = free_port()
    environment = environment_for(url, folder, port)
    clientforge(environment, "demo", "load", "--file", str(some_customers(folder)))
    log = folder / "run.log"
    with running([sys.executable, "-m", "jobs.cli", "run"], environment, log) as process:
        wait_until_ready(f"http://localhost:{port}", process, log)
        yield Live(f"http://localhost:{port}", url, folder, process, environment)
    server.drop("live")


def scalar(url: str, statement: str, *parameters: object) -> object:
    """One value from the database of a running program."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement, parameters).fetchone()
    return row[0] if row else None


def execute(url: str, statement: str) -> None:
    """Change something in the database of a running program."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)
