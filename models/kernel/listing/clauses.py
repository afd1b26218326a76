"""Filter chips as SQL: each value is read by the field's type or refused with an example."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, and_, false, not_, or_

from models.kernel.actor import Actor
from models.kernel.columns import can_store, can_store_text, type_of
from models.kernel.errors import Invalid
from models.kernel.listing.query import Condition
from models.kernel.listing.spec import Choice, Filter, FilterKind
from models.kernel.money import read_decimal


def clause(field: Filter, condition: Condition, reader: Actor) -> ColumnElement[bool]:
    """The condition as SQL for this reader; raises Invalid with an example where the value does not fit the field."""
    value = condition.value
    if not can_store_text(value):
        raise _unreadable(field, "".join(filter(can_store_text, value)), "plain text")
    if field.kind is FilterKind.choice:
        return _choice(field, value, reader)
    if field.moment is not None:
        return field.moment(_day(field, value))
    if value == "-":
        return field.column.is_(None)
    if field.kind is FilterKind.text:
        return _text(field, value)
    read = _READERS[field.kind]
    if ".." in value:
        low, _, high = value.partition("..")
        return and_(field.column >= read(field, low), field.column < _past(field, read(field, high)))
    if value.startswith("<"):
        return and_(field.column < read(field, value[1:]))
    if value.startswith(">"):
        return and_(field.column > read(field, value[1:]))
    exact = read(field, value)
    return and_(field.column >= exact, field.column < _past(field, exact))


def _choice(field: Filter, value: str, reader: Actor) -> ColumnElement[bool]:
    is_negated = value.startswith("!")
    known = {choice.value: choice for choice in field.choices}
    found: list[ColumnElement[bool]] = []
    for part in value.removeprefix("!").split(","):
        choice = known.get(part)
        if choice is None:
            examples = ", ".join(list(known)[:4])
            raise Invalid(
                "filter.unknown_value",
                f"{field.label} has no value “{part}”. Choose one of {examples}.",
                field=field.key,
            )
        found.append(_chosen(field, choice, reader))
    either = or_(false(), *found)
    return not_(either) if is_negated else either


def _chosen(field: Filter, choice: Choice, reader: Actor) -> ColumnElement[bool]:
    if choice.of_reader:
        return choice.of_reader(reader)
    return choice.clause() if choice.clause else field.column == choice.value


def _text(field: Filter, value: str) -> ColumnElement[bool]:
    if isinstance(type_of(field.column), Uuid):
        try:
            return field.column == UUID(value)
        except ValueError:
            raise _unreadable(field, value, "01a1fd9e-06c8-7538-99cc-9de85873b6ed") from None
    if value.startswith("~"):
        return field.column.icontains(value[1:], autoescape=True)
    return field.column == value


def _day(field: Filter, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _unreadable(field, text, "2026-11-01") from None


def _date(field: Filter, text: str) -> date | datetime:
    day = _day(field, text)
    if day.year == date.max.year:  # The day after the last one is computed too (`_past`).
        raise _unreadable(field, text, "2026-11-01")
    if isinstance(type_of(field.column), DateTime):
        return datetime.combine(day, time(), UTC)
    return day


def _number(field: Filter, text: str, places: int = 0, example: str = "12") -> int:
    number = read_decimal(text)
    if number is None:
        raise _unreadable(field, text, example)
    whole = int(number.scaleb(places).to_integral_value())
    # The day after the largest is computed too (`_past`).
    if not can_store(whole + 1, type_of(field.column)):
        raise _unreadable(field, text, example)
    return whole


def _money(field: Filter, text: str) -> int:
    # Lists filter on the figure before the currency is known; two decimals are by far the most common.
    return _number(field, text, 2, "120.50")


def _past(field: Filter, value: Any) -> Any:
    """The first value after a given one, for half-open ranges."""
    return value + (timedelta(days=1) if field.kind is FilterKind.date else 1)


def _unreadable(field: Filter, text: str, example: str) -> Invalid:
    return Invalid(
        "filter.unreadable",
        f"{field.label} cannot be compared with “{text}”. Write it like {example}.",
        field=field.key,
    )


_READERS: dict[FilterKind, Callable[[Filter, str], Any]] = {
    FilterKind.date: _date,
    FilterKind.number: _number,
    FilterKind.money: _money,
}
