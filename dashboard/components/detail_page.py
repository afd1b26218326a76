"""The page of every detail: head, tabs, the open tab beside the facts, and dialogs; or "not found"."""

from typing import Any

import reflex as rx

from dashboard.components.detail import detail_head, fact_rail, news_line, people_here, tab_bar
from dashboard.components.dialogs import note_form
from dashboard.components.feedback import not_found, skeleton_rows
from dashboard.components.timeline import timeline


def detail_page(
    state: Any,
    *,
    noun: str,
    list_label: str,
    list_href: str,
    first_tab: rx.Component,
    tabs: dict[str, rx.Component],
    actions: tuple[rx.Component, ...] = (),
    dialogs: tuple[rx.Component, ...] = (),
) -> rx.Component:
    """Everything about one thing of a `DetailState`; the timeline is always the last tab."""
    found = rx.vstack(
        _head(state, list_label, list_href, actions),
        news_line(state.news, state.refresh),
        tab_bar(state.tabs),
        rx.box(
            rx.match(state.tab, *tabs.items(), ("timeline", _timeline(state)), first_tab),
            fact_rail(state.facts),
            class_name="cf-detail",
            width="100%",
        ),
        *dialogs,
        spacing="4",
        width="100%",
    )
    return rx.cond(
        state.is_missing,
        not_found(noun, list_href),
        rx.cond(state.is_loaded, found, skeleton_rows()),
    )


def _head(state: Any, list_label: str, list_href: str, actions: tuple[rx.Component, ...]) -> rx.Component:
    return detail_head(
        list_label=list_label,
        list_href=list_href,
        title=state.title,
        badge=state.badge,
        tone=state.tone,
        note=state.note,
        note_tone=state.note_tone,
        figure=state.figure,
        actions=(people_here(state.others), *actions),
    )


def _timeline(state: Any) -> rx.Component:
    return rx.vstack(note_form(state.add_note), timeline(state.timeline), spacing="4", width="100%")
