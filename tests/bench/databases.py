"""The two databases that are measured: the demo data, and 22 times as much of the same kind."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from models.kernel import embedded_postgres
from models.kernel.database import create_database
from tests.bench.growth import grow
from tests.bench.places import DATA, ROOT, run_module

SMALL = 227_990
LARGE = 5_000_000


@contextmanager
def databases(*, with_large: bool) -> Iterator[dict[int, str]]:
    """Addresses by number of invoices; each database is made once and kept as long as it fits the tables."""
    server = embedded_postgres.start(DATA)
    try:
        admin = embedded_postgres.url(server, "postgres")
        found = {SMALL: _small(admin, embedded_postgres.url(server, "bench_small"))}
        if with_large:
            found[LARGE] = _large(admin, embedded_postgres.url(server, "bench_large"))
        yield found
    finally:
        server.cleanup()


def _small(admin: str, address: str) -> str:
    if _is_current(address, SMALL):
        return address
    print("Loading the demo data.", flush=True)
    _drop(admin, "bench_small")
    _drop(admin, "bench_large")
    create_database(admin, "bench_small")
    settings = {"DATABASE_URL": address}
    for arguments in (("migrate",), ("demo", "load")):
        run_module("tests.bench.command_line", *arguments, settings=settings)
    _mark(address, "bench_small")
    return address


def _large(admin: str, address: str) -> str:
    if _is_current(address, LARGE):
        return address
    print(f"Growing it to {LARGE:,} invoices; this takes a few minutes, once.", flush=True)
    _drop(admin, "bench_large")
    with psycopg.connect(admin, autocommit=True) as connection:
        # A database that somebody is connected to cannot be copied.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bench_small'"
        )
    create_database(admin, "bench_large", "bench_small")
    grow(address, LARGE)
    _mark(address, "bench_large")
    return address


def _is_current(address: str, invoices: int) -> bool:
    """Whether the database is there and holds that many invoices; migrations made since then are applied."""
    try:
        with psycopg.connect(address) as connection:
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database'), (SELECT count(*) FROM invoice) "
                "FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        made_of = json.loads(found[0] or "{}") if found else {}
    except (psycopg.Error, json.JSONDecodeError):
        return False
    sources = _sources()
    if not made_of or found is None or found[1] != invoices or not made_of.items() <= sources.items():
        return False
    if made_of != sources:
        run_module("tests.bench.command_line", "migrate", settings={"DATABASE_URL": address})
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE) tenant, subscription, invoice")
        _mark(address, address.partition("?")[0].rpartition("/")[2])
    return True


def _mark(address: str, name: str) -> None:
    """Keep with the database what it was made of."""
    with psycopg.connect(address, autocommit=True) as connection:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        text = json.dumps(_sources(), sort_keys=True)
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(text)))


def _sources() -> dict[str, str]:
    """A short hash of each file that decides what the databases look like."""
    paths = [*sorted((ROOT / "migrations" / "versions").glob("*.py")), Path(__file__).with_name("growth.py")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in paths}


def _drop(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
