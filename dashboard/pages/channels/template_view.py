"""How the editor of a mail template looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import detail_head, section, tab_bar
from dashboard.components.dialogs import action_button, error_callout, reason_dialog, reason_field
from dashboard.components.feedback import not_found, skeleton_rows
from dashboard.components.mail import mail_view


def body(state: Any) -> rx.Component:
    """The page of a template."""
    found = rx.vstack(
        _head(state),
        rx.text(state.sentence, size="2", color="var(--gray-11)"),
        tab_bar(state.languages),
        rx.box(_editor(state), _preview(state), class_name="cf-editor"),
        rx.box(_placeholders(state), _versions(state), class_name="cf-editor"),
        _save_dialog(state),
        _restore_dialog(state),
        spacing="4",
        width="100%",
    )
    return rx.cond(
        state.is_missing,
        not_found("mail template", "/settings/mail"),
        rx.cond(state.is_loaded, found, skeleton_rows()),
    )


def _head(state: Any) -> rx.Component:
    actions = rx.cond(
        state.can_write,
        rx.fragment(
            action_button(
                "Restore built-in text",
                "rotate-ccw",
                state.ask("restore"),
                refusal=rx.cond(state.is_edited, "", "The built-in text is in use already."),
            ),
            action_button("Send test to me", "send", state.send_test, refusal=state.broken),
            action_button(
                "Save text",
                "check",
                state.ask("save"),
                is_main=True,
                refusal=rx.cond(
                    state.broken != "", state.broken, rx.cond(state.is_dirty, "", "Nothing was changed yet.")
                ),
            ),
        ),
    )
    return detail_head(
        list_label="Mail templates",
        list_href="/settings/mail",
        title=state.title,
        badge=state.standing,
        tone=rx.cond(state.is_edited, "indigo", "gray"),
        note=rx.cond(state.is_dirty, "Not saved", ""),
        note_tone="amber",
        figure="",
        actions=(actions,),
    )


def _editor(state: Any) -> rx.Component:
    return rx.vstack(
        rx.el.label(
            rx.text("Subject", size="2", weight="medium", as_="div"),
            rx.input(
                value=state.subject,
                on_change=state.set_subject,
                max_length=200,
                read_only=~state.can_write,
                width="100%",
            ),
            width="100%",
        ),
        rx.el.label(
            rx.text("Text", size="2", weight="medium", as_="div"),
            rx.text_area(
                value=state.body,
                on_change=state.set_body,
                rows="20",
                max_length=8000,
                read_only=~state.can_write,
                width="100%",
                font_family="var(--code-font-family)",
            ),
            width="100%",
        ),
        rx.cond(state.broken != "", error_callout(state.broken)),
        spacing="3",
        width="100%",
    )


def _preview(state: Any) -> rx.Component:
    return rx.vstack(
        rx.form(
            rx.flex(
                rx.el.label(
                    rx.text("Shown for", size="2", weight="medium", as_="div"),
                    rx.input(name="number", placeholder=state.shown_for, width="100%"),
                    flex="1",
                ),
                rx.button("Show", type="submit", variant="soft", color_scheme="gray", high_contrast=True),
                align="end",
                gap="var(--space-2)",
                width="100%",
            ),
            on_submit=state.choose_invoice,
            reset_on_submit=True,
            width="100%",
        ),
        rx.text(state.shown_subject, size="2", weight="medium", custom_attrs={"data-testid": "subject"}),
        mail_view(state.shown_html, "The mail as the customer sees it"),
        spacing="3",
        width="100%",
        opacity=rx.cond(state.broken != "", "0.6", "1"),
    )


def _placeholders(state: Any) -> rx.Component:
    return section(
        "What may be named",
        rx.el.dl(
            rx.foreach(
                state.placeholders,
                lambda each: rx.fragment(
                    rx.el.dt(rx.code(each.name, size="2")),
                    rx.el.dd(
                        each.meaning,
                        rx.cond(each.note != "", rx.text(each.note, size="1", color="var(--gray-11)")),
                    ),
                ),
            ),
            class_name="cf-facts",
        ),
        rx.text(
            "What may be missing stands between {% if name %} and {% endif %}, each on a line of its own. "
            "A button is a line like [Pay]({{ payment_link }}); **strong** words stand between two stars.",
            size="1",
            color="var(--gray-11)",
            margin_top="var(--space-3)",
        ),
    )


def _versions(state: Any) -> rx.Component:
    return section(
        "Versions",
        rx.cond(
            state.versions.length() > 0,
            plain_table(
                ["Version", "Subject", "When", "By", "Reason", ""],
                rx.foreach(state.versions, lambda each: _version(each, state)),
                caption="Versions",
                numeric=(0,),
            ),
            rx.text("Nobody has edited this text.", size="2", color="var(--gray-11)"),
        ),
    )


def _version(each: rx.Var[Any], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(each.version, class_name="cf-num"),
        rx.el.td(each.what, title=each.what),
        rx.el.td(each.when),
        rx.el.td(each.by),
        rx.el.td(each.reason, title=each.reason),
        rx.el.td(
            rx.cond(
                each.has_text,
                rx.button(
                    "Put into the editor",
                    on_click=state.take_version(each.version),
                    size="1",
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                ),
            )
        ),
    )


def _save_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Save this text",
        effect="Mails that are written from now on use it. Those in the outbox stay as they are.",
        undo="Can be undone: every version stays, and the built-in text can be restored.",
        verb="Save text",
        is_open=state.dialog == "save",
        on_close=state.close_dialog,
        on_submit=state.save,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("What is better now?"),),
    )


def _restore_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Restore the built-in text",
        effect="Mails that are written from now on use the text we ship, also as later releases better it.",
        undo="Can be undone: put an earlier version into the editor and save it.",
        verb="Restore text",
        is_open=state.dialog == "restore",
        on_close=state.close_dialog,
        on_submit=state.restore,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("Why is the edit taken back?"),),
    )
