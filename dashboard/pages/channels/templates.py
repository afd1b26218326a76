"""Mail templates: what do we write to customers, and in which words?"""

from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.feedback import notice
from dashboard.shell.formats import language_name
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from models.channels import TEMPLATES, TemplateRow, list_templates
from models.integrations.documents import LANGUAGES
from models.integrations.mail import why_not_send
from models.kernel.actor import Actor
from models.kernel.listing import show_date
from models.kernel.permissions import Permission


@dataclass(frozen=True)
class TextView:
    """A template in one language."""

    href: str
    label: str
    title: str
    is_edited: bool


@dataclass(frozen=True)
class MailView:
    """A template with its languages."""

    name: str
    sentence: str
    texts: list[TextView]


class TemplatesState(rx.State):
    """Every mail in every language."""

    permission: ClassVar = Permission.notifications_read

    mails: list[MailView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    standing: str = ""

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Show which texts are ours and which were edited."""
        reader = current().actor
        rows = await read(list_templates)
        self.mails = [
            MailView(
                kind.name,
                kind.sentence,
                [_text(each, reader) for each in rows if each.key == kind.key],
            )
            for kind in TEMPLATES.values()
        ]
        self.standing = why_not_send()


def _text(row: TemplateRow, reader: Actor) -> TextView:
    changed = show_date(row.changed_at.date(), reader.locale) if row.changed_at else ""
    return TextView(
        f"/settings/mail/{row.key}?language={row.language}",
        f"Edited, version {row.version}" if row.is_edited else "Built-in",
        f"Changed on {changed}" if changed else "As we ship it",
        row.is_edited,
    )


@page("/settings/mail", "Mail templates", TemplatesState.load)
def templates_page() -> rx.Component:
    """Mails down, languages across."""
    return rx.vstack(
        rx.heading("Mail templates", size="5", as_="h1"),
        rx.text(
            "What we write to customers, each in the customer's language. Open one to read, edit and test it.",
            size="2",
            color="var(--gray-11)",
        ),
        rx.cond(TemplatesState.standing != "", notice("mail-warning", TemplatesState.standing)),
        plain_table(
            ["Mail", *[language_name(each) for each in LANGUAGES]],
            rx.foreach(TemplatesState.mails, _row),
            caption="Mail templates",
        ),
        spacing="4",
        width="100%",
    )


def _row(mail: rx.Var[MailView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.text(mail.name, size="2", weight="medium", as_="div"),
            rx.text(mail.sentence, size="1", color="var(--gray-11)", title=mail.sentence, as_="div"),
        ),
        rx.foreach(mail.texts, _cell),
    )


def _cell(text: rx.Var[TextView]) -> rx.Component:
    return rx.el.td(
        rx.link(
            rx.cond(
                text.is_edited,
                rx.badge(text.label, color_scheme="indigo", variant="soft", high_contrast=True),
                text.label,
            ),
            href=text.href,
            title=text.title,
        )
    )
