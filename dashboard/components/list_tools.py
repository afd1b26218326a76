"""The tools over a list: search, filters as chips, columns, export."""

from typing import Any

import reflex as rx

from dashboard.components.views import Chip, FilterMenu, Option
from models.kernel.listing import Listing


def toolbar(state: Any, listing: Listing[Any]) -> rx.Component:
    """Search, a menu for each filter, and the chips of those that are set."""
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
                custom_attrs={"data-filter": menu.key},
            )
        ),
        rx.popover.content(
            rx.vstack(
                rx.foreach(menu.options, _choice),
                rx.cond(menu.hint != "", _value_form(menu, state)),
                spacing="1",
                width="100%",
            ),
            min_width="240px",
        ),
        on_open_change=lambda is_open: state.count_choices(menu.key, is_open),
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
            rx.spacer(),
            rx.text(option.count, as_="span", size="1", color="var(--gray-11)"),
            href=option.href,
            class_name="cf-palette-item",
            role="checkbox",
            aria_checked=rx.cond(option.is_chosen, "true", "false"),
            width="100%",
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


def columns_menu(state: Any) -> rx.Component:
    """The columns to choose from."""
    return rx.popover.root(
        rx.popover.trigger(_quiet_button("columns-3", "Columns")),
        rx.popover.content(
            rx.vstack(
                rx.foreach(state.columns, lambda option: _column(option, state)),
                rx.button(
                    "Reset columns",
                    on_click=state.arrange("reset"),
                    size="1",
                    variant="ghost",
                    color_scheme="gray",
                    high_contrast=True,
                ),
                spacing="1",
            ),
            min_width="300px",
        ),
    )


def _column(option: rx.Var[Option], state: Any) -> rx.Component:
    return rx.hstack(
        rx.el.button(
            rx.cond(
                option.is_chosen,
                rx.icon("square-check", size=16),
                rx.icon("square", size=16, color="var(--gray-11)"),
            ),
            option.label,
            on_click=state.arrange("toggle " + option.key),
            class_name="cf-palette-item",
            role="checkbox",
            aria_checked=rx.cond(option.is_chosen, "true", "false"),
        ),
        rx.spacer(),
        rx.cond(
            option.is_chosen,
            rx.hstack(
                _arrange(option, state, "up", "arrow-up", "Move up: "),
                _arrange(option, state, "down", "arrow-down", "Move down: "),
                _arrange(option, state, "narrow", "chevrons-right-left", "Narrower: "),
                _arrange(option, state, "wide", "chevrons-left-right", "Wider: "),
                spacing="3",
            ),
        ),
        width="100%",
        align="center",
    )


def _arrange(option: rx.Var[Option], state: Any, what: str, icon: str, label: str) -> rx.Component:
    return rx.icon_button(
        rx.icon(icon, size=14),
        on_click=state.arrange(f"{what} " + option.key),
        aria_label=label + option.label,
        title=label + option.label,
        variant="ghost",
        color_scheme="gray",
        high_contrast=True,
        size="1",
    )


def column_widths(state: Any) -> rx.Component:
    """The widths as rules of style, and where the browser's script says what was dragged."""
    return rx.fragment(
        rx.el.style(state.width_rules),
        rx.el.input(
            default_value="",
            on_change=state.arrange,
            display="none",
            aria_label="Columns",
            custom_attrs={"data-arrange": "true"},
        ),
    )


def export_menu(state: Any) -> rx.Component:
    """The list as a file."""
    return rx.menu.root(
        rx.menu.trigger(_quiet_button("download", "Export")),
        rx.menu.content(
            rx.menu.item("CSV of these rows and columns", on_select=state.export("csv")),
            rx.menu.item("Excel of these rows and columns", on_select=state.export("xlsx")),
            rx.menu.item("JSON Lines, for programs", on_select=state.export("jsonl")),
        ),
    )
