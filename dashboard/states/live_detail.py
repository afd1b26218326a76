"""The mixin by which a detail page follows the database: it is read again when something it shows has changed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from dashboard.shell.feed import feed, is_woken
from dashboard.shell.guard import Mark, current, enter, requires, resolve
from dashboard.shell.run import in_thread
from models.kernel.columns import new_id
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission

GATHER_SECONDS, REST_SECONDS = 0.3, 0.6


class LiveDetail(rx.State, mixin=True):
    """Follows events of `nouns` while the page is open; costs nothing while nothing changes.

    What a dialog shows stays: only the page's own `_fill` runs, never a preview.
    """

    permission: ClassVar[Permission]
    nouns: ClassVar[frozenset[str]]
    _fill: ClassVar[Callable[..., Awaitable[None]]]

    # Who follows for this tab; a tab that changes hands forgets it, which ends the follower of the one before.
    _follower: str = ""

    @rx.event(background=True)
    @requires(Mark.page, opens_page=True)
    async def follow(self) -> Any:
        """Read the page again after each change until it is left or closed, or its reader loses it."""
        cookie = current().token
        async with self:
            self._follower = follower = new_id().hex
            tab, path = self.router.session.client_token, self.router.url.path
        with feed.follow((tab, path, follower), self.nouns) as woken:
            while await is_woken(woken, tab):
                await asyncio.sleep(GATHER_SECONDS)
                woken.clear()
                # Asked anew each time, so that an ended session or a lost permission ends this too.
                visitor = enter(await in_thread(resolve, cookie), cookie)
                if visitor is None or not visitor.actor.may(self.permission):
                    return
                async with self:
                    if self._follower != follower or self.router.url.path != path:
                        return
                    try:
                        await self._fill()
                    except DomainError:
                        # The database may be away for a moment; the page keeps what it last knew.
                        continue
                await asyncio.sleep(REST_SECONDS)
