"""The views over a list: tabs, and what can be done with the one that is open."""

from typing import Any

import reflex as rx

from dashboard.components.dialogs import select_field
from dashboard.components.views import Tab

SCOPES = [("me", "Only me"), ("everyone", "Everyone")]


def view_tabs(state: Any) -> rx.Component:
    """Views as links; a changed one shows a dot with Save, Save as and Reset."""
    return rx.hstack(
        rx.el.nav(rx.foreach(state.tabs, _tab), class_name="cf-tabs", aria_label="Views"),
        rx.foreach(state.tabs, lambda tab: rx.cond(tab.is_current & (tab.id != ""), _tools(tab, state))),
        rx.cond(state.is_changed, _save_as(state)),
        width="100%",
        align="center",
        wrap="wrap",
    )


def _tab(tab: rx.Var[Tab]) -> rx.Component:
    return rx.link(
        tab.label,
        rx.cond(
            tab.is_changed,
            rx.fragment(
                rx.el.span(class_name="cf-dot", aria_hidden="true"),
                rx.el.span(" (changed)", class_name="cf-visually-hidden"),
            ),
        ),
        rx.cond(tab.is_shared, rx.icon("users", size=12, aria_label="shared", class_name="cf-note")),
        href=tab.href,
        title=tab.title,
        aria_current=rx.cond(tab.is_current, "page", "false"),
    )


def _tools(tab: rx.Var[Tab], state: Any) -> rx.Component:
    return rx.hstack(
        rx.cond(tab.is_changed & tab.is_own, _quiet("Save", state.save_current(tab.id))),
        rx.cond(tab.is_changed, rx.link("Reset", href=tab.href, size="1")),
        rx.menu.root(
            rx.menu.trigger(
                rx.icon_button(
                    rx.icon("ellipsis", size=14),
                    aria_label="Options of this view",
                    variant="ghost",
                    color_scheme="gray",
                    high_contrast=True,
                    size="1",
                )
            ),
            rx.menu.content(
                rx.cond(
                    tab.is_default,
                    rx.menu.item("Open the list with all rows", on_select=state.open_with("")),
                    rx.menu.item("Open the list with this view", on_select=state.open_with(tab.id)),
                ),
                rx.cond(tab.is_own, _own_items(tab, state)),
            ),
        ),
        align="center",
        spacing="3",
    )


def _own_items(tab: rx.Var[Tab], state: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(
            tab.is_shared,
            rx.menu.item("Show it to me alone", on_select=state.share_view(tab.id, False)),  # noqa: FBT003
            rx.menu.item("Show it to everyone", on_select=state.share_view(tab.id, True)),  # noqa: FBT003
        ),
        rx.menu.separator(),
        rx.menu.item("Delete this view", on_select=state.drop_view(tab.id)),
    )


def _quiet(label: str, on_click: Any) -> rx.Component:
    return rx.button(label, on_click=on_click, variant="soft", size="1", high_contrast=True)


def _save_as(state: Any) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(
                rx.icon("bookmark", size=14),
                "Save as",
                variant="soft",
                size="1",
                high_contrast=True,
                flex_shrink="0",
            )
        ),
        rx.popover.content(
            rx.form(
                rx.vstack(
                    rx.input(
                        name="name",
                        placeholder="Name of the view",
                        aria_label="Name of the view",
                        max_length=40,
                        required=True,
                        width="100%",
                    ),
                    select_field("Who sees it", "scope", SCOPES, "me"),
                    rx.button("Save", type="submit", high_contrast=True),
                ),
                on_submit=state.keep_view,
            ),
            min_width="240px",
        ),
    )
