"""How what a run parked looks, and the dialogs of its page."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import reason_dialog, reason_field
from dashboard.components.feedback import empty_state
from dashboard.pages.billing.run_data import FailureGroup, FailureView

MENDED = "What has been mended?"


def parked(state: Any) -> rx.Component:
    """What the run could not bill, by step and reason."""
    return section(
        "Parked",
        rx.cond(
            state.groups.length() > 0,
            rx.vstack(
                rx.foreach(state.groups, lambda group: _group(group, state)), spacing="4", width="100%"
            ),
            empty_state(
                "circle-check",
                "Nothing was parked.",
                "What a run cannot bill waits here with its reason, and later runs leave it out.",
            ),
        ),
    )


def _group(group: rx.Var[FailureGroup], state: Any) -> rx.Component:
    return rx.box(
        rx.text(
            group.step,
            ": ",
            rx.code(group.code, size="2"),
            " ",
            group.count,
            size="2",
            margin_bottom="var(--space-2)",
        ),
        plain_table(
            ["Customer", "Subscription", "Why", "State", ""],
            rx.foreach(group.failures, lambda row: _failure(row, state)),
            caption="Parked subscriptions",
        ),
        width="100%",
    )


def _failure(row: rx.Var[FailureView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(row.customer, href=row.customer_href)),
        rx.el.td(rx.link("Open", href=row.subscription_href, aria_label="Subscription of " + row.customer)),
        rx.el.td(row.sentence, class_name="cf-wraps"),
        rx.el.td(row.state),
        rx.el.td(
            rx.cond(
                row.is_open,
                rx.vstack(
                    _small("Retry", state.ask_retry(row.subscription_id)),
                    rx.cond(row.can_exceed, _small("Bill after all", state.ask_exceed(row.subscription_id))),
                    spacing="1",
                    padding_y="var(--space-2)",
                ),
            )
        ),
    )


def _small(label: str, on_click: Any) -> rx.Component:
    return rx.button(label, on_click=on_click, size="1", variant="soft", high_contrast=True)


def run_dialogs(state: Any) -> tuple[rx.Component, ...]:
    """Every dialog; one is open at a time."""
    return (
        _dialog(
            state,
            "stop",
            state.stop,
            title="Stop this run",
            effect="No further batch begins. What is billed stays billed, and the rest waits for the next run.",
            undo="A new run goes on where this one ends.",
            verb="Stop the run",
            fields=(reason_field("Why is it stopped?"),),
        ),
        _dialog(
            state,
            "retry_all",
            state.retry_all,
            title="Retry all that was parked",
            effect="It is released, and a run bills it and whatever else is due by now. The bounds still hold.",
            undo="What still cannot be billed is parked again with its reason.",
            verb="Release and retry",
            fields=(reason_field(MENDED),),
            is_dangerous=False,
        ),
        _dialog(
            state,
            "retry",
            state.retry,
            title="Retry this one",
            effect="It is billed now, one step on. Nothing else is.",
            undo="What still cannot be billed is parked again with its reason. An invoice can be voided.",
            verb="Retry",
            fields=(reason_field(MENDED),),
            is_dangerous=False,
        ),
        _exceed(state),
    )


def _exceed(state: Any) -> rx.Component:
    return _dialog(
        state,
        "exceed",
        state.exceed,
        title="Bill above the bounds",
        effect="It is billed now as it stands, and the invoice waits as a draft until a person approves it.",
        undo="The draft can be changed or voided.",
        verb="Bill after all",
        fields=(reason_field("Why is this amount right?"),),
    )


def _dialog(state: Any, name: str, on_submit: Any, **looks: Any) -> rx.Component:
    return reason_dialog(
        is_open=state.dialog == name,
        on_submit=on_submit,
        on_close=state.close_dialog,
        error=state.dialog_error,
        **looks,
    )
