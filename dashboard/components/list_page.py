"""The page of every list: views, search, filters, totals, table, pager, and what stands there without rows."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import data_table
from dashboard.components.feedback import empty_state, error_panel, skeleton_rows
from dashboard.components.pager import pager
from dashboard.components.views import Chip, FilterMenu, Option, Tab
from models.kernel.listing import Listing


def list_page(
    state: Any,
    listing: Listing[Any],
    *,
    bulk: tuple[rx.Component, ...] = (),
    actions: tuple[rx.Component, ...] = (),
) -> rx.Component:
    """Everything about one list; `bulk` are further actions on the selected rows, `actions` those of the list."""
    return rx.vstack(
        _head(state, listing, actions),
        _view_tabs(state),
        _toolbar(state, listing),
        rx.cond(
            state.totals != "",
            rx.text(state.totals, size="2", color="var(--gray-11)", custom_attrs={"data-testid": "totals"}),
        ),
        rx.cond(state.selected.length() > 0, _bulk_bar(state, bulk)),
        rx.cond(
            state.error != "",
            error_panel(state.error, state.clear_href),
            rx.cond(
                state.is_loaded,
                rx.cond(
                    state.rows.length() > 0,
                    data_table(state, caption=listing.title),
                    _nothing(state, listing),
                ),
                skeleton_rows(),
            ),
        ),
        pager(state),
        spacing="4",
        width="100%",
    )


def _head(state: Any, listing: Listing[Any], actions: tuple[rx.Component, ...]) -> rx.Component:
    return rx.hstack(
        rx.heading(listing.title, size="5", as_="h1"),
        rx.text(state.count, size="2", color="var(--gray-11)", custom_attrs={"data-testid": "count"}),
        rx.spacer(),
        _columns_menu(state),
        rx.cond(state.can_export, _export_menu(state)),
        *actions,
        width="100%",
        align="center",
        wrap="wrap",
    )


def _view_tabs(state: Any) -> rx.Component:
    return rx.hstack(
        rx.el.nav(
            rx.foreach(state.tabs, lambda tab: _tab(tab, state)), class_name="cf-tabs", aria_label="Views"
        ),
        rx.cond(state.is_changed, _save_view(state)),
        width="100%",
        align="center",
    )


def _tab(tab: rx.Var[Tab], state: Any) -> rx.Component:
    return rx.fragment(
        rx.link(tab.label, href=tab.href, aria_current=rx.cond(tab.is_current, "page", "false")),
        rx.cond(
            tab.is_current & (tab.id != ""),
            rx.icon_button(
                rx.icon("x", size=14),
                on_click=state.drop_view(tab.id),
                aria_label="Delete this view",
                variant="ghost",
                color_scheme="gray",
                high_contrast=True,
                size="1",
            ),
        ),
    )


def _save_view(state: Any) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("bookmark", size=14),
                "Save view",
                variant="soft",
                size="1",
                high_contrast=True,
                flex_shrink="0",
            )
        ),
        rx.popover.content(
            rx.form(
                rx.hstack(
                    rx.input(name="name", placeholder="Name of the view", max_length=40, required=True),
                    rx.button("Save", type="submit", high_contrast=True),
                ),
                on_submit=state.keep_view,
            )
        ),
    )


def _toolbar(state: Any, listing: Listing[Any]) -> rx.Component:
    return rx.flex(
        rx.el.div(
            rx.input(
                rx.input.slot(rx.icon("search", size=16)),
                value=state.search,
                on_change=[state.set_search, state.find.debounce(200)],
                placeholder=listing.search_hint,
                aria_label=f"Search {listing.title.lower()}: {listing.search_hint.lower()}",
                width="280px",
                max_width="100%",
                custom_attrs={"data-search": "true"},
            )
            if listing.search
            else rx.fragment(),
            role="search",
        ),
        rx.foreach(state.menus, lambda menu: _filter_menu(menu, state)),
        rx.foreach(state.chips, _chip),
        rx.cond(state.is_filtered, rx.link("Clear all", href=state.clear_href, size="2")),
        rx.cond(state.note != "", rx.text(state.note, size="1", color="var(--gray-11)")),
        wrap="wrap",
        gap="var(--space-2)",
        align="center",
        width="100%",
    )


def _filter_menu(menu: rx.Var[FilterMenu], state: Any) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                menu.label,
                rx.icon("chevron-down", size=14),
                variant="surface",
                color_scheme="gray",
                high_contrast=True,
            )
        ),
        rx.popover.content(
            rx.vstack(
                rx.foreach(menu.options, _choice),
                rx.cond(menu.hint != "", _value_form(menu, state)),
                spacing="1",
            ),
            min_width="240px",
        ),
    )


def _choice(option: rx.Var[Option]) -> rx.Component:
    return rx.popover.close(
        rx.link(
            rx.cond(
                option.is_chosen,
                rx.icon("square-check", size=16),
                rx.icon("square", size=16, color="var(--gray-11)"),
            ),
            option.label,
            href=option.href,
            class_name="cf-palette-item",
            role="checkbox",
            aria_checked=rx.cond(option.is_chosen, "true", "false"),
        )
    )


def _value_form(menu: rx.Var[FilterMenu], state: Any) -> rx.Component:
    return rx.form(
        rx.vstack(
            rx.el.input(type="hidden", name="key", value=menu.key, read_only=True),
            rx.input(
                name="value", placeholder=menu.hint, aria_label=menu.label, width="100%", min_width="300px"
            ),
            rx.button("Filter", type="submit", size="1", high_contrast=True),
        ),
        on_submit=state.narrow,
    )


def _chip(chip: rx.Var[Chip]) -> rx.Component:
    return rx.link(
        chip.label + ": " + chip.value,
        rx.icon("x", size=14, aria_hidden="true"),
        href=chip.without_href,
        class_name="cf-chip",
        aria_label="Remove the filter " + chip.label + " " + chip.value,
    )


def _quiet_button(icon: str, label: str) -> rx.Component:
    look = {"variant": "soft", "color_scheme": "gray", "high_contrast": True}
    return rx.button(rx.icon(icon, size=16), label, **look)


def _columns_menu(state: Any) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(_quiet_button("columns-3", "Columns")),
        rx.popover.content(rx.vstack(rx.foreach(state.columns, _choice), spacing="1")),
    )


def _export_menu(state: Any) -> rx.Component:
    return rx.menu.root(
        rx.menu.trigger(_quiet_button("download", "Export")),
        rx.menu.content(
            rx.menu.item("CSV of these rows and columns", on_select=state.export("csv")),
            rx.menu.item("Excel of these rows and columns", on_select=state.export("xlsx")),
        ),
    )


def _bulk_bar(state: Any, bulk: tuple[rx.Component, ...]) -> rx.Component:
    return rx.hstack(
        rx.text(state.selected.length(), " selected", size="2", weight="medium"),
        *bulk,
        rx.cond(
            state.can_export,
            rx.button(
                "Export selected", on_click=state.export("csv"), size="1", variant="soft", high_contrast=True
            ),
        ),
        rx.button(
            "Clear",
            on_click=state.toggle_all,
            size="1",
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
        ),
        align="center",
        padding="var(--space-2) var(--space-3)",
        background="var(--accent-a3)",
        border_radius="var(--radius-3)",
        width="100%",
        role="status",
    )


def _nothing(state: Any, listing: Listing[Any]) -> rx.Component:
    return rx.cond(
        state.is_filtered,
        empty_state(
            "search-x",
            f"No {listing.title.lower()} match.",
            "Take away a filter or search for something else.",
            rx.link("Clear filters", href=state.clear_href),
        ),
        empty_state("inbox", f"No {listing.title.lower()} yet.", listing.empty),
    )
