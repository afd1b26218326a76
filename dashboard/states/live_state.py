"""The mixin behind pages that follow work in progress: a background event reads and shows, never works."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx
from reflex_base.registry import RegistrationContext

from dashboard.shell.guard import Mark, current, enter, requires, resolve
from dashboard.shell.run import in_thread
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission

LONGEST_SECONDS = 3_600


class LiveState(rx.State, mixin=True):
    """A page that is read again while it is open; `_fill` reads, `every_seconds` says how often."""

    permission: ClassVar[Permission]
    every_seconds: ClassVar[float] = 1.0
    _fill: ClassVar[Callable[..., Awaitable[None]]]

    _watcher: int = 0

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> Any:
        """Show the page, then follow it."""
        await self._fill()
        self._watcher += 1
        return type(self).follow

    @rx.event(background=True)
    @requires(Mark.page)
    async def follow(self) -> None:
        """Read the page again until it is left or closed, its reader loses it, or an hour has passed."""
        cookie = current().token
        async with self:
            watcher, tab = self._watcher, self.router.session.client_token
            path = self.router.url.path
        for _ in range(int(LONGEST_SECONDS / self.every_seconds)):
            await asyncio.sleep(self.every_seconds)
            if tab not in RegistrationContext.get().app.event_namespace.token_to_sid:
                return
            # Asked anew each time, so that an ended session or a lost permission ends this too.
            visitor = enter(await in_thread(resolve, cookie), cookie)
            if visitor is None or not visitor.actor.may(self.permission):
                return
            async with self:
                if self._watcher != watcher or self.router.url.path != path:
                    return
                try:
                    await self._fill()
                except DomainError:
                    # The database may be away for a moment; the page keeps what it last knew.
                    continue
