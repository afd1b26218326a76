"""Billing periods: half-open days in the customer's time zone, and how much of one is left."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.billing.tables import Interval
from models.kernel.clock import months_after

MONTHS = {Interval.month: 1, Interval.quarter: 3, Interval.year: 12}
DAYS = {Interval.day: 1, Interval.week: 7}


class ProrationUnit(StrEnum):
    """In which unit the part of a period is counted."""

    second = "second"
    day = "day"


@lru_cache(maxsize=100_000)
def local_midnight(day: date, zone: str) -> datetime:
    """The instant (UTC) at which a day begins in a time zone; days of 23 and 25 hours come out right."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The day an instant belongs to in a time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def period_after(start_on: date, interval: Interval, count: int, anchor_day: int) -> date:
    """The day the period that begins on `start_on` ends (exclusive); months keep the anchor day.

    >>> period_after(date(2026, 1, 31), Interval.month, 1, 31), period_after(date(2026, 2, 28), Interval.month, 1, 31)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    if interval in DAYS:
        return start_on + timedelta(days=DAYS[interval] * count)
    return months_after(start_on, MONTHS[interval] * count, anchor_day=anchor_day)


@dataclass(frozen=True, slots=True)
class Period:
    """From the midnight that begins `start_on` to the midnight that begins `until_on`, in `zone`."""

    start_on: date
    until_on: date
    zone: str

    @property
    def start_at(self) -> datetime:
        """Its first instant."""
        return local_midnight(self.start_on, self.zone)

    @property
    def until_at(self) -> datetime:
        """The first instant after it."""
        return local_midnight(self.until_on, self.zone)

    def covers(self, instant: datetime) -> bool:
        """Whether the instant lies in the period."""
        return self.start_at <= instant < self.until_at

    def part(self, from_at: datetime, until_at: datetime, unit: ProrationUnit) -> tuple[int, int]:
        """How much of the period lies between two instants, as (part, whole) in the unit.

        By days, a day that has begun counts from its beginning.
        """
        if unit is ProrationUnit.day:
            first, last = local_date(from_at, self.zone), local_date(until_at, self.zone)
            return (last - first).days, (self.until_on - self.start_on).days
        return _seconds(from_at, until_at), _seconds(self.start_at, self.until_at)


def _seconds(start: datetime, end: datetime) -> int:
    # Whole seconds on both ends, so that parts of a period add up to the whole.
    gap = end.replace(microsecond=0) - start.replace(microsecond=0)
    return gap.days * 86_400 + gap.seconds
