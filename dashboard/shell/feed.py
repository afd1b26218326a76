"""The feed: one listening connection for all tabs of this process, which wakes those a change may concern."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context

import psycopg
import structlog
from reflex_base.registry import RegistrationContext

from models.kernel.database import database_url
from models.kernel.events import CHANNEL

log = structlog.get_logger()

# A connection that a firewall dropped in silence would never wake us again: asking it finds out.
CHECK_SECONDS = 30.0
# How soon a tab that was closed is noticed.
TAB_SECONDS = 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0


class Feed:
    """Wakes followers by the nouns of committed events; connects with the first and hangs up after the last."""

    def __init__(self) -> None:
        self._followers: dict[asyncio.Event, frozenset[str]] = {}
        self._keys: set[tuple[str, ...]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._ears: dict[str, Callable[[str], None]] = {}
        # How often anything was heard, so that a reader sees whether that was since.
        self.heard = 0

    def on(self, channel: str, hear: Callable[[str], None]) -> None:
        """Hear this channel too, as long as anybody follows anything."""
        self._ears[channel] = hear

    def is_followed(self, key: tuple[str, ...]) -> bool:
        """Whether this tab and list follow already."""
        return key in self._keys

    @contextmanager
    def follow(self, key: tuple[str, ...], nouns: frozenset[str]) -> Iterator[asyncio.Event]:
        """An event that is set whenever one of these nouns has changed; of no nouns, whenever anything has."""
        woken = asyncio.Event()
        self._followers[woken] = nouns
        self._keys.add(key)
        if self._listening is None or self._listening.done():
            # A context of its own: whoever came first must not be the visitor of what follows.
            self._listening = asyncio.get_running_loop().create_task(self._listen(), context=Context())
        try:
            yield woken
        finally:
            del self._followers[woken]
            self._keys.discard(key)

    async def _listen(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while self._followers:
            try:
                async with await psycopg.AsyncConnection.connect(
                    database_url(), autocommit=True, connect_timeout=5, application_name="clientforge-feed"
                ) as connection:
                    for channel in (CHANNEL, *self._ears):
                        await connection.execute(f"LISTEN {channel}")
                    # What was committed while nobody listened is not known: everybody looks.
                    self._wake("")
                    pause = FIRST_PAUSE_SECONDS
                    await self._hear(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("feed.interrupted", error=str(error)[:200], pause_seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        while self._followers:
            async for note in connection.notifies(timeout=CHECK_SECONDS):
                self._ears.get(note.channel, self._wake)(note.payload)
            await connection.execute("SELECT 1")

    def _wake(self, noun: str) -> None:
        self.heard += 1
        for woken, nouns in self._followers.items():
            if not noun or not nouns or noun in nouns:
                woken.set()


feed = Feed()


async def is_woken(woken: asyncio.Event, tab: str) -> bool:
    """True at the next change; False once the tab is closed."""
    while tab in RegistrationContext.get().app.event_namespace.token_to_sid:
        try:
            await asyncio.wait_for(woken.wait(), TAB_SECONDS)
        except TimeoutError:
            continue
        return tab in RegistrationContext.get().app.event_namespace.token_to_sid
    return False
