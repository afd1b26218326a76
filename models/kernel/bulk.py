"""Many rows at once, past the session but in its transaction: COPY in, and updates by id."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import orjson
import psycopg
from psycopg import sql
from sqlmodel import Session

Cursor = psycopg.Cursor[Any]


def json_text(value: Any) -> str:
    """The value as COPY takes JSON."""
    return orjson.dumps(value, default=str).decode()


def session_cursor(session: Session) -> Cursor:
    """A psycopg cursor in the session's transaction, after what the session has to write."""
    session.flush()
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    return connection.cursor()


def copy_rows(cursor: Cursor, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add the rows with COPY; values in the order of the columns, JSON as text."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def update_rows(
    cursor: Cursor,
    table: str,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    bumps_version: bool = False,
) -> None:
    """Set the columns of many rows through a table of this transaction; the first column is `id`."""
    values = list(rows)
    if not values:
        return
    names = {"table": sql.Identifier(table), "new": sql.Identifier(f"new_{table}")}
    wanted = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(
        sql.SQL(
            "CREATE TEMP TABLE IF NOT EXISTS {new} ON COMMIT DROP AS SELECT {wanted} FROM {table} WITH NO DATA"
        ).format(wanted=wanted, **names)
    )
    cursor.execute(sql.SQL("TRUNCATE {new}").format(**names))
    copy_rows(cursor, f"new_{table}", columns, values)
    changes: list[sql.Composable] = [
        sql.SQL("{0} = n.{0}").format(sql.Identifier(each)) for each in columns[1:]
    ]
    changes.append(sql.SQL("updated_at = now()"))
    if bumps_version:
        changes.append(sql.SQL("version = t.version + 1"))
    cursor.execute(
        sql.SQL("UPDATE {table} t SET {changes} FROM {new} n WHERE t.id = n.id").format(
            changes=sql.SQL(", ").join(changes), **names
        )
    )
