"""Sending an invoice by mail from its page: recipients, language, and the mail itself before it goes."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from dashboard.pages.billing.invoice_standing import StepView
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import requires
from dashboard.shell.run import read
from dashboard.shell.theme import tone
from models.channels import (
    MESSAGE_LABELS,
    InvoiceMail,
    MessageRow,
    MessageStatus,
    preview_invoice_mail,
    send_invoice,
)
from models.integrations.mail import why_not_send
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission

# How the step strip names where the newest mail stands.
STEPS = {
    MessageStatus.queued: "now",
    MessageStatus.kept: "now",
    MessageStatus.sent: "done",
    MessageStatus.failed: "failed",
    MessageStatus.bounced: "failed",
}


@dataclass(frozen=True)
class MailView:
    """A mail about the invoice."""

    subject: str
    href: str
    recipients: str
    badge: str
    tone: str
    when: str
    exact: str


class SendActions(rx.State, mixin=True):
    """Handlers of sending; the page's state is a `DetailState` of an invoice."""

    mails: list[MailView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    send_refusal: str = ""
    mail_to: str = ""
    mail_language: str = "en"
    mail_subject: str = ""
    mail_html: str = ""
    mail_file: str = ""
    mail_standing: str = ""

    _mail_token: str = ""
    _mail_key: str = ""
    _mail_locale: str = ""

    @rx.event
    @requires(Permission.notifications_send)
    async def ask_send(self) -> None:
        """Show the mail as it would go out; a refusal is told instead."""
        self._show_mail(await read(preview_invoice_mail, invoice_id=self._required_id()), is_first=True)
        self._mail_key, self.mail_standing = new_id().hex, why_not_send()
        self.dialog, self.dialog_error = "send", ""

    @rx.event
    @requires(Permission.notifications_send)
    async def speak(self, language: str) -> None:
        """Show the mail in another language."""
        shown = await read(preview_invoice_mail, invoice_id=self._required_id(), locale=language)
        self._show_mail(shown, is_first=False)

    @rx.event
    @requires(Permission.notifications_send)
    async def send(self, form: dict[str, str]) -> Any:
        """Send the invoice with the mail shown; one that changed meanwhile is shown anew."""
        done = await self._commit(
            send_invoice,
            f"Invoice {self.title} is in the outbox and leaves in a moment.",
            invoice_id=self._required_id(),
            to=str(form.get("to", "") or ""),
            cc=str(form.get("cc", "") or ""),
            locale=self._mail_locale,
            token=self._mail_token,
            request_key=self._mail_key,
        )
        if done is None:
            await self._show_again()
        return done

    async def _show_again(self) -> None:
        try:
            shown = await read(preview_invoice_mail, invoice_id=self._required_id(), locale=self._mail_locale)
        except DomainError:
            return
        self._show_mail(shown, is_first=False)

    def _show_mail(self, shown: InvoiceMail, *, is_first: bool) -> None:
        if is_first:
            self.mail_to = ", ".join(shown.to)
        # The customer's own locale, e.g. de-AT, until another language is chosen.
        self._mail_locale, self.mail_language = shown.language, shown.language[:2]
        self.mail_subject, self.mail_html = shown.written.subject, shown.written.html
        self.mail_file, self._mail_token = shown.attachment, shown.token


def mail_rows(mails: list[MessageRow], reader: Actor) -> list[MailView]:
    """The invoice's mails, the newest first."""
    return [
        MailView(
            each.subject,
            f"/ops/notifications/{each.id}",
            ", ".join(each.to_addresses),
            MESSAGE_LABELS[each.status],
            tone("messages", each.status),
            relative_instant(each.created_at),
            show_instant(each.created_at, reader.locale, reader.time_zone),
        )
        for each in mails
    ]


def sent_step(steps: list[StepView], mails: list[MessageRow]) -> list[StepView]:
    """The strip with where the newest mail stands, before the last step; as it is without any."""
    if not mails:
        return steps
    return [*steps[:-1], StepView("Sent", STEPS[MessageStatus(mails[0].status)]), steps[-1]]
