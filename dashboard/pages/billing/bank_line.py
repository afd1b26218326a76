"""One line of a bank statement: which invoices it pays, or why it pays none."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing import bank_line_data as data
from dashboard.pages.billing import bank_line_view as view
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.events import Subject
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import (
    BANK_LINES,
    BankLineRow,
    MatchRow,
    Part,
    Suggestion,
    get_bank_line,
    ignore_line,
    match_line,
    preview_match,
    reopen_line,
    suggest_invoices,
)

DIALOGS = ("ignore", "match")
Found = tuple[BankLineRow, list[MatchRow], list[Suggestion], list[TimelineEvent]]


class BankLineState(DetailState, rx.State):
    """The line shown, the invoices chosen for it, and what is entered."""

    permission: ClassVar = Permission.bank_lines_read
    path: ClassVar = "/billing/bank"
    tab_labels: ClassVar = (("match", "Match"), ("timeline", "Timeline"))

    standing: str = ""
    text: str = ""
    search: str = ""
    suggestions: list[data.SuggestionView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    parts: list[data.PartView] = []  # noqa: RUF012
    matches: list[data.PartView] = []  # noqa: RUF012
    effect: str = ""
    effect_error: str = ""
    verb: str = ""
    ignored_reason: str = ""

    _line: BankLineRow | None = None
    _token: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        if self._line is None or self._line.id != self._id:
            self.parts, self.search = [], ""
        line, matches, found, events = await read(_load, self._required_id(), self.search)
        self._line = line
        self.title, self.figure = (
            line.payer or "Unknown payer",
            data.money_of_line(line).format(reader.locale),
        )
        self.badge, self.tone = BANK_LINES.labels[line.status], tone("bank_lines", line.status)
        self.standing, self.text, self.ignored_reason = line.status, line.reference, line.ignored_reason
        self.facts = data.line_facts(line, reader)
        self.matches = [data.match_view(each, reader) for each in matches]
        self.suggestions = [data.suggestion_view(each, line, reader) for each in found]
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("bank_line", line.id, f"{self.figure} of {self.title}")
        await self._preview()

    def _asked(self, name: str) -> Any:
        return type(self).ask(name) if name == "ignore" else None

    @rx.event
    @requires(Permission.bank_lines_write)
    async def find(self, form: dict[str, str]) -> None:
        """Look for other invoices by number or customer."""
        self.search = str(form.get("search", ""))[:100]
        await self._fill()

    @rx.event
    @requires(Permission.bank_lines_write)
    async def take(self, identifier: str) -> None:
        """Choose an invoice, with as much as is left of the line and due on it."""
        found = next((each for each in self.suggestions if each.id == identifier), None)
        if found is None or self._line is None:
            raise Invalid(
                "bank_line.unknown_invoice", "This invoice is not offered any more. Reload the page."
            )
        if any(each.id == identifier for each in self.parts):
            return
        taken = sum(data.minor_of(each.typed, self._line.currency) for each in self.parts)
        left = max(self._line.amount_minor - taken, 0)
        due = data.minor_of(found.plain_due, self._line.currency)
        typed = str(Money(min(left, due), self._line.currency).decimal)
        self.parts = [*self.parts, data.PartView(found.id, found.number, found.customer, found.due, typed)]
        await self._preview()

    @rx.event
    @requires(Permission.bank_lines_write)
    async def drop(self, identifier: str) -> None:
        """Choose an invoice no longer."""
        self.parts = [each for each in self.parts if each.id != identifier]
        await self._preview()

    @rx.event
    @requires(Permission.bank_lines_write)
    async def type_amount(self, identifier: str, text: str) -> None:
        """Take what is typed for an invoice."""
        self.parts = [replace(each, typed=text) if each.id == identifier else each for each in self.parts]
        await self._preview()

    @rx.event
    @requires(Permission.bank_lines_write)
    async def ask(self, name: str) -> None:
        """Open one of the page's dialogs."""
        if name not in DIALOGS:
            raise Invalid("dialog.unknown", "This page has no such dialog. Reload it.")
        self.dialog, self.dialog_error = name, ""

    @rx.event
    @requires(Permission.bank_lines_write)
    async def match(self, _form: dict[str, str]) -> Any:
        """Enter the money as shown; a second press finds the dialog closed."""
        if self.dialog != "match" or not self._token:
            return None
        return await self._commit(
            match_line,
            f"{self.figure} entered.",
            line_id=self._required_id(),
            parts=self._chosen(),
            token=self._token,
        )

    @rx.event
    @requires(Permission.bank_lines_write)
    async def ignore(self, form: dict[str, str]) -> Any:
        """Say that the money is for no invoice."""
        return await self._commit(
            ignore_line, "Ignored.", line_id=self._required_id(), reason=str(form.get("reason", ""))
        )

    @rx.event
    @requires(Permission.bank_lines_write)
    async def reopen(self) -> Any:
        """Take the ignored line up again."""
        return await self._commit(reopen_line, "Taken up again.", line_id=self._required_id())

    def _is_editing(self) -> bool:
        return bool(self.dialog or self.parts)

    async def _preview(self) -> None:
        """What matching would do with what is chosen, or why it cannot be done."""
        self.effect = self.effect_error = self.verb = self._token = ""
        if not self.parts or self.standing != "open":
            return
        try:
            found = await read(preview_match, line_id=self._required_id(), parts=self._chosen())
        except DomainError as error:
            self.effect_error = f"{error.sentence} ({error.code})"
            return
        locale = current().actor.locale
        self.effect, self.verb = data.match_effect(found, locale), f"Enter {found.total.format(locale)}"
        self._token = found.token

    def _chosen(self) -> tuple[Part, ...]:
        return tuple(Part(as_id(each.id), each.typed) for each in self.parts)

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("bank_line")
        return self._id


def _load(session: Session, actor: Actor, line_id: UUID, search: str) -> Found:
    line, matches = get_bank_line(session, actor, line_id)
    is_wanted = line.status == "open" and actor.may(Permission.invoices_read)
    found = suggest_invoices(session, actor, line_id, search=search) if is_wanted else []
    return line, matches, found, list_timeline(session, actor, subject_id=line_id)


@page("/billing/bank/[line_id]", "Bank transfer", BankLineState.load)
def bank_line_page() -> rx.Component:
    """Head, the text, suggestions beside what is chosen, timeline; facts at the side."""
    return view.body(BankLineState)
