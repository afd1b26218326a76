"""How a dispute looks."""

from typing import Any

import reflex as rx

from dashboard.components.callouts import callout
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog
from models.payments import EVIDENCE

HINTS = {
    "product_description": "The plan, what it does, and where the customer agreed to it",
    "service_date": "First and last day, e.g. 1 Nov to 30 Nov 2026",
    "access_activity_log": "Sign-ins and work done, with days and addresses",
    "cancellation_rebuttal": "That it was not cancelled, or cancelled too late",
    "refund_refusal_explanation": "What the terms say of refunds, and that they were shown",
    "uncategorized_text": "Whatever else the bank should know",
}


def body(state: Any) -> rx.Component:
    """The page of a dispute."""
    return detail_page(
        state,
        noun="dispute",
        list_label="Disputes",
        list_href="/billing/disputes",
        first_tab=_answer(state),
        tabs={},
        actions=(
            action_button("Give up", "flag", state.ask("accept"), refusal=state.refusal),
            action_button("Keep texts", "save", state.save, refusal=state.refusal),
            action_button("Send answer", "send", state.ask("send"), refusal=state.refusal, is_main=True),
        ),
        dialogs=(_send_dialog(state), _accept_dialog(state)),
    )


def _answer(state: Any) -> rx.Component:
    return rx.vstack(
        rx.cond(state.deadline != "", callout(state.deadline, "amber", "timer")),
        rx.cond(state.refusal != "", callout(state.refusal, "gray", "info")),
        section(
            "What the bank is told",
            rx.vstack(
                *[_text(state, name, label) for name, label in EVIDENCE.items()], spacing="4", width="100%"
            ),
        ),
        spacing="4",
        width="100%",
    )


def _text(state: Any, name: str, label: str) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.text_area(
            value=state.texts[name],
            on_change=lambda text: state.type_text(name, text),
            placeholder=HINTS[name],
            disabled=state.refusal != "",
            rows="3",
            max_length=20_000,
            width="100%",
        ),
        width="100%",
    )


def _send_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Send the answer to " + state.title,
        effect=state.effect,
        undo="Cannot be undone: the bank takes one answer.",
        verb=state.send_verb,
        is_open=state.dialog == "send",
        on_close=state.close_dialog,
        on_submit=state.send,
        error=state.dialog_error,
        is_dangerous=False,
    )


def _accept_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Give up: " + state.title,
        effect=state.effect,
        undo="Cannot be undone: the dispute is lost at once.",
        verb=state.accept_verb,
        is_open=state.dialog == "accept",
        on_close=state.close_dialog,
        on_submit=state.accept,
        error=state.dialog_error,
    )
