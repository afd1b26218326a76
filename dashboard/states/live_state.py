"""The mixin behind pages that follow work in progress: a background event reads and shows, never works."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from dashboard.shell.guard import Mark, current, requires, resolve
from dashboard.shell.run import in_thread
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission

LONGEST_SECONDS = 3_600


class LiveState(rx.State, mixin=True):
    """A page that is read again while it is open; `_fill` reads, `_is_moving` says how often."""

    permission: ClassVar[Permission]
    live_path: ClassVar[str]
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
        """Read the page again until it is left, its session ends, or an hour has passed."""
        visitor = current()
        async with self:
            watcher = self._watcher
        for _ in range(int(LONGEST_SECONDS / self.every_seconds)):
            await asyncio.sleep(self.every_seconds)
            if await in_thread(resolve, visitor.token) is None:
                return
            async with self:
                is_here = self.router.url.path.rstrip("/") == self.live_path
                if self._watcher != watcher or not is_here:
                    return
                try:
                    await self._fill()
                except DomainError:
                    # The database may be away for a moment; the page keeps what it last knew.
                    continue
