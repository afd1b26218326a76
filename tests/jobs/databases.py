"""Databases for tests that need one of their own: cloned from a template that is migrated once."""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, make_url

from models.kernel.database import create_database, database_url

ROOT = Path(__file__).parents[2]


def named(database: str) -> str:
    """Address of a database on the server that tests use."""
    url = make_url(database_url()).set(database=database)
    return url.render_as_string(hide_password=False)


@cache
def template() -> str:
    """A migrated database of this test process, dropped at its end."""
    name = f"jobs_template_{os.getpid()}"
    create_database(named("postgres"), name)
    atexit.register(drop, name)
    subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": named(name)},
        check=True,
        capture_output=True,
    )
    return name


def drop(name: str) -> None:
    """Drop the database, whoever is connected."""
    with psycopg.connect(named("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def rename(old: str, new: str) -> None:
    """Give a database, to which nobody is connected, another name."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    with psycopg.connect(named("postgres"), autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def cloned() -> Iterator[str]:
    """Address of a fresh, migrated database that is dropped after the block."""
    name = f"jobs_{os.getpid()}_{uuid4().hex[:8]}"
    create_database(named("postgres"), name, template())
    try:
        yield named(name)
    finally:
        drop(name)


def engine_of(url: str) -> Engine:
    """An engine on the address."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
