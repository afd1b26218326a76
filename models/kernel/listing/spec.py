"""What a list is: columns, filters, sorts and views as data; screens, exports and the API read the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression

from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission

Row = TypeVar("Row")
Exported = str | int | Decimal | date | datetime | bool | None


class ColumnKind(StrEnum):
    """How a column's values look; screens and files decide what that means."""

    text = "text"
    link = "link"
    code = "code"
    badge = "badge"
    money = "money"
    number = "number"
    date = "date"
    instant = "instant"
    tags = "tags"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: `value` takes it from a row; money columns give `Money`, badges a status word."""

    key: str
    label: str
    kind: ColumnKind
    value: Callable[[Row], Any]
    sort: str = ""
    is_default: bool = True
    href: Callable[[Row], str] | None = None
    note: Callable[[Row], str] | None = None
    # The colour role of the note, e.g. "info"; without one it is "bad".
    note_tone: Callable[[Row], str] | None = None


class FilterKind(StrEnum):
    """Which operators a filter knows."""

    choice = "choice"
    text = "text"
    date = "date"
    number = "number"
    money = "money"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice filter; `clause` replaces plain equality where it is given.

    So does `of_reader`, which is told who reads: "asked by me" is another row for each.
    """

    value: str
    label: str
    clause: Callable[[], ColumnElement[bool]] | None = None
    of_reader: Callable[[Actor], ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A field a list may be narrowed by; `moment` replaces comparison with its own condition on a date."""

    key: str
    label: str
    kind: FilterKind
    column: SQLColumnExpression[Any]
    choices: Sequence[Choice] = ()
    moment: Callable[[date], ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True)
class SortKey:
    """An order of the list; `column` must be one that the statement selects and an index knows."""

    key: str
    column: SQLColumnExpression[Any]
    parse: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class View:
    """A view that every member of staff has: a name and address parameters."""

    key: str
    label: str
    params: str


@dataclass(frozen=True, slots=True, eq=False)
class Listing(Generic[Row]):
    """A list of one kind of thing, scoped by the actor and paged by keyset."""

    key: str
    title: str
    noun: str
    path: str
    permission: Permission
    export_permission: Permission
    statement: Callable[[Actor], Select[Any]]
    build: Callable[[Any], Row]
    identifier: SQLColumnExpression[UUID]
    row_id: Callable[[Row], UUID]
    columns: tuple[Column[Row], ...]
    sorts: tuple[SortKey, ...]
    default_sort: str
    filters: tuple[Filter, ...] = ()
    search: Callable[[Any, str], ColumnElement[bool]] | None = None
    search_hint: str = "Search"
    views: tuple[View, ...] = ()
    total: tuple[SQLColumnExpression[int], SQLColumnExpression[str]] | None = None
    empty: str = ""
    # The view that the bare address opens; without one it shows everything.
    opening: str = ""
    # Subjects of the events after which a row may look different; nothing means any event.
    nouns: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)

    def column(self, key: str) -> Column[Row] | None:
        """The column of this key, or None."""
        return next((column for column in self.columns if column.key == key), None)

    def filter(self, key: str) -> Filter | None:
        """The filter of this key, or None."""
        return next((each for each in self.filters if each.key == key), None)

    def sort(self, key: str) -> SortKey | None:
        """The order of this key, or None."""
        return next((each for each in self.sorts if each.key == key), None)

    def shown(self, keys: Sequence[str]) -> list[Column[Row]]:
        """The columns of these keys in their order, else the default ones; unknown keys are passed over."""
        chosen = [column for key in keys if (column := self.column(key)) is not None]
        return chosen or [column for column in self.columns if column.is_default]


_registry: dict[str, Listing[Any]] = {}


def register(listing: Listing[Row]) -> Listing[Row]:
    """Make a listing findable by its key, for exports and saved views."""
    _registry[listing.key] = listing
    return listing


def listings() -> Mapping[str, Listing[Any]]:
    """Every registered listing by key."""
    return _registry


def money_of(row: Any, name: str) -> Money:
    """`Money` from a row's `<name>_minor` and `currency`."""
    return Money(getattr(row, f"{name}_minor"), row.currency)
