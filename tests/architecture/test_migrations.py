"""The migrations build the tables that the code describes, and can be taken back."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from models.kernel.schema import alembic_config
from tests.fixtures.postgres import Server, migrate

TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"


@pytest.fixture
def scratch(server: Server) -> Iterator[str]:
    """A migrated database of this test's own."""
    name = f"{server.template}_{uuid4().hex[:8]}"
    yield server.clone(name)
    server.drop(name)


def _tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(TABLES).fetchone()
        assert row is not None
        return int(row[0])


def test_the_tables_and_the_migrations_do_not_differ(scratch: str) -> None:
    engine = create_engine(scratch.replace("postgresql://", "postgresql+psycopg://", 1))
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)
    engine.dispose()


def test_every_migration_goes_down_and_up_again(scratch: str) -> None:
    before = _tables(scratch)
    migrate(scratch, "base")
    assert _tables(scratch) == 1, "only Alembic's own table is left"
    migrate(scratch)
    assert _tables(scratch) == before > 20
