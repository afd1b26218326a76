"""The mixin behind every detail page: the id in the address, the tab, the timeline, notes."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.detail import build_tabs
from dashboard.components.views import Fact, Tab, TimelineItem
from dashboard.shell.guard import Mark, requires
from dashboard.shell.run import write
from dashboard.states.detail_live import LiveDetail, should_follow
from models.accounts import add_note
from models.kernel.errors import DomainError, NotFound
from models.kernel.events import Subject
from models.kernel.permissions import Permission


class DetailState(LiveDetail, rx.State, mixin=True):
    """One thing: found, or not to be seen; its tabs and timeline.

    A page's state sets `permission`, `path` and `tab_labels`, and writes `_fill`.
    """

    permission: ClassVar[Permission]
    path: ClassVar[str]
    tab_labels: ClassVar[tuple[tuple[str, str], ...]]
    _fill: ClassVar[Callable[..., Awaitable[None]]]

    title: str = ""
    badge: str = ""
    tone: str = "gray"
    note: str = ""
    note_tone: str = "red"
    figure: str = ""
    facts: list[Fact] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    tabs: list[Tab] = []  # noqa: RUF012
    tab: str = ""
    timeline: list[TimelineItem] = []  # noqa: RUF012
    is_missing: bool = False
    is_loaded: bool = False
    dialog: str = ""
    dialog_error: str = ""

    _id: UUID | None = None
    _subject: Subject | None = None

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> Any:
        """Show what the address names, or the one page for "not there or not yours"."""
        parts = self.router.url.path.strip("/").split("/")
        self.dialog = self.dialog_error = ""
        try:
            self._id = UUID(parts[-1])
            asked = self.router.url.query_parameters.get("tab", "")
            self.tabs = build_tabs(f"{self.path}/{self._id}", asked, self.tab_labels)
            self.tab = next(each.id for each in self.tabs if each.is_current)
            await self._refill()
            self.is_missing = False
        except (NotFound, ValueError):
            self.is_missing, self._id, self._subject, self.others = True, None, None, []
        self.is_loaded = True
        if is_new := should_follow(self):
            self.others = []
        asked = self._asked(self.router.url.query_parameters.get("do", ""))
        # A dialog does not stay in the address: a reload shows the page.
        opening = [asked, rx.call_script("window.cfForget('do')")] if asked and not self.is_missing else []
        return [*opening, type(self).follow] if self._subject and is_new else opening

    def _asked(self, name: str) -> Any:  # noqa: ARG002 -- pages answer it
        """The handler of what a list's row action asks this page to open, or None; it is guarded itself."""
        return None

    @rx.event
    @requires(Permission.notes_write)
    async def add_note(self, form: dict[str, str]) -> Any:
        """Write a note on the thing shown."""
        if self._subject is None:
            raise NotFound("page")
        await write(add_note, subject=self._subject, body=str(form.get("body", "")))
        await self._refill()
        return rx.toast.success("Note added to the timeline.")

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything; what changed meanwhile is shown."""
        self.dialog = self.dialog_error = ""
        if self.news:
            await self._refill()

    async def _commit(self, operation: Any, done: str, **arguments: Any) -> Any:
        """Run a dialog's operation; a refusal stays in the dialog with all input."""
        try:
            await write(operation, **arguments)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._refill()
        return rx.toast.success(done)
