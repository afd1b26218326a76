"""When a step lands: the first allowed local hour at or after its instant."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SATURDAY = 5


@lru_cache(maxsize=600)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; UTC where it is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def land(
    instant: datetime, zone: str, *, from_hour: int = 0, until_hour: int = 24, skips_weekends: bool = False
) -> datetime:
    """The first instant (UTC) at or after this one whose local hour is in [from, until), on a working day if asked.

    Worked: Friday 17 April 2026 22:30 in Berlin, 8 to 18, no weekends: Monday 20 April 08:00 there, 06:00 UTC.
    """
    if from_hour == 0 and until_hour == 24 and not skips_weekends:  # noqa: PLR2004 -- the whole day
        return instant
    where = zone_of(zone)
    local = instant.astimezone(where)
    day = local.date()
    if local.hour >= until_hour:
        day += timedelta(days=1)
    while skips_weekends and day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    if day == local.date() and local.hour >= from_hour:
        return instant
    # Where the clocks skip the hour, this is the first instant after the gap; it is never before `instant`.
    landed = datetime.combine(day, time(from_hour), where).astimezone(UTC)
    return max(landed, instant)
