"""Pure: what a list's address and rows look like to the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from dashboard.components.views import Chip, FilterMenu, Head, Option, RowView, Tab
from dashboard.shell.formats import cell
from models.accounts import ListLook, ViewRow
from models.kernel.actor import Actor
from models.kernel.listing import Column, ColumnKind, FilterKind, Listing, ListQuery
from models.kernel.money import Money
from models.kernel.paging import Count

NUMERIC = (ColumnKind.money, ColumnKind.number)
TOTAL_WORDS = {
    "bank_lines": "came",
    "charges": "asked for",
    "disputes": "disputed",
    "invoices": "due",
    "payments": "received",
    "refunds": "asked for",
    "subscriptions": "a month",
}
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


# Heads, chips and menus follow from the address and the columns. Most readers look at the same few, which are made
# once and shared by their tabs: never change such a list, replace it.
@lru_cache(maxsize=200)
def heads(listing: Listing[Any], columns: tuple[Column[Any], ...], query: ListQuery) -> list[Head]:
    """Column heads; a click sorts, a second one turns the order round."""
    first, _, second = (query.sort or listing.default_sort).partition(",")
    directions = {key.removeprefix("-"): "desc" if key.startswith("-") else "asc" for key in (second, first)}
    found = []
    for column in columns:
        direction = directions.get(column.sort, "") if column.sort else ""
        wanted = turned(column, direction)
        found.append(
            Head(
                column.label,
                column.kind in NUMERIC,
                href(listing, replace(query, sort=wanted, cursor="")) if column.sort else "",
                direction,
                {"asc": "ascending", "desc": "descending"}.get(direction, "none"),
                column.key,
                is_second=bool(second) and column.sort == second.removeprefix("-"),
            )
        )
    return found


def turned(column: Column[Any], direction: str) -> str:
    """The order that a click on the head asks for: the other way round, else as people look for it first."""
    largest_first = column.kind in (*NUMERIC, ColumnKind.date, ColumnKind.instant)
    usual = f"-{column.sort}" if largest_first else column.sort
    return {"asc": f"-{column.sort}", "desc": column.sort}.get(direction, usual)


def then_by(listing: Listing[Any], query: ListQuery, key: str) -> ListQuery:
    """The list with this column as its second order, turned round where it is that already."""
    first, _, second = (query.sort or listing.default_sort).partition(",")
    column = listing.column(key)
    if column is None or not column.sort or first.removeprefix("-") == column.sort:
        return query
    is_it = second.removeprefix("-") == column.sort
    direction = ("desc" if second.startswith("-") else "asc") if is_it else ""
    return replace(query, sort=f"{first},{turned(column, direction)}", cursor="")


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


def tabs(listing: Listing[Any], query: ListQuery, views: list[ViewRow], default_view: str = "") -> list[Tab]:
    """The list's own views, then the reader's and those others share; one that was left is marked changed."""
    here = replace(query, cursor="", columns=(), size=50, view="").params(listing.default_sort)
    own = [
        Tab(
            view.label,
            f"{listing.path}?{view.params}" if view.params else bare_href(listing, default_view),
            is_current=_tidied(view.params, listing.default_sort) == here,
        )
        for view in listing.views
    ]
    saved = [_saved_tab(listing, query, view, default_view) for view in views]
    if any(tab.is_current for tab in saved):
        own = [replace(tab, is_current=False) for tab in own]
    return [*own, *saved]


@lru_cache(maxsize=200)
def _tidied(params: str, default_sort: str) -> str:
    return ListQuery.parse(params).params(default_sort)


def bare_href(listing: Listing[Any], default_view: str) -> str:
    """The list without any filter; for whom it opens with a view, the address has to say so."""
    return f"{listing.path}?view=all" if default_view or listing.opening else listing.path


def view_href(listing: Listing[Any], view: ViewRow) -> str:
    """The address of a saved view, by which it knows that it was left."""
    return f"{listing.path}?view={view.id}" + (f"&{view.params}" if view.params else "")


def opening_href(listing: Listing[Any], views: list[ViewRow], look: ListLook) -> str:
    """The address of the view that a bare list opens with, or nothing: the reader's own choice, then the list's."""
    found = next((each for each in views if str(each.id) == look.default_view), None)
    if found:
        return view_href(listing, found)
    opening = next((each for each in listing.views if each.key == listing.opening), None)
    return f"{listing.path}?{opening.params}" if opening else ""


def _saved_tab(listing: Listing[Any], query: ListQuery, view: ViewRow, default_view: str) -> Tab:
    exact = replace(query, cursor="", view="").params(listing.default_sort)
    is_named, is_exact = query.view == str(view.id), view.params == exact
    return Tab(
        view.name,
        view_href(listing, view),
        is_current=is_named or (is_exact and not query.view),
        id=str(view.id),
        is_changed=is_named and not is_exact,
        is_own=view.is_own,
        is_shared=view.is_shared,
        is_default=default_view == str(view.id),
        title="" if view.is_own else f"Shared by {view.owner}",
    )


@lru_cache(maxsize=200)
def column_options(listing: Listing[Any], shown: tuple[Column[Any], ...]) -> list[Option]:
    """Every column: those shown in their order, then the others."""
    keys = [column.key for column in shown]
    others = [column for column in listing.columns if column.key not in keys]
    return [Option(column.key, column.label, "", column.key in keys) for column in (*shown, *others)]


def width_rules(columns: Sequence[Column[Any]], widths: Mapping[str, int]) -> str:
    """Rules for the columns of a width of their own; the first cell of a row is its checkbox.

    On a phone a row is a card without columns.
    """
    rules = "".join(
        f".cf-cards tr > :nth-child({place}) {{ width: {width}px; min-width: {width}px; max-width: {width}px; }}"
        for place, column in enumerate(columns, 2)
        if (width := widths.get(column.key))
    )
    return f"@media (min-width: 768px) {{ {rules} }}" if rules else ""


def with_counts(menu: FilterMenu, counts: Mapping[str, Count]) -> FilterMenu:
    """The menu with how many rows each value would show."""
    options = [replace(each, count=str(counts.get(each.key, ""))) for each in menu.options]
    return replace(menu, options=options)


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
    word = TOTAL_WORDS.get(listing.key, "in all")
    return " \u00b7 ".join(f"{amount.format(reader.locale)} {word}" for amount in totals)
