"""The state of a list as it stands in the address: search, filters, sort, cursor, columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from models.kernel.columns import can_store_text

MAX_SEARCH = 200
MAX_FILTERS = 20
MAX_VALUE = 200
SIZES = (25, 50, 100)
DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter chip: a field and its value with operator, e.g. `status` and `open,overdue`.

    Operators: `a,b` any of, `!a,b` none of, `~text` contains, `<x`, `>x`, `x..y` from to, `-` empty.
    """

    key: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Condition | None":
        """Read `key:value`; None where it is not of that form."""
        key, colon, value = text.partition(":")
        if not colon or not key or not value or len(value) > MAX_VALUE:
            return None
        return cls(key, value)

    def __str__(self) -> str:
        return f"{self.key}:{self.value}"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the reader asked of a list; every part is a claim that the listing checks."""

    search: str = ""
    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    cursor: str = ""
    columns: tuple[str, ...] = ()
    size: int = DEFAULT_SIZE
    view: str = ""

    @classmethod
    def parse(cls, params: str) -> "ListQuery":
        """Read an address's parameters; what has no meaning is passed over, never an error."""
        given = parse_qsl(params.lstrip("?")[:8_000])
        pairs = [(key, "".join(filter(can_store_text, value))) for key, value in given]
        single = dict(pairs)
        texts = [value for key, value in pairs if key == "f"][:MAX_FILTERS]
        return cls(
            search=single.get("q", "")[:MAX_SEARCH],
            conditions=tuple(found for text in texts if (found := Condition.parse(text))),
            sort=single.get("sort", ""),
            cursor=single.get("after", ""),
            columns=tuple(key for key in single.get("cols", "").split(",") if key),
            size=next((each for each in SIZES if str(each) == single.get("size")), DEFAULT_SIZE),
            view=single.get("view", ""),
        )

    @property
    def sort_key(self) -> str:
        """The order's key without its direction."""
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """Whether the largest comes first."""
        return self.sort.startswith("-")

    def params(self, default_sort: str = "") -> str:
        """The address parameters that `parse` reads back; the default sort is left out."""
        pairs: list[tuple[str, str]] = [("view", self.view), ("q", self.search)]
        pairs += [("f", str(condition)) for condition in self.conditions]
        pairs += [
            ("sort", "" if self.sort == default_sort else self.sort),
            ("cols", ",".join(self.columns)),
            ("size", "" if self.size == DEFAULT_SIZE else str(self.size)),
            ("after", self.cursor),
        ]
        return urlencode([pair for pair in pairs if pair[1]], safe=":,!<>~.-")

    def with_condition(self, key: str, value: str) -> "ListQuery":
        """The first page of the list with this chip set, or removed where the value is empty."""
        kept = [each for each in self.conditions if each.key != key]
        added = [Condition(key, value)] if value else []
        return replace(self, conditions=(*kept, *added), cursor="")

    def with_columns(self, keys: Sequence[str]) -> "ListQuery":
        """The same rows with other columns."""
        return replace(self, columns=tuple(keys))

    def only(self, conditions: Mapping[str, str]) -> "ListQuery":
        """A fresh list with just these chips."""
        return ListQuery(conditions=tuple(Condition(key, value) for key, value in conditions.items()))
