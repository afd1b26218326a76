"""The only source of time, so that a test, a preview or a forecast can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from models.kernel.demo_clock import moved_by

_pinned: ContextVar[datetime | None] = ContextVar("clock_pinned", default=None)


def now() -> datetime:
    """The current instant, aware and in UTC; a demonstration may have moved it ahead."""
    return _pinned.get() or datetime.now(UTC) + moved_by()


def machine_now() -> datetime:
    """The machine's own instant, for what a demonstration must not move: sign-in sessions, calls between programs."""
    return _pinned.get() or datetime.now(UTC)


def today() -> date:
    """The current date in UTC."""
    return now().date()


@contextmanager
def pinned(instant: datetime) -> Iterator[None]:
    """Hold the clock at `instant` (aware) within the block, in this context only."""
    if instant.tzinfo is None:
        msg = "the clock takes an aware instant; add a time zone"
        raise ValueError(msg)
    token = _pinned.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _pinned.reset(token)


def months_after(start: date, months: int, *, anchor_day: int | None = None) -> date:
    """`start` moved by `months`, on the anchor day or the month's last day where it is shorter.

    >>> months_after(date(2026, 1, 31), 1), months_after(date(2026, 2, 28), 1, anchor_day=31)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    index = start.year * 12 + start.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    next_first = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    last_day = (next_first - timedelta(days=1)).day
    return first.replace(day=min(anchor_day or start.day, last_day))
