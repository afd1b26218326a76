"""What is asked of the invoices list, and what the database is asked in turn."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from sqlalchemy import event, text
from sqlmodel import Session

from models.billing import INVOICES
from models.kernel import clock
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import read_engine, read_session
from models.kernel.listing import Condition, ListQuery, list_page

ACTOR: Actor = system_actor("bench", Cause.command)
DEEP_PAGES = 499

Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One question of the list."""

    name: str
    query: ListQuery


def cases() -> list[Case]:
    """The pages, orders, searches and filters that the issue names."""
    found = [
        Case("first page", ListQuery()),
        Case("page 500 by cursor", ListQuery(cursor=_deep_cursor())),
        Case("sort by amount", ListQuery(sort="-total")),
    ]
    found += [Case(f"search customer, {name}", ListQuery(search=words)) for name, words in _searches()]
    found.append(Case("search number", ListQuery(search=_some_number())))
    found.append(Case("search number, beginning", ListQuery(search=_some_number()[:11])))
    found.append(Case("search number, a past year", ListQuery(search=f"INV-{clock.today().year - 3}")))
    for status in ("open", "overdue", "paid"):
        found.append(Case(f"status {status}", ListQuery(conditions=(Condition("status", status),))))
    return found


def show(query: ListQuery) -> None:
    """One page, as a screen asks for it."""
    with read_session() as session:
        list_page(session, ACTOR, INVOICES, query)


def statements_of(action: Callable[[Session], Any]) -> list[Statement]:
    """The statements and parameters, as psycopg gets them, of what the action does in a session."""
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found.append((statement, parameters))

    event.listen(read_engine(), "before_cursor_execute", note)
    try:
        with read_session() as session:
            action(session)
    finally:
        event.remove(read_engine(), "before_cursor_execute", note)
    return found


@contextmanager
def replayed(statements: Sequence[Statement], address: str) -> Iterator[Callable[[], None]]:
    """A function that runs the same statements through psycopg alone and fetches all rows."""
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        connection.execute("SET timezone = 'UTC'")

        def run() -> None:
            for statement, parameters in statements:
                cursor.execute(statement, parameters)
                cursor.fetchall()

        yield run


def _deep_cursor() -> str:
    query = ListQuery()
    with read_session() as session:
        for _ in range(DEEP_PAGES):
            query = replace(query, cursor=list_page(session, ACTOR, INVOICES, query).after)
    return query.cursor


def _searches() -> list[tuple[str, str]]:
    """A whole name, a name that about one customer in 500 bears, and a word that many have."""
    with read_session() as session:
        name = session.scalar(text(_NAME)) or ""
        words = session.execute(text(_WORDS)).all()
    rare = min(words, key=lambda row: abs(row.share - 0.002))
    common = max(words, key=lambda row: row.share)
    return [("whole name", name), ("a surname", rare.word), ("a common word", common.word)]


def _some_number() -> str:
    with read_session() as session:
        return session.scalar(text(_NUMBER)) or ""


_NAME = "SELECT name FROM tenant WHERE country = 'US' ORDER BY id OFFSET 2000 LIMIT 1"
_NUMBER = (
    "SELECT number FROM invoice WHERE issued_on = (SELECT max(issued_on) FROM invoice) ORDER BY id LIMIT 1"
)
_WORDS = """
WITH sample AS (SELECT name FROM tenant ORDER BY md5(external_ref) LIMIT 7000)
SELECT lower(word) AS word, count(*)::float / 7000 AS share
FROM sample, regexp_split_to_table(name, '[^[:alpha:]]+') AS word
WHERE length(word) > 2 GROUP BY 1 HAVING count(*) > 4
"""
