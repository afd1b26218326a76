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

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, literal, or_, select, tuple_
from sqlmodel import Session

from models.kernel.columns import can_store, type_of
from models.kernel.errors import Invalid

Row = TypeVar("Row")
MAX_CURSOR = 1_000
COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Sort:
    """A column lists may be ordered by, then another; the id breaks ties in the direction of the last."""

    column: SQLColumnExpression[Any]
    id: SQLColumnExpression[UUID]
    parse: Callable[[Any], Any]
    descending: bool = False
    then: "Sort | None" = None

    @property
    def keys(self) -> "list[Sort]":
        """This order and the one after it."""
        return [self, *(self.then.keys if self.then else [])]


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
    """One page of the statement, whose last columns must be those it is sorted by and the id.

    Raises Invalid for a cursor that is damaged or belongs to another list.
    """
    size = min(max(size, 1), 100)
    is_back, position = _read(cursor, mark, sort)
    directions = [key.descending != is_back for key in sort.keys]
    columns = [*(key.column for key in sort.keys), sort.id]
    if position is not None:
        there = [literal(value, type_of(each)) for value, each in zip(position, columns, strict=True)]
        statement = statement.where(_beyond(columns, there, [*directions, directions[-1]]))
    order = [
        each.desc() if descending else each.asc()
        for each, descending in zip(columns, [*directions, directions[-1]], strict=True)
    ]
    found: Sequence[Any] = session.execute(statement.order_by(*order).limit(size + 1)).all()
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found = found[::-1]
    has_before, has_after = (has_more, True) if is_back else (position is not None, has_more)
    return Page(
        [build(row) for row in found],
        _write("b", found[0][-len(columns) :], mark) if found and has_before else "",
        _write("a", found[-1][-len(columns) :], mark) if found and has_after else "",
    )


def _beyond(columns: list[Any], there: list[Any], directions: list[bool]) -> ColumnElement[bool]:
    """Rows that come after the given one. One direction is one comparison, which an index walks along."""
    if len(set(directions)) == 1:
        here, place = tuple_(*columns), tuple_(*there)
        return here < place if directions[0] else here > place
    column, value, descending = columns[0], there[0], directions[0]
    further = column < value if descending else column > value
    # The bound on the first column alone lets an index find the place.
    bound = column <= value if descending else column >= value
    return and_(bound, or_(further, _beyond(columns[1:], there[1:], directions[1:])))


def count(session: Session, statement: Select[Any], cap: int = COUNT_CAP) -> Count:
    """How many rows the filter has, looking at one more than the cap at most."""
    ones = statement.with_only_columns(literal(1), maintain_column_froms=True)
    inner = ones.order_by(None).limit(cap + 1).subquery()
    found = session.scalar(select(func.count()).select_from(inner)) or 0
    return Count(min(found, cap), found <= cap)


def _write(side: str, values: Sequence[Any], mark: str) -> str:
    *keys, identifier = values
    plain = [_plain(value) for value in keys]
    text = json.dumps([side, mark, *plain, identifier.hex], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(cursor: str, mark: str, sort: Sort) -> tuple[bool, list[Any] | None]:
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


def _parse(cursor: str, mark: str, sort: Sort) -> tuple[bool, list[Any]]:
    if len(cursor) > MAX_CURSOR:
        raise ValueError
    padded = cursor + "=" * (-len(cursor) % 4)
    side, written_mark, *plain, identifier = json.loads(base64.urlsafe_b64decode(padded))
    values = [key.parse(value) for key, value in zip(sort.keys, plain, strict=True)]
    can = all(can_store(value, type_of(key.column)) for key, value in zip(sort.keys, values, strict=True))
    if side not in {"a", "b"} or written_mark != mark or not can:
        raise ValueError
    return side == "b", [*values, UUID(hex=identifier)]
