"""The clock stands where it is put, and months keep their anchor day."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel import clock


@pytest.mark.parametrize(
    ("start", "months", "anchor", "expected"),
    [
        ((2026, 1, 31), 1, None, (2026, 2, 28)),
        ((2024, 1, 31), 1, None, (2024, 2, 29)),
        ((2026, 2, 28), 1, 31, (2026, 3, 31)),
        ((2026, 2, 28), 1, None, (2026, 3, 28)),
        ((2026, 12, 15), 1, None, (2027, 1, 15)),
        ((2026, 1, 15), -1, None, (2025, 12, 15)),
        ((2026, 3, 31), -1, None, (2026, 2, 28)),
        ((2026, 5, 31), -3, None, (2026, 2, 28)),
        ((2024, 2, 29), 12, None, (2025, 2, 28)),
        ((2024, 2, 29), 48, 29, (2028, 2, 29)),
        ((2026, 6, 30), 0, 31, (2026, 6, 30)),
        ((2026, 11, 30), 3, 30, (2027, 2, 28)),
    ],
)
def test_a_month_later_is_on_the_anchor_day_or_the_last(
    start: tuple[int, int, int], months: int, anchor: int | None, expected: tuple[int, int, int]
) -> None:
    assert clock.months_after(date(*start), months, anchor_day=anchor) == date(*expected)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-200, 200), st.integers(-200, 200))
def test_steps_on_an_anchor_end_where_one_leap_does(start: date, first: int, second: int) -> None:
    anchor = start.day
    stepped = clock.months_after(
        clock.months_after(start, first, anchor_day=anchor), second, anchor_day=anchor
    )
    assert stepped == clock.months_after(start, first + second, anchor_day=anchor)


def test_the_clock_is_aware_moves_and_comes_back() -> None:
    before = clock.now()
    assert before.tzinfo is UTC
    with clock.pinned(datetime(2026, 3, 17, 1, 30, tzinfo=timezone(timedelta(hours=2)))):
        assert clock.now() == datetime(2026, 3, 16, 23, 30, tzinfo=UTC)
        assert clock.today() == date(2026, 3, 16)
        with clock.pinned(datetime(2030, 1, 1, tzinfo=UTC)):
            assert clock.today() == date(2030, 1, 1)
        assert clock.today() == date(2026, 3, 16)
    assert clock.now() >= before


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[date] = []
    with clock.pinned(datetime(1999, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: seen.append(clock.today()))
        thread.start()
        thread.join()
    assert seen[0] > date(2025, 1, 1)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="add a time zone"), clock.pinned(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
