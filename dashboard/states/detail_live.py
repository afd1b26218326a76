"""The mixin by which a detail page shows who else is there, and follows the database without getting in the way."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.views import Person
from dashboard.shell.feed import feed
from dashboard.shell.guard import Mark, current, enter, requires, resolve
from dashboard.shell.presence import presence
from dashboard.shell.run import in_thread, read
from models.compliance import Trace, list_traces
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError, NotFound
from models.kernel.events import Subject
from models.kernel.permissions import Permission

# A burst of commits is read once, and a long one about once a second, however many there are.
GATHER_SECONDS, REST_SECONDS = 0.2, 0.6
# How soon somebody who may no longer see the page is noticed where nothing changes.
RECHECK_SECONDS = 15.0
ANYTHING: frozenset[str] = frozenset()


class LiveDetail(rx.State, mixin=True):
    """Who else has the thing open, and what changed meanwhile: shown, or told where somebody is editing."""

    permission: ClassVar[Permission]
    _fill: ClassVar[Callable[..., Awaitable[None]]]

    others: list[Person] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    news: str = ""

    # Before the page was read: when, and what the feed had heard. The latest events it shows; None until known.
    _since: UUID | None = None
    _heard: int = 0
    _traces: tuple[UUID, ...] | None = None
    # Who follows for this tab; a tab that changes hands forgets it, which ends the follower of the one before.
    _follower: str = ""

    @rx.event(background=True)
    @requires(Mark.page)
    async def follow(self) -> None:
        """Keep the page up to date until it is left or closed, or its reader loses it."""
        visitor, cookie = current(), current().token
        async with self:
            tab, path = _place(self)
            if self._subject is None or not should_follow(self):
                return
            self._follower = follower = new_id().hex
            subject = self._subject
        with ExitStack() as stack:
            woken = stack.enter_context(feed.follow((tab, path, follower), ANYTHING))
            stack.enter_context(presence.visit(tab, path, visitor.actor, woken))
            woken.set()
            while True:
                await _wait(woken)
                # Asked anew each time, so that an ended session or a lost permission ends this too.
                known = enter(await in_thread(resolve, cookie), cookie)
                if known is None or not known.actor.may(self.permission) or not presence.is_at(tab, path):
                    return
                traces = await _traces(subject)
                async with self:
                    if self._follower != follower or _place(self) != (tab, path):
                        return
                    self._meet(known.actor)
                    if traces is not None and not await self._keep_up(traces, known.actor):
                        return
                await asyncio.sleep(REST_SECONDS)

    @rx.event
    @requires(Mark.page)
    async def refresh(self) -> None:
        """Show what has changed; a dialog is closed, because what it was opened on is gone."""
        self.dialog = self.dialog_error = ""
        await self._refill()

    def _is_editing(self) -> bool:
        """Whether somebody is in the middle of something here, which must not change under their eyes."""
        return bool(self.dialog)

    def _meet(self, reader: Actor) -> None:
        met = [Person(name, _initials(name)) for name in presence.others(_place(self)[1], reader)]
        if self.others != met:
            self.others = met

    async def _keep_up(self, traces: list[Trace], reader: Actor) -> bool:
        """Show the changes or tell of them; False where the thing is no longer to be seen."""
        seen, ids = self._traces, tuple(each.id for each in traces)
        if seen == ids or (seen is None and feed.heard == self._heard):
            self._traces = ids
            return True
        if not self._is_editing():
            return await self._catch_up(ids)
        fresh = [each for each in traces if self._is_fresh(each)]
        self._traces = ids
        if fresh:
            who = "you" if fresh[0].actor_id == reader.id else fresh[0].actor_name
            self.news = f"Changed by {who} just now: {fresh[0].sentence}."
            if self.dialog:
                self.dialog_error = f"{self.news} Close this to see it, then open it again."
        return True

    def _is_fresh(self, trace: Trace) -> bool:
        if self._traces is not None:
            return trace.id not in self._traces
        return self._since is not None and trace.id > self._since

    async def _catch_up(self, traces: tuple[UUID, ...]) -> bool:
        """Read the page again; False where the thing is no longer to be seen."""
        try:
            await self._fill()
        except NotFound:
            self.is_missing, self.others = True, []
            return False
        except DomainError:
            # The database may be away for a moment; the page keeps what it last knew, and is read at the next change.
            return True
        self.news, self._traces = "", traces
        return True

    async def _refill(self) -> None:
        """Show the thing as it is now; what happens from here on is news."""
        self._since, self._heard, self._traces, self.news = new_id(), feed.heard, None, ""
        await self._fill()


def should_follow(state: Any) -> bool:
    """Whether the tab's page has nobody who follows it yet."""
    return not state._follower or not presence.is_at(*_place(state))  # noqa: SLF001 -- the mixin's own state


def _place(state: Any) -> tuple[str, str]:
    return state.router.session.client_token, state.router.url.path.rstrip("/")


async def _wait(woken: asyncio.Event) -> None:
    """Until something may have changed, and a moment longer for what comes with it."""
    try:
        await asyncio.wait_for(woken.wait(), RECHECK_SECONDS)
        await asyncio.sleep(GATHER_SECONDS)
    except TimeoutError:
        pass
    woken.clear()


async def _traces(subject: Subject) -> list[Trace] | None:
    """What happened lately; None while the database is away, so that the page keeps what it last knew."""
    try:
        return await read(list_traces, subject)
    except DomainError:
        return None


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()
