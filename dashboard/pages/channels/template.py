"""One mail template in one language: edited beside what it looks like for a real invoice."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.views import Tab
from dashboard.pages.channels import template_view as view
from dashboard.shell.formats import language_name, relative_instant
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.dialog_state import DialogState
from models.billing import find_invoices
from models.channels import (
    Placeholder,
    TemplateDetail,
    TemplateDraft,
    TemplateVersion,
    get_template,
    preview_template,
    restore_template,
    save_template,
    send_test,
)
from models.integrations.documents import LANGUAGES
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission


@dataclass(frozen=True)
class PlaceholderView:
    """What may be named in the text."""

    name: str
    meaning: str
    note: str


@dataclass(frozen=True)
class VersionView:
    """An edit, which can be put back into the editor."""

    version: int
    what: str
    when: str
    by: str
    reason: str
    has_text: bool


class TemplateState(DialogState, rx.State):
    """The text as typed, and the mail it makes."""

    permission: ClassVar = Permission.notifications_read

    title: str = ""
    sentence: str = ""
    languages: list[Tab] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    placeholders: list[PlaceholderView] = []  # noqa: RUF012
    versions: list[VersionView] = []  # noqa: RUF012
    standing: str = ""
    subject: str = ""
    body: str = ""
    is_dirty: bool = False
    is_edited: bool = False
    can_write: bool = False
    is_missing: bool = False
    is_loaded: bool = False
    shown_subject: str = ""
    shown_html: str = ""
    shown_for: str = ""
    broken: str = ""

    _key: str = ""
    _language: str = "en"
    _version: int = 0
    _invoice_id: UUID | None = None

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Show the text in force and what it looks like."""
        self._key = self.router.url.path.strip("/").split("/")[-1]
        asked = self.router.url.query_parameters.get("language", "en")
        self._language = asked if asked in LANGUAGES else "en"
        self.dialog = self.dialog_error = ""
        try:
            await self._fill()
            self.is_missing = False
        except DomainError:
            self.is_missing = True
        self.is_loaded = True

    async def _fill(self) -> None:
        found = await read(get_template, key=self._key, language=self._language)
        self.title, self.sentence = found.kind.name, found.kind.sentence
        self.languages = [
            Tab(
                language_name(each),
                f"/settings/mail/{self._key}?language={each}",
                each == self._language,
                each,
            )
            for each in LANGUAGES
        ]
        self.placeholders = [_placeholder(each) for each in found.kind.placeholders.values()]
        self.versions = [_version(each) for each in found.versions]
        self.is_edited, self._version = found.is_edited, found.text.version
        self.standing = _standing(found)
        self.can_write = current().actor.may(Permission.mail_templates_write)
        self.subject, self.body, self.is_dirty = found.text.subject, found.text.body, False
        await self._show()

    @rx.event
    @requires(Mark.page)
    async def set_subject(self, text: str) -> None:
        """The subject as it is typed."""
        self.subject, self.is_dirty = text, True
        await self._show()

    @rx.event
    @requires(Mark.page)
    async def set_body(self, text: str) -> None:
        """The text as it is typed."""
        self.body, self.is_dirty = text, True
        await self._show()

    @rx.event
    @requires(Permission.invoices_read)
    async def choose_invoice(self, form: dict[str, str]) -> Any:
        """Fill the mail in for another invoice."""
        found = await read(find_invoices, str(form.get("number", "") or ""), limit=1)
        if not found:
            return rx.toast.info("No invoice has this number. Type it like INV-2026-000123.")
        self._invoice_id = found[0].id
        await self._show()
        return None

    @rx.event
    @requires(Mark.page)
    async def take_version(self, version: int) -> None:
        """Put an earlier text into the editor; nothing is saved."""
        found = await read(get_template, key=self._key, language=self._language)
        for each in found.versions:
            if each.version == version and not each.is_built_in:
                self.subject, self.body, self.is_dirty = each.subject, each.body, True
        await self._show()

    @rx.event
    @requires(Permission.mail_templates_write)
    async def ask(self, name: str) -> None:
        """Open the dialog of saving or restoring."""
        self.dialog, self.dialog_error = name if name in {"save", "restore"} else "", ""

    @rx.event
    @requires(Permission.mail_templates_write)
    async def save(self, form: dict[str, str]) -> Any:
        """Use the text as typed from now on."""
        facts = {"reason": str(form.get("reason", "")), "version": self._version}
        if await self._submit(save_template, draft=self._draft(), **facts) is None:
            return None
        await self._fill()
        return rx.toast.success(f"Saved. The next mail in {language_name(self._language)} uses it.")

    @rx.event
    @requires(Permission.mail_templates_write)
    async def restore(self, form: dict[str, str]) -> Any:
        """Use the built-in text again."""
        facts = {"reason": str(form.get("reason", "")), "version": self._version}
        if await self._submit(restore_template, key=self._key, language=self._language, **facts) is None:
            return None
        await self._fill()
        return rx.toast.success("The built-in text is in use again.")

    @rx.event
    @requires(Permission.mail_templates_write)
    async def send_test(self) -> Any:
        """Send the text as typed to oneself."""
        address = await write(send_test, draft=self._draft(), invoice_id=self._invoice_id)
        return rx.toast.success(f"A test for {address} is in the outbox.")

    def _draft(self) -> TemplateDraft:
        return TemplateDraft(self._key, self._language, self.subject, self.body)

    async def _show(self) -> None:
        """The mail; one that is broken says where and keeps the last one that was not."""
        try:
            shown = await read(preview_template, draft=self._draft(), invoice_id=self._invoice_id)
        except DomainError as error:
            self.broken = error.sentence
            return
        self.broken = ""
        self.shown_subject, self.shown_html = shown.written.subject, shown.written.html
        self.shown_for = f"{shown.invoice.number}, {shown.customer}" if shown.invoice else "Examples"


def _placeholder(each: Placeholder) -> PlaceholderView:
    note = "may be missing" if each.is_optional else "must stand in the text" if each.is_demanded else ""
    return PlaceholderView(f"{{{{ {each.name} }}}}", each.meaning, note)


def _version(each: TemplateVersion) -> VersionView:
    what = "Built-in text restored" if each.is_built_in else each.subject
    when = relative_instant(each.created_at)
    return VersionView(each.version, what, when, each.author, each.reason, not each.is_built_in)


def _standing(found: TemplateDetail) -> str:
    return f"Edited, version {found.text.version}" if found.is_edited else "Built-in text"


@page("/settings/mail/[key]", "Mail template", TemplateState.load)
def template_page() -> rx.Component:
    """The editor at the left, the mail at the right."""
    return view.body(TemplateState)
