"""Keyset paging: a page is a walk along an index from a cursor, never an offset."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, func, literal, select, tuple_
from sqlmodel import Session

from models.kernel.columns import can_store, type_of
from models.kernel.errors import Invalid

Row = TypeVar("Row")
MAX_CURSOR = 1_000
COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Sort:
    """A column lists may be ordered by; the id breaks ties in the same direction."""

    column: SQLColumnExpression[Any]
    id: SQLColumnExpression[UUID]
    parse: Callable[[Any], Any]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page and the cursors of its neighbours (empty where there is none)."""

    rows: list[Row]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Count:
    """Rows behind a filter: exact up to the cap, else "at least the cap"."""

    value: int
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.value:,}" if self.is_exact else f"{self.value:,}+"


def fingerprint(*parts: object) -> str:
    """Short mark of a list's sort and filter, so that a cursor is refused on another list."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:10]


def page(
    session: Session,
    statement: Select[Any],
    sort: Sort,
    *,
    cursor: str,
    mark: str,
    size: int,
    build: Callable[[Any], Row],
) -> Page[Row]:
    """One page of the statement, whose last two columns must be the sort column and the id.

    Raises Invalid for a cursor that is damaged or belongs to another list.
    """
    size = min(max(size, 1), 100)
    is_back, position = _read(cursor, mark, sort)
    descending = sort.descending != is_back
    if position is not None:
        here = tuple_(sort.column, sort.id)
        there = tuple_(literal(position[0], type_of(sort.column)), literal(position[1], type_of(sort.id)))
        statement = statement.where(here < there if descending else here > there)
    order = [column.desc() if descending else column.asc() for column in (sort.column, sort.id)]
    found: Sequence[Any] = session.execute(statement.order_by(*order).limit(size + 1)).all()
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found = found[::-1]
    has_before, has_after = (has_more, True) if is_back else (position is not None, has_more)
    return Page(
        [build(row) for row in found],
        _write("b", found[0], mark) if found and has_before else "",
        _write("a", found[-1], mark) if found and has_after else "",
    )


def count(session: Session, statement: Select[Any], cap: int = COUNT_CAP) -> Count:
    """How many rows the filter has, looking at one more than the cap at most."""
    ones = statement.with_only_columns(literal(1), maintain_column_froms=True)
    inner = ones.order_by(None).limit(cap + 1).subquery()
    found = session.scalar(select(func.count()).select_from(inner)) or 0
    return Count(min(found, cap), found <= cap)


def _write(side: str, row: Any, mark: str) -> str:
    value, identifier = row[-2], row[-1]
    plain = value.isoformat() if isinstance(value, date | datetime) else value
    text = json.dumps([side, mark, plain, identifier.hex], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, mark: str, sort: Sort) -> tuple[bool, tuple[Any, UUID] | None]:
    if not cursor:
        return False, None
    try:
        return _parse(cursor, mark, sort)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error):
        raise Invalid(
            "paging.bad_cursor",
            "This page of the list does not exist any more. Start again from the first page.",
            field="after",
        ) from None


def _parse(cursor: str, mark: str, sort: Sort) -> tuple[bool, tuple[Any, UUID]]:
    if len(cursor) > MAX_CURSOR:
        raise ValueError
    padded = cursor + "=" * (-len(cursor) % 4)
    side, written_mark, plain, identifier = json.loads(base64.urlsafe_b64decode(padded))
    value = sort.parse(plain)
    if side not in {"a", "b"} or written_mark != mark or not can_store(value, type_of(sort.column)):
        raise ValueError
    return side == "b", (value, UUID(hex=identifier))
