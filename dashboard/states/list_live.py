"""The mixin by which a list follows the database: shown rows change in place, new ones are announced."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextvars import Context
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from sqlmodel import Session

from dashboard.components.views import RowView
from dashboard.shell.feed import feed, is_woken
from dashboard.shell.guard import Mark, current, enter, requires, resolve
from dashboard.shell.run import in_thread, read
from dashboard.states import list_views as looks
from dashboard.states.list_counts import forget_count
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError
from models.kernel.listing import Listing, ListQuery, list_changes
from models.kernel.permissions import Permission

# A burst of commits is read once, and a long one about once a second, however many there are.
GATHER_SECONDS, REST_SECONDS = 0.3, 0.6
RELATIVE = ("instant", "date")


class LiveList(rx.State, mixin=True):
    """Waits for changes that concern the list and shows them; costs nothing while nothing changes."""

    listing: ClassVar[Listing[Any]]
    permission: ClassVar[Permission]

    news: str = ""

    # What the feed had heard before the rows were read.
    _heard: int = 0
    # Who follows for this tab; a tab that changes hands forgets it, which ends the follower of the one before.
    _follower: str = ""

    @rx.event(background=True)
    @requires(Mark.page)
    async def follow(self) -> AsyncIterator[Any]:
        """Keep the rows shown up to date until the page is left or closed, or its reader loses it."""
        cookie = current().token
        async with self:
            if not _should_follow(self):
                return
            self._follower = follower = new_id().hex
            key, heard = _key(self), self._heard
        with feed.follow(key, self.listing.nouns) as woken:
            if feed.heard != heard:
                woken.set()
            while await is_woken(woken, key[0]):
                await asyncio.sleep(GATHER_SECONDS)
                woken.clear()
                # Asked anew each time, so that an ended session or a lost permission ends this too.
                visitor = enter(await in_thread(resolve, cookie), cookie)
                if visitor is None or not visitor.actor.may(self.permission):
                    return
                async with self:
                    if self._follower != follower or self.router.url.path.rstrip("/") != self.listing.path:
                        return
                    seen, is_last = (self._params, [row.id for row in self.rows]), not self.after_href
                found = await _find(self.listing, *seen, is_last=is_last)
                async with self:
                    if self._follower != follower:
                        return
                    is_same = (self._params, [row.id for row in self.rows]) == seen
                    changed = _apply(self, *found) if found and is_same else []
                    if changed or self.news:
                        # The next time the list is loaded, its rows are counted anew.
                        forget_count(self.listing, ListQuery.parse(self._params), visitor.actor)
                    following = await self._look_again()
                for each in (*_tinted(changed), *following):
                    yield each
                await asyncio.sleep(REST_SECONDS)

    async def _look_again(self) -> list[Any]:
        """Show what else of the page has changed; returns what the browser is to do."""
        return []


async def begin_to_follow(state: Any) -> None:
    """Have somebody follow the tab's list, where nobody does yet.

    As an event of its own: what a load yields is cancelled by the next click, and each click would begin anew.
    """
    if not _should_follow(state):
        return
    # In a context without this event, of which it would be a part.
    enqueue, tab = EventContext.get().enqueue_impl, state.router.session.client_token
    follow = Event.from_event_type(type(state).follow)
    await asyncio.create_task(enqueue(tab, *follow), context=Context())


def _should_follow(state: Any) -> bool:
    return not state._follower or not feed.is_followed(_key(state))  # noqa: SLF001 -- the mixin's own state


def _key(state: Any) -> tuple[str, str, str]:
    return state.router.session.client_token, state.listing.key, state._follower  # noqa: SLF001


def _tinted(changed: list[str]) -> list[Any]:
    return [rx.call_script(f"window.cfTint({json.dumps(changed)})")] if changed else []


async def _find(
    listing: Listing[Any], params: str, shown: list[str], *, is_last: bool
) -> tuple[list[RowView], str] | None:
    """What has changed; None while the database is away, so that the page keeps what it last knew."""
    try:
        return await read(_changes, listing, params, shown, is_last=is_last)
    except DomainError:
        return None


def _changes(
    session: Session, actor: Actor, listing: Listing[Any], params: str, shown: list[str], *, is_last: bool
) -> tuple[list[RowView], str]:
    query = ListQuery.parse(params)
    found = list_changes(
        session, actor, listing, query, shown=[UUID(each) for each in shown], is_last=is_last
    )
    columns = listing.shown(query.columns)
    return [looks.row(listing, columns, each, actor) for each in found.rows], news_sentence(
        found.new, found.gone
    )


def _apply(state: Any, rows: list[RowView], news: str) -> list[str]:
    """Put the rows in their places and return the ids of those that say something else now."""
    fresh = {row.id: row for row in rows}
    changed = [row.id for row in state.rows if row.id in fresh and _words(row) != _words(fresh[row.id])]
    if changed:
        state.rows = [fresh.get(row.id, row) for row in state.rows]
    if state.news != news:
        state.news = news
    return changed


def _words(row: RowView) -> list[tuple[str, str, str]]:
    """What a row says; `2 min ago` says the same as `3 min ago`."""
    return [(cell.title if cell.kind in RELATIVE else cell.text, cell.note, cell.tone) for cell in row.cells]


def news_sentence(new: int, gone: int) -> str:
    """`3 new · 1 gone`, or nothing."""
    parts = [f"{new:,} new" if new else "", f"{gone:,} gone" if gone else ""]
    return " \u00b7 ".join(part for part in parts if part)
