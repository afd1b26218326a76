"""A session whose work is undone after each test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.jobs.databases import cloned, engine_of


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    """A database of these tests' own."""
    with cloned() as url:
        found = engine_of(url)
        yield found
        found.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A transaction that is rolled back at the end; savepoints within it work as ever."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as found:
            yield found
        outer.rollback()
