"""Paging: a walk along the list visits each row exactly once, forward and back, whatever the ties."""

import base64
import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, ColumnElement, Date, Select, Text, Uuid, column, select, values
from sqlmodel import Session

from models.kernel.columns import new_id
from models.kernel.errors import Invalid
from models.kernel.paging import Page, Sort, count, fingerprint, page

MARK = fingerprint("rows", "total")
READING = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
Rows = list[tuple[Any, UUID]]


class Listed:
    """Rows without a table, sorted by their first value."""

    def __init__(self, session: Session, rows: Rows, kind: Any, parse: Any, *, descending: bool) -> None:
        self.session, self.rows = session, rows
        found = values(column("value", kind), column("id", Uuid), name="listed").data(rows)
        self.statement: Select[Any] = select(found.c.value, found.c.id)
        key: ColumnElement[Any] = found.c.value
        self.sort = Sort(key, found.c.id, parse, descending)

    def page(self, cursor: str, size: int, mark: str = MARK) -> Page[UUID]:
        return page(
            self.session,
            self.statement,
            self.sort,
            cursor=cursor,
            mark=mark,
            size=size,
            build=lambda row: row.id,
        )

    def walk(self, size: int) -> tuple[list[UUID], list[UUID]]:
        """All ids as met by walking to the end, and as met by walking back from there."""
        pages = [self.page("", size)]
        while pages[-1].after:
            pages.append(self.page(pages[-1].after, size))
        there = [each for one in pages for each in one.rows]
        back = list(pages[-1].rows)
        before = pages[-1].before
        while before:
            found = self.page(before, size)
            back = found.rows + back
            before = found.before
        return there, back

    @property
    def expected(self) -> list[UUID]:
        ordered = sorted(self.rows, reverse=self.sort.descending)
        return [identifier for _, identifier in ordered]


@READING
@given(
    keys=st.lists(st.integers(-3, 3), min_size=1, max_size=40),
    size=st.integers(1, 12),
    descending=st.booleans(),
)
def test_every_row_is_met_once_in_order_both_ways(
    session: Session,
    keys: list[int],
    size: int,
    descending: bool,  # noqa: FBT001 -- hypothesis passes by name
) -> None:
    listed = Listed(session, [(key, new_id()) for key in keys], BigInteger, int, descending=descending)
    there, back = listed.walk(size)
    assert there == listed.expected
    assert back == listed.expected


@READING
@given(days=st.lists(st.dates(), min_size=1, max_size=20), size=st.integers(1, 5))
def test_dates_are_walked_the_same_way(session: Session, days: list[date], size: int) -> None:
    listed = Listed(session, [(day, new_id()) for day in days], Date, date.fromisoformat, descending=True)
    assert listed.walk(size) == (listed.expected, listed.expected)


def test_a_row_that_is_added_or_gone_meanwhile_moves_no_other(session: Session) -> None:
    rows: Rows = [(number, new_id()) for number in range(10)]
    first = Listed(session, rows, BigInteger, int, descending=False).page("", 4)
    changed = [(-1, new_id()), *rows[:3], *rows[4:]]
    second = Listed(session, changed, BigInteger, int, descending=False).page(first.after, 4)
    assert second.rows == [identifier for _, identifier in rows[4:8]]


def test_an_empty_list_has_no_neighbours_and_a_size_has_limits(session: Session) -> None:
    rows: Rows = [(number, new_id()) for number in range(120)]
    nothing = Listed(session, rows, BigInteger, int, descending=False)
    nothing.statement = nothing.statement.where(nothing.sort.column > 1_000)
    assert nothing.page("", 10) == Page([], "", "")
    everything = Listed(session, rows, BigInteger, int, descending=False)
    assert len(everything.page("", 100_000).rows) == 100
    assert len(everything.page("", -5).rows) == 1


def _forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


ID = new_id().hex
HOSTILE = [
    "x",
    "\u00e9",
    "a\0b",
    "====",
    "A" * 5_000,
    _forged(),
    _forged("a", MARK, 1),
    _forged("a", MARK, 1, ID, 2),
    _forged("c", MARK, 1, ID),
    _forged("a", "other-list", 1, ID),
    _forged("a", MARK, 1, "no-id"),
    _forged("a", MARK, 1, 7),
    _forged("a", MARK, None, ID),
    _forged("a", MARK, {}, ID),
    _forged("a", MARK, 2**63, ID),
    _forged("a", MARK, -(2**63) - 1, ID),
    _forged("a", MARK, float("inf"), ID),
    _forged("a", MARK, float("nan"), ID),
    _forged("a", MARK, "9" * 600, ID),
    base64.urlsafe_b64encode(b"[" * 700).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b'"text"').decode(),
]


@pytest.mark.parametrize("cursor", HOSTILE, ids=range(len(HOSTILE)))
def test_a_damaged_or_foreign_cursor_is_refused(session: Session, cursor: str) -> None:
    listed = Listed(session, [(1, new_id())], BigInteger, int, descending=False)
    with pytest.raises(Invalid, match="first page") as refusal:
        listed.page(cursor, 10)
    assert (refusal.value.code, refusal.value.field) == ("paging.bad_cursor", "after")


@pytest.mark.parametrize("text", ["nul\0byte", "half \ud800 pair"])
def test_text_in_a_cursor_that_cannot_be_stored_is_refused(session: Session, text: str) -> None:
    listed = Listed(session, [("a", new_id())], Text, str, descending=False)
    with pytest.raises(Invalid):
        listed.page(_forged("a", MARK, text, ID), 10)
    assert listed.page(_forged("a", MARK, "\u00a0 no-break", ID), 10).rows == []


def test_a_cursor_of_another_filter_is_refused(session: Session) -> None:
    listed = Listed(session, [(each, new_id()) for each in range(5)], BigInteger, int, descending=False)
    after = listed.page("", 2).after
    with pytest.raises(Invalid):
        listed.page(after, 2, mark=fingerprint("rows", "total", "status:open"))


@READING
@given(number=st.integers(0, 12))
def test_a_count_is_exact_up_to_its_cap(session: Session, number: int) -> None:
    rows: Rows = [(each, new_id()) for each in range(max(number, 1))]
    listed = Listed(session, rows, BigInteger, int, descending=False)
    statement = listed.statement if number else listed.statement.where(listed.sort.column < 0)
    found = count(session, statement, cap=7)
    assert (found.value, found.is_exact) == (min(number, 7), number <= 7)
    assert str(found) == (str(number) if number <= 7 else "7+")


@READING
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30),
    size=st.integers(1, 7),
    first=st.booleans(),
    second=st.booleans(),
)
def test_a_second_order_sorts_among_equals_in_its_own_direction(
    session: Session,
    rows: list[tuple[int, int]],
    size: int,
    *,
    first: bool,
    second: bool,
) -> None:
    data = [(one, two, new_id()) for one, two in rows] or [(0, 0, new_id())]
    kinds = (column("one", BigInteger), column("two", BigInteger), column("id", Uuid))
    found = values(*kinds, name="listed").data(data)
    then = Sort(found.c.two, found.c.id, int, second)
    sort = Sort(found.c.one, found.c.id, int, first, then)

    def read(cursor: str) -> Page[UUID]:
        statement: Select[Any] = select(found.c.one, found.c.two, found.c.id)
        return page(session, statement, sort, cursor=cursor, mark=MARK, size=size, build=lambda row: row.id)

    def key(row: tuple[int, int, UUID]) -> tuple[int, int, int]:
        one, two, identifier = row
        return (-one if first else one, *((-two, -identifier.int) if second else (two, identifier.int)))

    pages = [read("")]
    while pages[-1].after:
        pages.append(read(pages[-1].after))
    wanted = [identifier for _, _, identifier in sorted(data, key=key)]
    assert [each for one in pages for each in one.rows] == wanted
    if len(pages) > 1:
        assert read(pages[-1].before).rows == pages[-2].rows
    with pytest.raises(Invalid):
        page(
            session,
            select(found.c.one, found.c.id),
            Sort(found.c.one, found.c.id, int, first),
            cursor=pages[0].after or "x",
            mark=MARK,
            size=size,
            build=lambda row: row.id,
        )
