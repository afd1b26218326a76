"""Pure: what a list's address and rows look like to the browser."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from dashboard.components.views import Chip, FilterMenu, Head, Option, RowView, Tab
from dashboard.shell.formats import cell
from models.accounts import ViewRow
from models.kernel.actor import Actor
from models.kernel.listing import Column, ColumnKind, FilterKind, Listing, ListQuery
from models.kernel.money import Money

NUMERIC = (ColumnKind.money, ColumnKind.number)
HINTS = {
    FilterKind.text: "exactly, or ~part of it",
    FilterKind.date: "2026-11-01, <2026-11-01 or 2026-10-01..2026-10-31",
    FilterKind.number: "12, >12 or 10..20",
    FilterKind.money: "120.50, >100 or 100..200",
}


def href(listing: Listing[Any], query: ListQuery) -> str:
    """The address of the list in this state."""
    params = query.params(listing.default_sort)
    return f"{listing.path}?{params}" if params else listing.path


def row(listing: Listing[Any], columns: list[Column[Any]], each: Any, reader: Actor) -> RowView:
    """A row of the table; its first column names it and leads to it."""
    cells = [cell(listing, column, each, reader) for column in columns]
    first = listing.columns[0]
    # Where it is shown, its cell has the same address already.
    link = cells[0].href if columns[0] is first else first.href(each) if first.href else ""
    return RowView(str(listing.row_id(each)), str(first.value(each)), link, cells)


# Heads, chips and menus follow from the address alone. Most readers look at the same few, which are made once
# and shared by their tabs: never change such a list, replace it.
@lru_cache(maxsize=200)
def heads(listing: Listing[Any], columns: tuple[Column[Any], ...], query: ListQuery) -> list[Head]:
    """Column heads; a click sorts, a second one turns the order round."""
    asked = query.sort or listing.default_sort
    found = []
    for column in columns:
        is_sorted = bool(column.sort) and asked.removeprefix("-") == column.sort
        direction = ("desc" if asked.startswith("-") else "asc") if is_sorted else ""
        largest_first = column.kind in (*NUMERIC, ColumnKind.date, ColumnKind.instant)
        turned = {"asc": f"-{column.sort}", "desc": column.sort}
        wanted = turned.get(direction, f"-{column.sort}" if largest_first else column.sort)
        found.append(
            Head(
                column.label,
                column.kind in NUMERIC,
                href(listing, replace(query, sort=wanted, cursor="")) if column.sort else "",
                direction,
                {"asc": "ascending", "desc": "descending"}.get(direction, "none"),
            )
        )
    return found


@lru_cache(maxsize=200)
def chips(listing: Listing[Any], query: ListQuery) -> list[Chip]:
    """The active filters, each with the address of the list without it."""
    found = []
    for condition in query.conditions:
        field = listing.filter(condition.key)
        if field is None:
            continue
        labels = {choice.value: choice.label for choice in field.choices}
        is_negated = condition.value.startswith("!") and bool(field.choices)
        parts = [labels.get(part, part) for part in condition.value.removeprefix("!").split(",")]
        text = ("not " if is_negated else "") + " or ".join(parts)
        found.append(Chip(field.label, text, href(listing, query.with_condition(field.key, ""))))
    return found


def tabs(listing: Listing[Any], query: ListQuery, views: list[ViewRow]) -> list[Tab]:
    """The list's own views, then the reader's."""
    here = replace(query, cursor="", columns=(), size=50).params(listing.default_sort)
    exact = replace(query, cursor="").params(listing.default_sort)
    own = [
        Tab(view.label, f"{listing.path}?{view.params}" if view.params else listing.path, is_current=False)
        for view in listing.views
    ]
    own = [
        replace(tab, is_current=_tidied(view.params, listing.default_sort) == here)
        for tab, view in zip(own, listing.views, strict=True)
    ]
    saved = [
        Tab(view.name, f"{listing.path}?{view.params}", view.params == exact, str(view.id)) for view in views
    ]
    if any(tab.is_current for tab in saved):
        own = [replace(tab, is_current=False) for tab in own]
    return [*own, *saved]


@lru_cache(maxsize=200)
def _tidied(params: str, default_sort: str) -> str:
    return ListQuery.parse(params).params(default_sort)


@lru_cache(maxsize=200)
def column_options(listing: Listing[Any], query: ListQuery) -> list[Option]:
    """Every column, and the address with it added or taken away."""
    shown = [column.key for column in listing.shown(query.columns)]
    options = []
    for column in listing.columns:
        is_shown = column.key in shown
        wanted = [key for key in shown if key != column.key] if is_shown else [*shown, column.key]
        target = query.with_columns(wanted) if wanted else query
        options.append(Option(column.key, column.label, href(listing, target), is_shown))
    return options


@lru_cache(maxsize=200)
def filter_menus(listing: Listing[Any], query: ListQuery) -> list[FilterMenu]:
    """The fields to narrow by; a choice adds to or takes from the chip of its field."""
    active = {condition.key: condition.value for condition in query.conditions}
    menus = []
    for field in listing.filters:
        chosen = [part for part in active.get(field.key, "").split(",") if part]
        options = []
        for choice in field.choices:
            is_chosen = choice.value in chosen
            wanted = (
                [part for part in chosen if part != choice.value] if is_chosen else [*chosen, choice.value]
            )
            target = href(listing, query.with_condition(field.key, ",".join(wanted)))
            options.append(Option(choice.value, choice.label, target, is_chosen))
        hint = "2026-11-01" if field.moment else HINTS.get(field.kind, "")
        menus.append(FilterMenu(field.key, field.label, options, hint))
    return menus


def totals_text(totals: list[Money], listing: Listing[Any], reader: Actor) -> str:
    """Sums of the whole filter, currency by currency; never added together."""
    if not totals:
        return ""
    word = {"invoices": "due", "subscriptions": "a month", "payments": "received"}.get(listing.key, "in all")
    return " \u00b7 ".join(f"{amount.format(reader.locale)} {word}" for amount in totals)
