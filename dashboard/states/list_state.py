"""The mixin behind every list: the address is the state, the server does the work."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.views import Chip, FilterMenu, Head, Option, RowView, Tab
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read, write
from dashboard.states import list_views as looks
from dashboard.states.list_counts import Found, known_count, read_count
from models.accounts import ViewRow, delete_view, list_views, save_view
from models.import_export import request_export
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


class ListState(rx.State, mixin=True):
    """Search, filter, sort, page, choose columns, keep views, select and export.

    A page's state sets `listing` and `permission`; everything else is here.
    """

    listing: ClassVar[Listing[Any]]
    permission: ClassVar[Permission]

    rows: list[RowView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    heads: list[Head] = []  # noqa: RUF012
    chips: list[Chip] = []  # noqa: RUF012
    tabs: list[Tab] = []  # noqa: RUF012
    columns: list[Option] = []  # noqa: RUF012
    menus: list[FilterMenu] = []  # noqa: RUF012
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
    is_changed: bool = False
    selected: list[str] = []  # noqa: RUF012
    can_export: bool = False
    view_name: str = ""

    _params: str = ""
    # Read once for a tab, and again when it changes them.
    _views: list[ViewRow] | None = None

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> Any:
        """Show what the address asks for: rows first, then how many there are in all."""
        listing, reader = self.listing, current().actor
        query = ListQuery.parse(self.router.url.query)
        self._params = query.params(listing.default_sort)
        try:
            page, self._views, rows = await read(_page_and_rows, listing, query, self._views)
            error = ""
        except DomainError as refusal:
            page, rows, error = Page([], "", ""), [], f"{refusal.sentence} ({refusal.code})"
        self.rows = rows
        self._show(query, page, reader, error)
        known = None if error else known_count(listing, query, reader)
        if known:
            self._show_count(known, reader)
        yield
        if known is None and not error:
            self._show_count(await read_count(listing, query, reader), reader)

    def _show_count(self, found: Found, reader: Actor) -> None:
        count, totals = found
        self.count = count_sentence(count)
        self.totals = looks.totals_text(totals, self.listing, reader)

    def _show(self, query: ListQuery, page: Page[Any], reader: Actor, error: str) -> None:
        """What surrounds the rows; only what differs from what is shown travels to the browser."""
        listing, first = self.listing, replace(query, cursor="")
        shown = tuple(listing.shown(query.columns))
        tabs = looks.tabs(listing, query, self._views or [])
        unknown = ignored(listing, query)
        wanted = {
            "search": query.search,
            "error": error,
            "selected": [],
            "can_export": reader.may(listing.export_permission),
            "heads": looks.heads(listing, shown, first),
            "chips": looks.chips(listing, first),
            "tabs": tabs,
            "columns": looks.column_options(listing, query),
            "menus": looks.filter_menus(listing, first),
            "before_href": looks.href(listing, replace(query, cursor=page.before)) if page.before else "",
            "after_href": looks.href(listing, replace(query, cursor=page.after)) if page.after else "",
            "clear_href": listing.path,
            "is_filtered": bool(query.conditions or query.search),
            "is_changed": bool(self._params) and not any(tab.is_current for tab in tabs),
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
        query = ListQuery.parse(self._params)
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
        query = ListQuery.parse(self._params).with_condition(key, value)
        return rx.redirect(looks.href(self.listing, query))

    @rx.event
    @requires(Mark.page)
    async def toggle(self, identifier: str) -> None:
        """Select a row, or no longer."""
        if identifier in self.selected:
            self.selected = [each for each in self.selected if each != identifier]
        elif any(each.id == identifier for each in self.rows) and len(self.selected) < MAX_SELECTED:
            self.selected = [*self.selected, identifier]

    @rx.event
    @requires(Mark.page)
    async def toggle_all(self) -> None:
        """Select all rows shown, or none."""
        self.selected = [] if self.selected else [each.id for each in self.rows]

    @rx.event
    @requires(Permission.views_write)
    async def keep_view(self, form: dict[str, str]) -> Any:
        """Save the list as it stands under a name."""
        await write(save_view, listing=self.listing.key, name=str(form.get("name", "")), params=self._params)
        self._views = await read(list_views, self.listing.key)
        self.tabs = looks.tabs(self.listing, ListQuery.parse(self._params), self._views)
        self.is_changed = False
        return rx.toast.success("View saved.")

    @rx.event
    @requires(Permission.views_write)
    async def drop_view(self, identifier: str) -> Any:
        """Delete one of the reader's own views."""
        await write(delete_view, view_id=as_id(identifier))
        self._views = None
        return rx.redirect(self.listing.path)

    @rx.event
    @requires(Mark.page)
    async def export(self, file_format: str) -> Any:
        """Ask for the list, or what is selected of it, as a file; a job makes it."""
        export_id = await write(
            request_export,
            listing=self.listing.key,
            params=self._params,
            selection=[as_id(each) for each in self.selected],
            file_format=file_format,
        )
        return rx.redirect(f"/exports?new={export_id}")


def as_id(text: str) -> UUID:
    """An id from the browser; anything else is refused."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise Invalid("id.unreadable", "This is not an id of ours. Reload the page and try again.") from None


def _page_and_rows(
    session: Session, actor: Actor, listing: Listing[Any], query: ListQuery, views: list[ViewRow] | None
) -> tuple[Page[Any], list[ViewRow], list[RowView]]:
    """Everything that takes time, off the event loop: the query, and the words in its rows."""
    page = list_page(session, actor, listing, query)
    shown = listing.shown(query.columns)
    rows = [looks.row(listing, shown, each, actor) for each in page.rows]
    return page, list_views(session, actor, listing.key) if views is None else views, rows
