from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dunning.rules.times import land

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Australia/Lord_Howe"]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


def test_the_worked_example() -> None:
    friday_night = datetime(2026, 4, 17, 22, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert land(friday_night, "Europe/Berlin", from_hour=8, until_hour=18, skips_weekends=True) == utc(
        2026, 4, 20, 6
    )


@pytest.mark.parametrize(
    ("instant", "zone", "hours", "expected"),
    [
        (utc(2026, 3, 17, 5), "UTC", (8, 18), utc(2026, 3, 17, 8)),
        (utc(2026, 3, 17, 9, 30), "UTC", (8, 18), utc(2026, 3, 17, 9, 30)),
        (utc(2026, 3, 17, 18), "UTC", (8, 18), utc(2026, 3, 18, 8)),
        # 12:00 UTC is 08:00 in New York in summer, 07:00 in winter.
        (utc(2026, 7, 1, 12), "America/New_York", (8, 18), utc(2026, 7, 1, 12)),
        (utc(2026, 1, 5, 12), "America/New_York", (8, 18), utc(2026, 1, 5, 13)),
        # The clocks skip 02:00 to 03:00 on 29 March 2026 in Berlin: the step lands at 03:00 there.
        (utc(2026, 3, 29, 0, 30), "Europe/Berlin", (2, 5), utc(2026, 3, 29, 1)),
        (utc(2026, 3, 17, 5), "Nowhere/At_All", (8, 18), utc(2026, 3, 17, 8)),
    ],
)
def test_steps_land_in_local_hours(
    instant: datetime, zone: str, hours: tuple[int, int], expected: datetime
) -> None:
    assert land(instant, zone, from_hour=hours[0], until_hour=hours[1]) == expected


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.integers(0, 23),
    st.integers(1, 24),
    st.booleans(),
)
def test_it_is_never_early_never_outside_and_stays_where_it_landed(
    instant: datetime,
    zone: str,
    first: int,
    last: int,
    skips: bool,  # noqa: FBT001
) -> None:
    hours = {"from_hour": min(first, last - 1), "until_hour": last, "skips_weekends": skips}
    landed = land(instant, zone, **hours)  # type: ignore[arg-type]
    local = landed.astimezone(ZoneInfo(zone))
    assert landed >= instant
    assert landed - instant <= timedelta(days=4)
    # Where the clocks skip the whole window, the first hour after it is the best there is.
    assert hours["from_hour"] <= local.hour <= last
    assert not (skips and local.weekday() >= 5 and local.hour < last)
    assert land(landed, zone, **hours) >= landed  # type: ignore[arg-type]
