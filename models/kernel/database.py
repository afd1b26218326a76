"""The database: engines, and the only place that commits."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from models.kernel import embedded_postgres
from models.kernel.errors import Conflict, DomainError, Invalid, Unavailable
from models.kernel.settings import get_settings

# A screen waits for nobody: a lock or a query that takes longer than this is refused with a sentence.
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 20_000
# A reading connection that was in use so lately is taken to be there still. The first statement that finds it gone
# is refused with a sentence, and all connections are made anew.
ASKED_AFTER_SECONDS = 1.0


@cache
def database_url() -> str:
    """The libpq address of the database, starting the embedded server where none is named."""
    settings = get_settings()
    if settings.database_url:
        return settings.database_url
    server = embedded_postgres.start(settings.data_dir)
    create_database(embedded_postgres.url(server, "postgres"), embedded_postgres.DATABASE)
    return embedded_postgres.url(server)


def create_database(admin_url: str, name: str, template: str = "template1") -> None:
    """Create the database where it is missing."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not found:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )


def _engine(url: str, *, is_reading: bool = False) -> Engine:
    settings = get_settings()
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        # A page of a list is one statement: BEGIN and ROLLBACK around it would triple its round trips, and at
        # the level READ COMMITTED they would not make several statements see the same moment either.
        isolation_level="AUTOCOMMIT" if is_reading else None,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=not is_reading,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} "
            "-c timezone=UTC -c idle_in_transaction_session_timeout=60000 "
            f"-c default_transaction_read_only={'on' if is_reading else 'off'}",
        },
    )
    if is_reading:
        _ask_the_rested(engine)
    return engine


def _ask_the_rested(engine: Engine) -> None:
    """Ask a connection that rested whether it is still there before it is used; where it is not, all are made anew.

    SQLAlchemy's own `pool_pre_ping` asks every time: half of all round trips of a page of a list.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        since = record.info.get("rests_since")
        if since is None or monotonic() - since < ASKED_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


@cache
def write_engine() -> Engine:
    """Engine of the database everything is written to."""
    return _engine(database_url())


@cache
def read_engine() -> Engine:
    """Engine of the replica where DATABASE_READ_URL names one, else of the same database; it never writes."""
    return _engine(get_settings().database_read_url or database_url(), is_reading=True)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: commits at the end of the block, rolls back where it raises."""
    with _named_failures(), Session(write_engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def rehearsal() -> Iterator[Session]:
    """One transaction that is taken back at its end: the real thing, without keeping it."""
    with _named_failures(), Session(write_engine(), expire_on_commit=False) as session:
        yield session
        session.rollback()


@contextmanager
def read_session() -> Iterator[Session]:
    """Read-only statements, each by itself; a write is refused by the database."""
    with _named_failures(), Session(read_engine()) as session:
        yield session


@contextmanager
def read_transaction() -> Iterator[Session]:
    """One read-only transaction, for what needs its settings or a cursor on the server to last."""
    with read_session() as session:
        session.connection(execution_options={"isolation_level": "READ COMMITTED"})
        yield session


@contextmanager
def raw_connection() -> Iterator[psycopg.Connection]:
    """A psycopg connection of its own, for COPY, LISTEN and long work without statement timeout."""
    with psycopg.connect(database_url()) as connection:
        yield connection


def dispose() -> None:
    """Close the pools, e.g. before a fork."""
    for engine in (read_engine, write_engine):
        if engine.cache_info().currsize:
            engine().dispose()


BUSY = (
    Conflict,
    "database.busy",
    "Somebody else is changing the same thing right now. Nothing was changed; try again.",
)
# What the database's own refusals mean, by SQLSTATE (PostgreSQL manual, appendix A).
FAILURES: Mapping[str, tuple[type[DomainError], str, str]] = {
    "23505": (
        Conflict,
        "database.duplicate",
        "Somebody saved the same thing at the same moment. Nothing was changed; reload to see it.",
    ),
    "40001": BUSY,
    "40P01": BUSY,
    "53100": (
        Unavailable,
        "database.disk_full",
        "The database has no disk space left. Nothing was changed; free some space, then try again.",
    ),
    "55P03": BUSY,
    "57014": (
        Unavailable,
        "database.too_slow",
        "The database took too long. Nothing was changed; narrow the filter.",
    ),
}
UNAVAILABLE = "The database does not answer. Nothing was changed; try again in a moment."
UNREADABLE = "A text holds a character, or a figure is of a size, that cannot be kept. Type it anew."
IDLE_TOO_LONG = "25P03"


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeoutError, UnicodeEncodeError) as error:
        named = _name(error)
        if named is None:
            raise
        raise named from error


def _name(error: DBAPIError | PoolTimeoutError | UnicodeEncodeError) -> DomainError | None:
    """The failure as a named fact; None for what only a mistake of ours can cause."""
    if isinstance(error, DataError | UnicodeEncodeError):
        return Invalid("database.unreadable", UNREADABLE)
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state in FAILURES:
        kind, code, sentence = FAILURES[state]
        return kind(code, sentence)
    if state == IDLE_TOO_LONG or isinstance(error, OperationalError | InterfaceError | PoolTimeoutError):
        return Unavailable("database.unavailable", UNAVAILABLE)
    return None


def data_dir() -> Path:
    """The folder for what the program keeps, created where missing."""
    folder = get_settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder
