"""Databases for tests that need one of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from psycopg import sql
from sqlalchemy import Engine, create_engine

from tests.fixtures.postgres import Server

ROOT = Path(__file__).parents[2]


@contextmanager
def cloned(server: Server) -> Iterator[str]:
    """Address of a fresh, migrated database that is dropped after the block."""
    name = f"{server.template}_jobs_{uuid4().hex[:8]}"
    try:
        yield server.clone(name)
    finally:
        server.drop(name)


def rename(server: Server, old: str, new: str) -> None:
    """Give a database, to which nobody is connected, another name."""
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def engine_of(url: str) -> Engine:
    """An engine on the address."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
