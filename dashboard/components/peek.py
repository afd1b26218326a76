"""The panel at the right of a list: the row under the focus, without leaving the list."""

from typing import Any

import reflex as rx

from dashboard.components.detail import fact_rows
from dashboard.components.views import RowLink


def peek_panel(state: Any) -> rx.Component:
    """Who, facts, up to three actions; the browser's script opens, walks and closes it."""
    return rx.fragment(
        # The script writes an id here, because only a match of a key becomes an event.
        rx.el.input(
            default_value="",
            on_change=state.on_row,
            display="none",
            aria_label="Row to look at",
            custom_attrs={"data-on-row": "true", **({"data-edits": "true"} if _edits(state) else {})},
        ),
        rx.cond(state.peek.id != "", _panel(state.peek)),
    )


def _edits(state: Any) -> bool:
    return any(action.key == "e" for action in state.row_actions)


def _panel(peek: Any) -> rx.Component:
    return rx.el.aside(
        _head(peek),
        rx.flex(
            rx.cond(peek.href != "", _open(peek)),
            rx.foreach(peek.actions, _action),
            gap="var(--space-2)",
            wrap="wrap",
        ),
        rx.el.dl(fact_rows(peek.facts), class_name="cf-facts"),
        rx.text(
            "\u2191 \u2193 walk the list \u00b7 Enter opens \u00b7 Esc closes",
            size="1",
            color="var(--gray-11)",
            class_name="cf-only-wide",
        ),
        class_name="cf-peek",
        aria_label="Row",
        custom_attrs={"data-peek": peek.id},
    )


def _head(peek: Any) -> rx.Component:
    return rx.hstack(
        rx.heading(peek.title, size="4", as_="h2", aria_live="polite"),
        rx.cond(
            peek.badge != "",
            rx.badge(peek.badge, color_scheme=peek.tone, variant="soft", high_contrast=True),
        ),
        rx.cond(
            peek.note != "",
            rx.badge(peek.note, color_scheme=peek.note_tone, variant="soft", high_contrast=True),
        ),
        rx.spacer(),
        rx.icon_button(
            rx.icon("x", size=16),
            aria_label="Close",
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
            custom_attrs={"data-peek-close": "true"},
        ),
        width="100%",
        align="center",
        wrap="wrap",
    )


def _open(peek: Any) -> rx.Component:
    return rx.link(
        rx.icon("arrow-right", size=16), "Open", href=peek.href, class_name="cf-action cf-action-main"
    )


def _action(action: rx.Var[RowLink]) -> rx.Component:
    return rx.cond(
        action.refusal == "",
        rx.link(rx.icon(action.icon, size=16), action.label, href=action.href, class_name="cf-action"),
        rx.el.span(
            rx.icon(action.icon, size=16),
            action.label,
            rx.el.span(action.refusal, class_name="cf-visually-hidden"),
            title=action.refusal,
            aria_disabled="true",
            class_name="cf-action",
        ),
    )
