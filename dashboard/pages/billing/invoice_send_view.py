"""How sending an invoice looks: the form at the left, the mail at the right."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import error_callout, text_field
from dashboard.components.feedback import notice
from dashboard.components.mail import mail_view
from dashboard.pages.billing.invoice_send import MailView
from dashboard.shell.formats import language_name
from models.integrations.documents import LANGUAGES


def send_dialog(state: Any) -> rx.Component:
    """To whom, in which language, and exactly what."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title("Send invoice " + state.title),
            rx.dialog.description(
                "The mail goes out as shown, with the PDF. Nothing leaves before you confirm.",
                size="2",
                color="var(--gray-11)",
            ),
            rx.form(
                rx.box(_form(state), _mail(state), class_name="cf-editor", margin_top="var(--space-4)"),
                rx.cond(state.dialog_error != "", error_callout(state.dialog_error)),
                _foot(state),
                on_submit=state.send,
                reset_on_submit=False,
            ),
            max_width="1040px",
            class_name="cf-wide-dialog",
        ),
        open=state.dialog == "send",
        on_open_change=state.close_dialog,
    )


def mails_of(state: Any) -> rx.Component:
    """What was sent about the invoice."""
    return section(
        "Mails",
        rx.cond(
            state.mails.length() > 0,
            plain_table(["Subject", "To", "Status", "When"], rx.foreach(state.mails, _row), caption="Mails"),
            rx.text("Not sent yet.", size="2", color="var(--gray-11)"),
        ),
    )


def _form(state: Any) -> rx.Component:
    return rx.vstack(
        rx.cond(state.mail_standing != "", notice("mail-warning", state.mail_standing)),
        text_field("To", "to", default=state.mail_to, placeholder="name@example.com"),
        text_field("Copy to", "cc", placeholder="Nobody else", required=False),
        rx.el.label(
            rx.text("Language", size="2", weight="medium", as_="div"),
            rx.select.root(
                rx.select.trigger(width="100%", aria_label="Language"),
                rx.select.content(
                    *[rx.select.item(language_name(each), value=each) for each in LANGUAGES],
                    position="popper",
                ),
                value=state.mail_language,
                on_change=state.speak,
            ),
            width="100%",
        ),
        rx.flex(
            rx.icon("paperclip", size=16, aria_hidden="true"),
            rx.text(state.mail_file, size="2"),
            gap="var(--space-2)",
            align="center",
        ),
        spacing="3",
        width="100%",
    )


def _mail(state: Any) -> rx.Component:
    return rx.vstack(
        rx.text(state.mail_subject, size="2", weight="medium", custom_attrs={"data-testid": "mail-subject"}),
        mail_view(state.mail_html, "The mail as the customer sees it", is_short=True),
        spacing="2",
        width="100%",
    )


def _foot(state: Any) -> rx.Component:
    return rx.flex(
        rx.text(
            "Cannot be undone: a mail that has left cannot be called back.",
            size="1",
            color="var(--gray-11)",
            flex="1 1 280px",
        ),
        rx.button(
            "Cancel",
            on_click=state.close_dialog,
            type="button",
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
        ),
        rx.button("Send invoice", type="submit", high_contrast=True, custom_attrs={"data-testid": "send"}),
        wrap="wrap",
        align="center",
        gap="var(--space-3)",
        margin_top="var(--space-4)",
        width="100%",
    )


def _row(mail: rx.Var[MailView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(mail.subject, href=mail.href, title=mail.subject)),
        rx.el.td(mail.recipients, title=mail.recipients),
        rx.el.td(rx.badge(mail.badge, color_scheme=mail.tone, variant="soft", high_contrast=True)),
        rx.el.td(rx.el.time(mail.when, title=mail.exact)),
    )
