"""Who else has the same thing open: told from process to process over the feed, known only while it is repeated."""

import asyncio
import json
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import asdict, dataclass

import structlog
from reflex_base.registry import RegistrationContext

from dashboard.shell.feed import feed
from dashboard.shell.run import in_thread
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.database import unit_of_work
from models.kernel.errors import DomainError
from models.kernel.presence import PRESENCE_CHANNEL, tell_presence

log = structlog.get_logger()

# How soon a closed tab is noticed; how often a visit is told again; how long one is believed without.
TAB_SECONDS, TELL_SECONDS, BELIEF_SECONDS = 1.0, 4.0, 10.0


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a thing's page; the tab's own token stays in its process."""

    id: str
    path: str
    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class _Own:
    """A visit of a tab of this process, and what wakes its follower."""

    visit: Visit
    woken: asyncio.Event


class Presence:
    """Tells the visits of this process's tabs, and knows those of all."""

    def __init__(self) -> None:
        self._process = new_id().hex
        self._connected: Callable[[], Container[str]] = dict
        self._own: dict[str, _Own] = {}
        self._known: dict[str, tuple[Visit, float]] = {}
        self._outbox: list[str] = []
        self._stirred = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    def is_at(self, tab: str, path: str) -> bool:
        """Whether the tab is known to be at this page."""
        own = self._own.get(tab)
        return own is not None and own.visit.path == path

    def others(self, path: str, actor: Actor) -> list[str]:
        """Names of the people at this page but the actor, each once, in order."""
        here = [visit for visit, _ in self._known.values() if visit.path == path]
        return sorted(
            {visit.user_id: visit.name for visit in here if visit.user_id != str(actor.id)}.values()
        )

    @contextmanager
    def visit(self, tab: str, path: str, actor: Actor, woken: asyncio.Event) -> Iterator[Visit]:
        """Be at a thing's page until the block ends; `woken` is set when somebody comes or goes, or the tab has gone."""
        namespace = RegistrationContext.get().app.event_namespace
        self._connected = lambda: namespace.token_to_sid
        visit = Visit(new_id().hex, path, str(actor.id), actor.name)
        own = self._own[tab] = _Own(visit, woken)
        self._tell(visit, is_new=True)
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.get_running_loop().create_task(self._keep(), context=Context())
        try:
            yield visit
        finally:
            if self._own.get(tab) is own:
                del self._own[tab]
            self._tell(visit, is_gone=True)

    def move(self, tab: str, path: str) -> None:
        """The tab shows this page now: it is no longer at another."""
        own = self._own.get(tab)
        if own is not None and own.visit.path != path:
            del self._own[tab]
            own.woken.set()

    def hear(self, note: str) -> None:
        """Take in what another process tells of a visit."""
        found = json.loads(note)
        if found["process"] == self._process:
            return
        visit = Visit(**found["visit"])
        self._learn(visit, is_gone=found["is_gone"])
        if found["is_new"]:
            # Whoever has just come knows nobody yet.
            for own in self._own.values():
                if own.visit.path == visit.path and own.visit.id != visit.id:
                    self._tell(own.visit)

    def _tell(self, visit: Visit, *, is_new: bool = False, is_gone: bool = False) -> None:
        self._learn(visit, is_gone=is_gone)
        note = {"process": self._process, "visit": asdict(visit), "is_new": is_new, "is_gone": is_gone}
        self._outbox.append(json.dumps(note))
        self._stirred.set()

    def _learn(self, visit: Visit, *, is_gone: bool) -> None:
        was_known = visit.id in self._known
        if is_gone:
            self._known.pop(visit.id, None)
        else:
            self._known[visit.id] = (visit, time.monotonic() + BELIEF_SECONDS)
        if was_known == is_gone:
            self._wake(visit.path)

    def _wake(self, path: str) -> None:
        for own in self._own.values():
            if own.visit.path == path:
                own.woken.set()

    async def _keep(self) -> None:
        """Tell, tell again, and forget, for as long as a tab of this process is at anything."""
        told = time.monotonic()
        while self._own or self._outbox:
            try:
                await asyncio.wait_for(self._stirred.wait(), TAB_SECONDS)
            except TimeoutError:
                self._leave_closed()
            self._stirred.clear()
            self._forget()
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                for own in self._own.values():
                    self._tell(own.visit)
            notes, self._outbox = self._outbox, []
            try:
                if notes:
                    await in_thread(_send, notes)
            except DomainError as error:
                # The visits are told again anyway.
                log.warning("presence.untold", error=str(error)[:200])
        self._known.clear()

    def _leave_closed(self) -> None:
        connected = self._connected()
        for tab in [tab for tab in self._own if tab not in connected]:
            self._own.pop(tab).woken.set()

    def _forget(self) -> None:
        now = time.monotonic()
        for visit, until in list(self._known.values()):
            if until < now:
                del self._known[visit.id]
                self._wake(visit.path)


def _send(notes: list[str]) -> None:
    with unit_of_work() as session:
        tell_presence(session, notes)


presence = Presence()
feed.on(PRESENCE_CHANNEL, presence.hear)
