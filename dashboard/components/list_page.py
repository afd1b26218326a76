"""The page of every list: views, tools, totals, table, pager, and what stands there without rows."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import data_table
from dashboard.components.feedback import empty_state, error_panel, skeleton_rows
from dashboard.components.list_tools import column_widths, columns_menu, export_menu, toolbar
from dashboard.components.pager import pager
from dashboard.components.peek import peek_panel
from dashboard.components.view_tabs import view_tabs
from models.kernel.listing import Listing


def list_page(
    state: Any,
    listing: Listing[Any],
    *,
    bulk: tuple[rx.Component, ...] = (),
    actions: tuple[rx.Component, ...] = (),
    notice: rx.Component | None = None,
) -> rx.Component:
    """Everything about one list; `bulk` act on the selected rows, `actions` stand on top, `notice` below them."""
    return rx.vstack(
        _head(state, listing, actions),
        view_tabs(state),
        toolbar(state, listing),
        rx.cond(
            state.totals != "",
            rx.text(state.totals, size="2", color="var(--gray-11)", custom_attrs={"data-testid": "totals"}),
        ),
        rx.cond(state.selected.length() > 0, _bulk_bar(state, bulk)),
        notice or rx.fragment(),
        _news(state),
        _rows(state, listing),
        pager(state),
        peek_panel(state),
        column_widths(state),
        spacing="4",
        width="100%",
    )


def _head(state: Any, listing: Listing[Any], actions: tuple[rx.Component, ...]) -> rx.Component:
    return rx.hstack(
        rx.heading(listing.title, size="5", as_="h1"),
        rx.text(state.count, size="2", color="var(--gray-11)", custom_attrs={"data-testid": "count"}),
        rx.spacer(),
        columns_menu(state),
        rx.cond(state.can_export, export_menu(state)),
        *actions,
        width="100%",
        align="center",
        wrap="wrap",
    )


def _rows(state: Any, listing: Listing[Any]) -> rx.Component:
    return rx.cond(
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
    )


def _news(state: Any) -> rx.Component:
    """What changed beyond the rows shown; it lies over the table, so that no row moves."""
    return rx.box(
        rx.cond(
            state.news != "",
            rx.button(
                state.news + " · Refresh",
                rx.icon("refresh-cw", size=14, aria_hidden="true"),
                on_click=state.load,
                size="1",
                radius="full",
                high_contrast=True,
                custom_attrs={"data-testid": "news"},
            ),
        ),
        role="status",
        class_name="cf-news",
    )


def _bulk_bar(state: Any, bulk: tuple[rx.Component, ...]) -> rx.Component:
    return rx.hstack(
        _how_many(state),
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
        wrap="wrap",
        padding="var(--space-2) var(--space-3)",
        background="var(--accent-a3)",
        border_radius="var(--radius-3)",
        width="100%",
        role="status",
    )


def _how_many(state: Any) -> rx.Component:
    """How many are selected; once all of a page are, the step to all of the filter."""
    is_page_full = state.selected.length() == state.rows.length()
    has_pages = (state.after_href != "") | (state.before_href != "")
    return rx.fragment(
        rx.text(
            rx.cond(
                state.is_whole,
                f"All {state.count} in this filter selected",
                f"{state.selected.length()} selected",
            ),
            size="2",
            weight="medium",
        ),
        rx.cond(
            ~state.is_whole & is_page_full & has_pages,
            rx.button(
                f"Select all {state.count} in this filter",
                on_click=state.select_whole,
                size="1",
                variant="ghost",
                high_contrast=True,
            ),
        ),
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
