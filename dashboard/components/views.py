"""What lists, facts and timelines look like to the browser: small frozen rows, formatted on the server."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: text with its kind; `note` is a second badge or line, `title` the exact value."""

    kind: str
    text: str
    href: str = ""
    tone: str = "gray"
    note: str = ""
    title: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One table row."""

    id: str
    label: str
    href: str
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Head:
    """One column head; `direction` is "asc", "desc" or "" where the list is not sorted by it."""

    label: str
    is_number: bool
    href: str
    direction: str
    aria: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter."""

    label: str
    value: str
    without_href: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of a list, or one tab of a detail page; `id` is set for a saved view."""

    label: str
    href: str
    is_current: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, e.g. a column or a filter value."""

    key: str
    label: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FilterMenu:
    """A field the list can be narrowed by, with its values or an example."""

    key: str
    label: str
    options: list[Option] = field(default_factory=list)
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and a value; with a link where there is more behind it."""

    label: str
    value: str
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an event, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One event: who did what, when, why, and what changed."""

    id: str
    icon: str
    sentence: str
    subject: str
    href: str
    actor: str
    cause: str
    reason: str
    when: str
    exact: str
    request_id: str
    changes: list[Change] = field(default_factory=list)
    kind: str = "changes"
