"""One tab without a browser: speaks what the pages speak, engine.io 4 over a websocket."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qsl, quote
from uuid import uuid4

from wsproto import ConnectionType, WSConnection
from wsproto.events import CloseConnection, Ping, RejectConnection, Request, TextMessage

from tests.bench.visits import COOKIE

NAMESPACE = "/_event"
STATE = "reflex___state____state"
LOAD = f"{STATE}.reflex___state____on_load_internal_state.on_load_internal"
BOOT = f"{STATE}.hydrate_and_load"
ROWS_STATE = "invoices_state"
GIVE_UP_SECONDS = 15


class Client:
    """A signed-in tab on one list."""

    def __init__(self, host: str, port: int, token: str, hashes: list[str], index: int) -> None:
        self.index = index
        self.errors: list[str] = []
        self.received = 0
        self._host, self._port, self._token, self._hashes = host, port, token, hashes
        self._socket = WSConnection(ConnectionType.CLIENT)
        self._rows = asyncio.Event()
        self._text: list[str] = []

    async def connect(self, path: str) -> float:
        """Open the page; milliseconds until its rows are there."""
        started = time.perf_counter()
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        headers = [
            (b"Cookie", f"{COOKIE}={self._token}".encode()),
            (b"Origin", f"http://{self._host}:{self._port}".encode()),
        ]
        target = f"{NAMESPACE}/?token={uuid4()}&EIO=4&transport=websocket"
        self._send(Request(host=f"{self._host}:{self._port}", target=target, extra_headers=headers))
        self._task = asyncio.create_task(self._listen(path))
        await self._wait("first load")
        return (time.perf_counter() - started) * 1_000

    async def visit(self, path: str, params: str) -> float | None:
        """Go to the list with these parameters; milliseconds until its rows came, None where they did not."""
        if self._task.done():
            return None
        self._rows.clear()
        started = time.perf_counter()
        self._emit("event", self._event(LOAD, path, params))
        if not await self._wait(params):
            return None
        return (time.perf_counter() - started) * 1_000

    async def close(self) -> None:
        """Hang up."""
        self._task.cancel()
        self._writer.close()

    async def _wait(self, what: str) -> bool:
        try:
            await asyncio.wait_for(self._rows.wait(), GIVE_UP_SECONDS)
        except TimeoutError:
            self.errors.append(f"client {self.index}: no rows within {GIVE_UP_SECONDS} s: {what}")
            return False
        return True

    async def _listen(self, path: str) -> None:
        try:
            while data := await self._reader.read(262_144):
                self.received += len(data)
                self._socket.receive_data(data)
                for event in self._socket.events():
                    self._take(event, path)
        except OSError as error:
            self.errors.append(f"client {self.index}: {error}")
            return
        self.errors.append(f"client {self.index}: the server hung up")

    def _take(self, event: Any, path: str) -> None:
        if isinstance(event, TextMessage):
            self._text.append(event.data)
            if event.message_finished:
                text, self._text = "".join(self._text), []
                self._message(text, path)
        elif isinstance(event, Ping):
            self._send(event.response())
        elif isinstance(event, RejectConnection | CloseConnection):
            self.errors.append(f"client {self.index}: refused ({event})")

    def _message(self, text: str, path: str) -> None:
        """Engine.io: 0 opened, 2 ping, 4 message; then socket.io: 0 connected, 2 event, 4 refused."""
        if text.startswith("0"):
            boot = self._event(BOOT, path, "", {"hashes": self._hashes})
            self._write(f"40{NAMESPACE},{json.dumps({'event': boot})}")
        elif text.startswith("2"):
            self._write("3")
        elif text.startswith("44"):
            self.errors.append(f"client {self.index}: {text[:200]}")
        elif text.startswith("42"):
            self._update(json.loads(text[text.index(",") + 1 :])[1])

    def _update(self, update: dict[str, Any]) -> None:
        for name, values in (update.get("delta") or {}).items():
            if not name.endswith(ROWS_STATE):
                continue
            if values.get("error_rx_state_"):
                self.errors.append(f"client {self.index}: {values['error_rx_state_']}")
            if "rows_rx_state_" in values:
                self._rows.set()
        for event in update.get("events") or []:
            # A page that is not let in is sent elsewhere.
            if event.get("name") == "_redirect":
                self.errors.append(f"client {self.index}: sent to {event['payload'].get('path')}")

    def _event(self, name: str, path: str, params: str, payload: Any = None) -> dict[str, Any]:
        query = dict(parse_qsl(params))
        address = f"{path}?{quote(params, safe='=&:,-')}" if params else path
        router = {"pathname": path, "asPath": address, **({"query": query} if query else {})}
        return {"name": name, "router_data": router, **({"payload": payload} if payload else {})}

    def _emit(self, name: str, body: Any) -> None:
        self._write(f"42{NAMESPACE},{json.dumps([name, body])}")

    def _write(self, text: str) -> None:
        self._send(TextMessage(data=text))

    def _send(self, event: Any) -> None:
        self._writer.write(self._socket.send(event))
