"""One message: as it was written, what became of it, and sending it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.views import Fact
from dashboard.pages.channels import message_view as view
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.theme import tone
from dashboard.states.detail_state import DetailState
from models.channels import (
    MESSAGE_LABELS,
    MessageDetail,
    MessageStatus,
    get_message,
    goes_again_as_itself,
    resend_message,
)
from models.integrations.mail import why_not_send
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, NotFound
from models.kernel.events import Subject
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission

PAPERS = {
    "invoice": "/api/documents/invoices/{id}.pdf",
    "credit_note": "/api/documents/credit-notes/{id}.pdf",
}
OUTCOMES = {
    "bounced": "Came back",
    "failed": "Failed",
    "kept": "Kept here",
    "lost": "Lost",
    "postponed": "Postponed",
    "sent": "Sent",
}


@dataclass(frozen=True)
class AttemptView:
    """One entry of what became of the message."""

    when: str
    exact: str
    outcome: str
    detail: str


class MessageState(DetailState, rx.State):
    """The message shown, and sending it again."""

    permission: ClassVar = Permission.notifications_read
    path: ClassVar = "/ops/notifications"
    tab_labels: ClassVar = (("mail", "Mail"), ("text", "Text"), ("attempts", "Attempts"))

    html: str = ""
    text: str = ""
    attempts: list[AttemptView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    files: list[Fact] = []  # noqa: RUF012
    standing: str = ""
    recipients: str = ""
    effect: str = ""
    resend_refusal: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        found = await read(get_message, message_id=self._required_id())
        row = found.row
        self.title, self.note, self.note_tone = row.subject, row.flag, "violet" if row.is_test else "amber"
        self.badge, self.tone = MESSAGE_LABELS[row.status], tone("messages", row.status)
        self._subject = Subject("message", row.id, row.subject, row.tenant_id)
        self.html, self.text = found.body_html, found.body_text
        self.facts = _facts(found, reader)
        self.attempts = [_attempt(each, reader) for each in reversed(found.history)]
        self.files = [
            Fact(f"{each.number}.pdf", "", PAPERS[each.kind].format(id=each.id)) for each in found.attachments
        ]
        self.standing = row.error or (why_not_send() if row.status == MessageStatus.kept else "")
        self.recipients = ", ".join(row.to_addresses)
        self.effect = (
            "The same mail is tried again, from the first attempt."
            if goes_again_as_itself(row.status)
            else "A copy of this mail goes out, exactly as it was written; documents are printed as they are now."
        )
        is_open = row.status == MessageStatus.queued
        self.resend_refusal = (
            "This mail is under way; its next attempt stands at the side." if is_open else ""
        )

    def _asked(self, name: str) -> Any:
        return type(self).ask_resend if name == "resend" else None

    @rx.event
    @requires(Permission.notifications_send)
    async def ask_resend(self) -> Any:
        """Open the form; one that is under way is told instead."""
        if self.resend_refusal:
            return rx.toast.info("Send again: not possible", description=self.resend_refusal)
        self.dialog, self.dialog_error = "resend", ""
        return None

    @rx.event
    @requires(Permission.notifications_send)
    async def resend(self, form: dict[str, str]) -> Any:
        """Send the message again and show the one that goes out."""
        try:
            again = await write(
                resend_message, message_id=self._required_id(), to=str(form.get("to", "") or "")
            )
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._refill()
        toast = rx.toast.success("The mail is queued and leaves in a moment.")
        return toast if again == self._id else [toast, rx.redirect(f"{self.path}/{again}")]

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("message")
        return self._id


def _facts(found: MessageDetail, reader: Actor) -> list[Fact]:
    row = found.row

    def instant(value: datetime) -> str:
        return show_instant(value, reader.locale, reader.time_zone)

    facts = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("To", ", ".join(row.to_addresses)),
        Fact(
            "Template",
            f"{row.kind}, {row.locale}",
            f"/settings/mail/{row.template}?language={row.locale[:2]}",
        ),
        Fact("Version", f"{row.template_version}" if row.template_version else "Built-in text"),
        Fact("Written", instant(row.created_at), title=relative_instant(row.created_at)),
        Fact("Attempts", str(row.attempts)),
        Fact("Message-ID", found.reference),
    ]
    if found.cc_addresses:
        facts.insert(2, Fact("Copy", ", ".join(found.cc_addresses)))
    if row.about_href and row.about_type != "tenant":
        facts.insert(1, Fact("About", row.about_label, row.about_href))
    if row.sent_at:
        facts.append(Fact("Sent", instant(row.sent_at), title=relative_instant(row.sent_at)))
    if row.status == MessageStatus.queued:
        facts.append(
            Fact(
                "Next attempt", relative_instant(found.next_attempt_at), title=instant(found.next_attempt_at)
            )
        )
    if found.resent_of:
        facts.append(Fact("Copy of", "The first message", f"/ops/notifications/{found.resent_of}"))
    return facts


def _attempt(entry: Any, reader: Actor) -> AttemptView:
    at = datetime.fromisoformat(entry["at"])
    return AttemptView(
        relative_instant(at),
        show_instant(at, reader.locale, reader.time_zone),
        OUTCOMES.get(entry["outcome"], entry["outcome"]),
        entry["detail"],
    )


@page("/ops/notifications/[message_id]", "Notification", MessageState.load)
def message_page() -> rx.Component:
    """Head, the mail, its text, attempts; facts at the side."""
    return view.body(MessageState)
