"""How the review of drafts looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, named_lines, reason_dialog
from dashboard.components.feedback import empty_state, skeleton_rows
from dashboard.pages.billing.invoice_dialogs import hold_dialog
from dashboard.pages.billing.review_data import ComparedView, GroupView, ItemView


def body(state: Any) -> rx.Component:
    """Queue and draft, or a sentence where nothing waits."""
    return rx.vstack(
        rx.hstack(
            rx.heading("Review drafts", size="5", as_="h1"),
            rx.spacer(),
            rx.cond(
                state.routine_count > 0,
                rx.button(
                    rx.icon("check-check", size=16),
                    "Approve routine drafts",
                    on_click=state.ask_routine,
                    variant="soft",
                    high_contrast=True,
                ),
            ),
            width="100%",
            align="center",
            wrap="wrap",
        ),
        rx.cond(
            state.is_loaded,
            rx.cond(state.groups.length() > 0, _desk(state), _nothing()),
            skeleton_rows(),
        ),
        hold_dialog(state),
        _routine_dialog(state),
        spacing="4",
        width="100%",
    )


def _nothing() -> rx.Component:
    return empty_state(
        "clipboard-check",
        "Nothing to review.",
        "Drafts appear here when a run or a person makes them; routine ones can be approved together.",
        rx.link("All invoices", href="/billing/invoices"),
    )


def _desk(state: Any) -> rx.Component:
    return rx.box(
        rx.el.nav(
            rx.foreach(state.groups, lambda group: _group(group, state)),
            class_name="cf-queue",
            aria_label="Drafts to review",
        ),
        rx.cond(state.draft.id != "", _draft(state)),
        class_name="cf-review",
        width="100%",
    )


def _group(group: rx.Var[GroupView], state: Any) -> rx.Component:
    return rx.fragment(
        rx.el.h2(group.label, " · ", group.count),
        rx.foreach(group.drafts, lambda item: _item(item, state)),
    )


def _item(item: rx.Var[ItemView], state: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(item.customer),
        rx.el.span(item.total),
        rx.el.small(item.hint),
        type="button",
        on_click=state.choose(item.id),
        aria_current=rx.cond(item.is_chosen, "true", "false"),
    )


def _draft(state: Any) -> rx.Component:
    draft = state.draft
    return rx.vstack(
        rx.flex(
            rx.heading(rx.link(draft.customer, href=draft.customer_href), size="4", as_="h2"),
            rx.badge(draft.badge, color_scheme=draft.tone, variant="soft", high_contrast=True),
            rx.text(draft.total, size="4", weight="medium"),
            rx.spacer(),
            _actions(state),
            width="100%",
            align="center",
            wrap="wrap",
            gap="var(--space-3)",
        ),
        rx.text(rx.link(draft.number, href=draft.href, underline="always"), " · ", draft.approvals, size="2"),
        section(
            "Why it is here",
            rx.cond(
                draft.reasons.length() > 0,
                rx.el.ul(rx.foreach(draft.reasons, rx.el.li), class_name="cf-why"),
                rx.text("Nothing is odd about it.", size="2", color="var(--gray-11)"),
            ),
        ),
        section(
            "Last time and this time",
            rx.text(draft.last, size="2", margin_bottom="var(--space-3)"),
            plain_table(
                ["Line", "Last time", "This time", "What explains it"],
                rx.foreach(state.lines, _line),
                caption="Last time and this time",
                numeric=(1, 2),
            ),
        ),
        spacing="4",
        width="100%",
        min_width="0",
    )


def _actions(state: Any) -> rx.Component:
    draft = state.draft
    return rx.flex(
        rx.cond(
            draft.is_stuck,
            action_button("Retry the step", "refresh-cw", state.retry),
            rx.cond(
                draft.is_held,
                action_button("Release", "play", state.release),
                action_button("Hold", "pause", state.ask_hold, key="h"),
            ),
        ),
        action_button("Approve", "check", state.approve, refusal=draft.refusal, is_main=True, key="a"),
        gap="var(--space-3)",
    )


def _line(line: rx.Var[ComparedView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.description),
        rx.el.td(line.last, class_name="cf-num"),
        rx.el.td(line.now, class_name="cf-num"),
        rx.el.td(line.why),
    )


def _routine_dialog(state: Any) -> rx.Component:
    bulk = state.bulk
    return reason_dialog(
        title="Approve routine drafts",
        effect=bulk.effect,
        undo="Cannot be undone. An issued invoice is voided or credited.",
        verb=bulk.verb,
        is_open=state.dialog == "routine",
        on_close=state.close_dialog,
        on_submit=state.approve_all,
        error=state.dialog_error,
        is_dangerous=False,
        is_possible=bulk.is_possible,
        fields=(named_lines("The largest", bulk.largest), named_lines("Left as they are", bulk.skipped)),
    )
