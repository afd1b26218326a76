"""How the versions of a plan look: what changed, and who would pay what."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, reason_dialog, reason_field
from dashboard.components.feedback import empty_state
from dashboard.pages.billing.plan_data import DifferenceView, VersionView
from dashboard.pages.billing.plan_moves_data import MoveView


def versions_tab(state: Any) -> rx.Component:
    """All versions, what changed between two, and who would pay what."""
    return rx.vstack(
        plain_table(
            ["Version", "Status", "Trial", "Created", ""],
            rx.foreach(state.versions, lambda each: _version_row(each, state)),
            caption="Versions",
        ),
        rx.cond(
            state.compared_id != "",
            section(
                "What changed",
                rx.text(state.compared, size="2", color="var(--gray-11)", margin_bottom="var(--space-3)"),
                plain_table(
                    ["Before", "After", "Change"],
                    rx.foreach(state.differences, _difference_row),
                    caption="What changed",
                ),
            ),
            empty_state(
                "copy-plus",
                "This is the only version.",
                "A new version changes prices for new subscriptions only.",
            ),
        ),
        rx.cond(state.compared_id != "", _moves(state)),
        spacing="4",
        width="100%",
    )


def _version_row(version: rx.Var[VersionView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(version.label, href=version.href)),
        rx.el.td(rx.badge(version.badge, color_scheme=version.tone, variant="soft", high_contrast=True)),
        rx.el.td(version.trial),
        rx.el.td(version.created),
        rx.el.td(
            rx.cond(
                version.is_current | (version.id == state.compared_id),
                rx.text(
                    rx.cond(version.is_current, "Shown", "Compared"),
                    size="1",
                    color="var(--gray-11)",
                    as_="span",
                ),
                row_button("Compare", state.compare(version.id), version.label),
            )
        ),
    )


def _difference_row(row: rx.Var[DifferenceView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.before),
        rx.el.td(row.after),
        rx.el.td(rx.badge(row.word, color_scheme=row.tone, variant="soft", high_contrast=True)),
    )


def _moves(state: Any) -> rx.Component:
    return section(
        "If everybody on this version moved to the other",
        rx.cond(
            state.moves_text == "",
            action_button("Show who would pay what", "calculator", state.show_moves),
            rx.vstack(
                rx.text(state.moves_text, size="2"),
                rx.cond(
                    state.moves.length() > 0,
                    plain_table(
                        ["Customer", "Now", "Then", "MRR"],
                        rx.foreach(state.moves, _move_row),
                        caption="Who would move",
                        numeric=(1, 2, 3),
                    ),
                ),
                action_button(
                    state.moves_verb, "arrow-right-left", state.ask_moves, refusal=state.moves_refusal
                ),
                rx.text("Nobody is moved by looking.", size="1", color="var(--gray-11)"),
                width="100%",
            ),
        ),
    )


def moves_dialog(state: Any) -> rx.Component:
    """Asking for the moves as previewed."""
    return reason_dialog(
        title="Move subscriptions of " + state.title,
        effect=state.effect,
        undo="Each planned move can be cancelled on its subscription until its renewal.",
        verb=state.verb,
        is_open=state.dialog == "moves",
        on_close=state.close_dialog,
        on_submit=state.move_everybody,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("Why do they move?"),),
    )


def _move_row(row: rx.Var[MoveView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(row.customer, href=row.href)),
        rx.el.td(row.before, class_name="cf-num"),
        rx.el.td(row.after, class_name="cf-num"),
        rx.el.td(row.delta, class_name="cf-num"),
    )


def row_button(label: Any, on_click: Any, what: Any) -> rx.Component:
    """A small action of a row; `what` names the row to screen readers."""
    return rx.button(
        label,
        aria_label=label + " " + what,
        on_click=on_click,
        size="1",
        variant="soft",
        color_scheme="gray",
        high_contrast=True,
    )
