"""A running program for the tests that meet it from outside: each test process has its own."""

from collections.abc import Iterator

import fasteners
import psycopg
import pytest

from tests.fixtures.postgres import Server
from tests.live.prepared import Prepared, prepare
from tests.live.server import Live, environment_for, free_port, program, wait_until_ready


@pytest.fixture(scope="session")
def prepared(server: Server) -> Prepared:
    """Built pages and a database with some of the demo customers, made by the first process that asks."""
    with fasteners.InterProcessLock(server.folder / "prepared.lock"):
        return Prepared.known(server.folder) or prepare(server)


@pytest.fixture(scope="session")
def live(server: Server, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """`clientforge run` on copies of what was prepared."""
    folder, port = tmp_path_factory.mktemp("live"), free_port()
    name = f"{server.template}_live_{port}"
    url = server.clone(name, prepared.database)
    environment = environment_for(url, folder, port, pages=prepared.copy_pages(folder, port))
    with program(environment, folder / "run.log") as process:
        wait_until_ready(f"http://localhost:{port}", process, folder / "run.log")
        yield Live(f"http://localhost:{port}", url, folder, process, environment)
    server.drop(name)


def scalar(url: str, statement: str, *parameters: object) -> object:
    """One value from the database of a running program."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement, parameters).fetchone()
    return row[0] if row else None


def execute(url: str, statement: str) -> None:
    """Change something in the database of a running program."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)
