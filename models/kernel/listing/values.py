"""Column values for people and for files: the same value, shown or exported."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from models.kernel.listing.spec import Column, ColumnKind, Exported, Listing
from models.kernel.money import Money


def shown_text(listing: Listing[Any], column: Column[Any], row: Any, *, locale: str, time_zone: str) -> str:
    """The value as it stands on the screen; `—` where it does not apply."""
    value = column.value(row)
    if value is None or value == "":
        return "\u2014"
    match column.kind:
        case ColumnKind.money:
            return value.format(locale) if isinstance(value, Money) else str(value)
        case ColumnKind.date:
            return show_date(value, locale)
        case ColumnKind.instant:
            return show_instant(value, locale, time_zone)
        case ColumnKind.badge:
            return listing.labels.get(str(value), str(value).replace("_", " ").capitalize())
        case ColumnKind.tags:
            return ", ".join(value) or "\u2014"
        case _:
            return str(value)


def exported_value(listing: Listing[Any], column: Column[Any], row: Any, *, time_zone: str) -> Exported:
    """The value for a file: money as Decimal in the major unit, instants in the reader's zone."""
    value = column.value(row)
    match column.kind:
        case ColumnKind.money:
            return value.decimal if isinstance(value, Money) else None
        case ColumnKind.instant:
            return value.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None) if value else None
        case ColumnKind.badge:
            return listing.labels.get(str(value), str(value)) if value else ""
        case ColumnKind.tags:
            return ", ".join(value)
        case ColumnKind.number:
            return value if isinstance(value, int | Decimal) else None
        case _:
            return value if isinstance(value, date) else str(value or "")


def exported_headers(columns: list[Column[Any]]) -> list[str]:
    """Column heads of a file; a money column is followed by one for its currency."""
    heads: list[str] = []
    for column in columns:
        heads.append(column.label)
        if column.kind is ColumnKind.money:
            heads.append(f"{column.label} currency")
    return heads


def exported_keys(columns: list[Column[Any]]) -> list[str]:
    """Names of a file's values for programs, in the order of `exported_headers`."""
    keys: list[str] = []
    for column in columns:
        keys.append(column.key)
        if column.kind is ColumnKind.money:
            keys.append(f"{column.key}_currency")
    return keys


def exported_row(
    listing: Listing[Any], columns: list[Column[Any]], row: Any, *, time_zone: str
) -> list[Exported]:
    """One row of a file, in the order of `exported_headers`."""
    cells: list[Exported] = []
    for column in columns:
        cells.append(exported_value(listing, column, row, time_zone=time_zone))
        if column.kind is ColumnKind.money:
            value = column.value(row)
            cells.append(value.currency if isinstance(value, Money) else "")
    return cells


@lru_cache(maxsize=20_000)
def show_date(day: date, locale: str) -> str:
    """`23 Nov 2026` in the reader's language; a date never shifts with the zone."""
    return format_date(day, "d MMM y" if locale.startswith("en") else "medium", locale=locale)


def show_instant(instant: datetime, locale: str, time_zone: str) -> str:
    """`23 Nov 2026, 14:05 CET` in the reader's language and zone."""
    zone = ZoneInfo(time_zone)
    form = "d MMM y, HH:mm z" if locale.startswith("en") else "medium"
    return format_datetime(instant.astimezone(zone), form, tzinfo=zone, locale=locale)


__all__ = [
    "exported_headers",
    "exported_keys",
    "exported_row",
    "exported_value",
    "show_date",
    "show_instant",
    "shown_text",
]
