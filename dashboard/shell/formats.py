"""Values in the reader's words: relative times, short money, cells of lists."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale

from dashboard.components.views import Cell
from dashboard.shell.theme import TONES, tone
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import Column, ColumnKind, Listing, show_date, show_instant, shown_text
from models.kernel.money import Money, exponent, format_minor

RELATIVE_DAYS = 30
UUID_LENGTH = 36
CUT_OFF = 30
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def language_name(language: str) -> str:
    """`de` is German; a code that is unknown stays as it is."""
    return str(Locale("en").languages.get(language, language))


def relative_instant(instant: datetime) -> str:
    """`2 h ago`, `in 3 d`, `just now`; beyond 30 days the date."""
    seconds = (instant - clock.now()).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return "just now"
    if size >= RELATIVE_DAYS * DAY:
        return show_date(instant.date(), "en")
    figure = (
        f"{int(size // DAY)} d"
        if size >= DAY
        else f"{int(size // HOUR)} h"
        if size >= HOUR
        else f"{int(size // MINUTE)} min"
    )
    return f"in {figure}" if seconds > 0 else f"{figure} ago"


def relative_day(day: date) -> str:
    """`today`, `in 3 d`, `5 d ago`; beyond 30 days the date."""
    return _days_between(clock.today(), day)


def _days_between(today: date, day: date) -> str:
    days = (day - today).days
    if days == 0:
        return "today"
    if abs(days) > RELATIVE_DAYS:
        return show_date(day, "en")
    return f"in {days} d" if days > 0 else f"{-days} d ago"


def short_money(amount: Money, locale: str) -> str:
    """`124.05 M USD` for tiles where the whole figure would not fit; the exact one belongs in the title."""
    units = amount.minor // 10 ** exponent(amount.currency)
    for size, letter, least in ((10**9, "bn", 10**9), (10**6, "M", 10**8)):
        if abs(units) >= least:
            hundredths = amount.minor * 100 // (size * 10 ** exponent(amount.currency))
            text = format_minor(hundredths, "USD", locale)
            return f"{text} {letter} {amount.currency}"
    return amount.format(locale)


def period_text(start: date, until: date, locale: str) -> str:
    """A half-open period written inclusive: `1 Oct 2026 - 31 Oct 2026` with an en dash."""
    last = date.fromordinal(until.toordinal() - 1)
    return f"{show_date(start, locale)} \u2013 {show_date(last, locale)}"


def cell(listing: Listing[Any], column: Column[Any], row: Any, reader: Actor) -> Cell:
    """One cell as the browser sees it."""
    value = column.value(row)
    if value is None and not column.href:
        return _absent_cell(column.kind)
    match column.kind:
        case ColumnKind.link if value:
            return _text_cell(column, row, str(value))
        case ColumnKind.money if isinstance(value, Money):
            return _money_cell(value.minor, value.currency, reader.locale)
        case ColumnKind.date if value is not None:
            return _date_cell(value, clock.today(), reader.locale)
        case ColumnKind.badge:
            text = shown_text(listing, column, row, locale=reader.locale, time_zone=reader.time_zone)
            note = column.note(row) if column.note else ""
            return _badge_cell(
                text, tone(listing.key, str(value)), note, _note_tone(column, row) if note else ""
            )
        case ColumnKind.instant if value is not None:
            exact = show_instant(value, reader.locale, reader.time_zone)
            return Cell("instant", relative_instant(value), title=exact)
        case ColumnKind.code if len(str(value)) >= UUID_LENGTH:
            return Cell("code", f"\u2026{str(value)[-8:]}", title=str(value))
    text = shown_text(listing, column, row, locale=reader.locale, time_zone=reader.time_zone)
    return _text_cell(column, row, text)


def _text_cell(column: Column[Any], row: Any, text: str) -> Cell:
    return Cell(
        column.kind.value,
        text,
        href=column.href(row) if column.href else "",
        note=column.note(row) if column.note else "",
        # Only what may be cut off needs its whole text on hover.
        title=text if len(text) > CUT_OFF else "",
        note_tone=_note_tone(column, row),
    )


def _note_tone(column: Column[Any], row: Any) -> str:
    return TONES.get(column.note_tone(row), "") if column.note_tone else ""


# The same few days, prices, states and gaps stand in every list: one cell of each serves all rows and readers.
@lru_cache(maxsize=20_000)
def _date_cell(day: date, today: date, locale: str) -> Cell:
    return Cell("date", _days_between(today, day), title=show_date(day, locale))


@lru_cache(maxsize=20_000)
def _money_cell(minor: int, currency: str, locale: str) -> Cell:
    return Cell("money", format_minor(minor, currency, locale), code=currency)


@lru_cache(maxsize=2_000)
def _badge_cell(text: str, colour: str, note: str, note_tone: str) -> Cell:
    return Cell("badge", text, tone=colour, note=note, note_tone=note_tone)


@lru_cache(maxsize=20)
def _absent_cell(kind: ColumnKind) -> Cell:
    return Cell(kind.value, "\u2014", tone="gray" if kind is ColumnKind.badge else "")
