"""What lists, facts and timelines look like to the browser: small frozen rows, formatted on the server."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: text with its kind; `note` is a second badge or line, `title` the exact value.

    What is empty stays away from the browser: there a part is asked whether it is there, never compared with "".
    """

    kind: str
    text: str
    href: str = ""
    tone: str = ""
    note: str = ""
    title: str = ""
    code: str = ""
    # Empty is red, what most notes are.
    note_tone: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One table row."""

    id: str
    label: str
    href: str
    cells: list[Cell] = field(default_factory=list)


@rx.serializer
def plain_row(row: RowView) -> dict[str, Any]:
    """A row as JSON takes it, at once: Reflex would ask for each cell by itself, and send its empty parts."""
    return {"id": row.id, "label": row.label, "href": row.href, "cells": [_plain(each) for each in row.cells]}


def _plain(cell: Cell) -> dict[str, str]:
    found = {"kind": cell.kind, "text": cell.text}
    # Written out, as this runs for every cell of every page: a loop over the fields takes twice as long.
    if cell.href:
        found["href"] = cell.href
    if cell.tone:
        found["tone"] = cell.tone
    if cell.note:
        found["note"] = cell.note
    if cell.title:
        found["title"] = cell.title
    if cell.code:
        found["code"] = cell.code
    if cell.note_tone:
        found["note_tone"] = cell.note_tone
    return found


@dataclass(frozen=True, slots=True)
class Head:
    """One column head; `direction` is "asc", "desc" or "" where the list is not sorted by it."""

    label: str
    is_number: bool
    href: str
    direction: str
    aria: str
    key: str = ""
    is_second: bool = False


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
    is_changed: bool = False
    is_own: bool = False
    is_shared: bool = False
    is_default: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, e.g. a column or a filter value."""

    key: str
    label: str
    href: str
    is_chosen: bool
    count: str = ""


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
class RowLink:
    """Something to do with a row; with a refusal it stays visible and leads nowhere."""

    label: str
    icon: str
    href: str
    key: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Peek:
    """The row in the panel of a list; without an id there is none."""

    id: str = ""
    title: str = ""
    href: str = ""
    badge: str = ""
    tone: str = "gray"
    note: str = ""
    note_tone: str = "red"
    facts: list[Fact] = field(default_factory=list)
    actions: list[RowLink] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has the same thing open."""

    name: str
    initials: str


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
    on_behalf_of: str = ""
