"""How one message looks."""

from typing import Any

import reflex as rx

from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog, text_field
from dashboard.components.feedback import notice
from dashboard.components.mail import mail_view
from dashboard.components.native import download_link


def body(state: Any) -> rx.Component:
    """The page of a message."""
    return detail_page(
        state,
        noun="message",
        list_label="Notifications",
        list_href="/ops/notifications",
        first_tab=rx.vstack(_head(state), mail_view(state.html, "The mail as it was written"), width="100%"),
        tabs={"text": rx.el.pre(state.text, class_name="cf-mail-text"), "attempts": _attempts(state)},
        actions=(
            action_button("Send again", "send", state.ask_resend, refusal=state.resend_refusal, key="r"),
        ),
        dialogs=(_dialog(state),),
    )


def _head(state: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(state.standing != "", notice("triangle-alert", state.standing)),
        rx.cond(
            state.files.length() > 0,
            rx.flex(
                rx.icon("paperclip", size=16, aria_hidden="true"),
                rx.foreach(
                    state.files,
                    lambda file: download_link(
                        file.label, href=file.href + "?download=1", class_name="cf-file"
                    ),
                ),
                gap="var(--space-3)",
                align="center",
            ),
        ),
    )


def _attempts(state: Any) -> rx.Component:
    return rx.cond(
        state.attempts.length() > 0,
        rx.el.ol(rx.foreach(state.attempts, _attempt_row), class_name="cf-timeline", aria_label="Attempts"),
        rx.text("No attempt yet: a worker takes it in a moment.", size="2", color="var(--gray-11)"),
    )


def _attempt_row(entry: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.icon("mail", size=16, color="var(--gray-11)", aria_hidden="true"),
        rx.box(
            rx.text(
                rx.el.strong(entry.outcome),
                " ",
                rx.el.time(entry.when, title=entry.exact, class_name="cf-currency"),
                size="2",
            ),
            rx.text(entry.detail, size="2"),
        ),
    )


def _dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Send this mail again",
        effect=state.effect,
        undo="Cannot be undone: a mail that has left cannot be called back.",
        verb="Send mail again",
        is_open=state.dialog == "resend",
        on_close=state.close_dialog,
        on_submit=state.resend,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(text_field("To", "to", default=state.recipients),),
    )
