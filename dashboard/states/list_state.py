"""The mixin behind every list: the address is the state, the server does the work."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.components.views import Chip, Head, RowView, Tab
from dashboard.shell.feed import feed
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read, write
from dashboard.states import list_views as looks
from dashboard.states.form_fields import as_id
from dashboard.states.list_columns import ColumnsList
from dashboard.states.list_counts import Found, known_count, read_count
from dashboard.states.list_live import LiveList, begin_to_follow
from dashboard.states.list_peek import PeekList
from dashboard.states.list_saved import SavedViews
from models.accounts import ListLook, ViewRow, get_list_look, list_views
from models.import_export import request_export
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid
from models.kernel.listing import (
    Listing,
    ListQuery,
    count_sentence,
    ignored,
    list_page,
)
from models.kernel.paging import Page
from models.kernel.permissions import Permission

MAX_SELECTED = 1_000
VIEWS_HOLD = timedelta(minutes=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ListState(LiveList, PeekList, ColumnsList, SavedViews, rx.State, mixin=True):
    """Search, filter, sort, page, choose columns, keep views, select and export.

    A page's state sets `listing` and `permission`; everything else is here.
    """

    listing: ClassVar[Listing[Any]]
    permission: ClassVar[Permission]
    # What its bulk actions and its form for a new one need; None where there are none.
    write_permission: ClassVar[Permission | None] = None

    rows: list[RowView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    heads: list[Head] = []  # noqa: RUF012
    chips: list[Chip] = []  # noqa: RUF012
    search: str = ""
    count: str = ""
    totals: str = ""
    before_href: str = ""
    after_href: str = ""
    clear_href: str = ""
    note: str = ""
    error: str = ""
    is_loaded: bool = False
    is_filtered: bool = False
    selected: list[str] = []  # noqa: RUF012
    is_whole: bool = False
    can_write: bool = False
    can_export: bool = False

    _kept_until: datetime = NEVER

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> Any:
        """Show what the address asks for: rows first, then how many there are in all."""
        listing, reader = self.listing, current().actor
        query = ListQuery.parse(self.router.url.query)
        self._heard = feed.heard
        try:
            kept = (
                None if self._views is None or clock.now() > self._kept_until else (self._views, self._look)
            )
            found, page, rows = await read(_opened, listing, query, kept, is_bare=not self.router.url.query)
            if kept is None:
                (self._views, self._look), self._kept_until = found, clock.now() + VIEWS_HOLD
            if page is None:
                yield rx.redirect(looks.opening_href(listing, *found), replace=True)
                return
            error = ""
        except DomainError as refusal:
            page, rows, error = Page([], "", ""), [], f"{refusal.sentence} ({refusal.code})"
        shown = replace(query, columns=query.columns or self._look.columns)
        self._params = shown.params(listing.default_sort)
        self.rows = rows
        self._show(query, page, reader, error)
        known = None if error else known_count(listing, query, reader)
        if known:
            self._show_count(known, reader)
        yield
        await begin_to_follow(self)
        await self._peek_asked()
        if known is None and not error:
            self._show_count(await read_count(listing, query, reader), reader)

    def _show_count(self, found: Found, reader: Actor) -> None:
        count, totals = found
        self.count = count_sentence(count)
        self.totals = looks.totals_text(totals, self.listing, reader)

    def _show(self, query: ListQuery, page: Page[Any], reader: Actor, error: str) -> None:
        """What surrounds the rows; only what differs from what is shown travels to the browser."""
        listing, first = self.listing, replace(query, cursor="")
        shown = tuple(listing.shown(query.columns or self._look.columns))
        tabs = looks.tabs(listing, query, self._views or [], self._look.default_view)
        unknown = ignored(listing, query)
        wanted = {
            "search": query.search,
            "error": error,
            "selected": [],
            "is_whole": False,
            "can_write": self.write_permission is not None and reader.may(self.write_permission),
            "news": "",
            "can_export": reader.may(listing.export_permission),
            "heads": looks.heads(listing, shown, first),
            "chips": looks.chips(listing, first),
            "tabs": tabs,
            "columns": looks.column_options(listing, shown),
            "width_rules": looks.width_rules(shown, self._look.widths),
            "menus": looks.filter_menus(listing, first),
            "before_href": looks.href(listing, replace(query, cursor=page.before)) if page.before else "",
            "after_href": looks.href(listing, replace(query, cursor=page.after)) if page.after else "",
            "clear_href": looks.bare_href(listing, self._look.default_view),
            "is_filtered": bool(query.conditions or query.search),
            "is_changed": _is_changed(listing, query, tabs),
            "note": f"Ignored: {', '.join(unknown)}" if unknown else "",
            "is_loaded": True,
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    @rx.event
    @requires(Mark.page)
    async def set_search(self, text: str) -> None:
        """Keep the field as it is typed."""
        self.search = text

    @rx.event
    @requires(Mark.page)
    async def find(self, text: str) -> Any:
        """Search for the text, or make a chip of it where it reads like `status:overdue`."""
        query = ListQuery.parse(self.router.url.query)
        key, _, value = text.strip().partition(":")
        if value and self.listing.filter(key):
            query = replace(query, search="").with_condition(key, value)
        else:
            query = replace(query, search=text.strip(), cursor="")
        return rx.redirect(looks.href(self.listing, query), replace=True)

    @rx.event
    @requires(Mark.page)
    async def narrow(self, form: dict[str, str]) -> Any:
        """Set the chip of a field from its form: `key` and `value`."""
        key, value = str(form.get("key", "")), str(form.get("value", "")).strip()
        if self.listing.filter(key) is None:
            raise Invalid("filter.unknown", "This list has no such filter. Reload the page.")
        query = ListQuery.parse(self.router.url.query).with_condition(key, value)
        return rx.redirect(looks.href(self.listing, query))

    @rx.event
    @requires(Mark.page)
    async def toggle(self, identifier: str) -> None:
        """Select a row, or no longer."""
        self.is_whole = False
        if identifier in self.selected:
            self.selected = [each for each in self.selected if each != identifier]
        elif any(each.id == identifier for each in self.rows) and len(self.selected) < MAX_SELECTED:
            self.selected = [*self.selected, identifier]

    @rx.event
    @requires(Mark.page)
    async def toggle_all(self) -> None:
        """Select all rows shown, or none."""
        self.is_whole = False
        self.selected = [] if self.selected else [each.id for each in self.rows]

    @rx.event
    @requires(Mark.page)
    async def select_whole(self) -> None:
        """Select what the filter finds on all pages, as a second and explicit step."""
        self.is_whole = bool(self.selected)

    @rx.event
    @requires(Mark.page)
    async def export(self, file_format: str) -> Any:
        """Ask for the list, or what is selected of it, as a file; a job makes it."""
        export_id = await write(
            request_export,
            listing=self.listing.key,
            params=self._params,
            selection=[] if self.is_whole else [as_id(each) for each in self.selected],
            file_format=file_format,
        )
        return rx.redirect(f"/exports?new={export_id}")


def _is_changed(listing: Listing[Any], query: ListQuery, tabs: list[Tab]) -> bool:
    """Whether the list stands as no view has it."""
    if any(tab.is_current for tab in tabs):
        return any(tab.is_current and tab.is_changed for tab in tabs)
    return bool(replace(query, view="").params(listing.default_sort))


def _opened(
    session: Session,
    actor: Actor,
    listing: Listing[Any],
    query: ListQuery,
    kept: tuple[list[ViewRow], ListLook] | None,
    *,
    is_bare: bool,
) -> tuple[tuple[list[ViewRow], ListLook], Page[Any] | None, list[RowView]]:
    """Everything that takes time, off the event loop: what the reader keeps, the query, the words in its rows.

    Without a page the list opens with a view instead.
    """
    views, look = kept or (
        list_views(session, actor, listing.key),
        get_list_look(session, actor, listing.key),
    )
    if is_bare and looks.opening_href(listing, views, look):
        return (views, look), None, []
    page = list_page(session, actor, listing, query)
    columns = listing.shown(query.columns or look.columns)
    return (views, look), page, [looks.row(listing, columns, each, actor) for each in page.rows]
