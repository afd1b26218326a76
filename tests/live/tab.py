"""A tab without a browser: speaks to the websocket as the pages do, and as an attacker would."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar
from uuid import uuid4

import websocket

from tests.live.server import PASSWORD

STATE = "reflex___state____state"
BOOT = f"{STATE}.hydrate_and_load"
LOAD = f"{STATE}.reflex___state____on_load_internal_state.on_load_internal"


class _Stay(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to a form."""

    status: int
    headers: Any


def post_form(
    address: str, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
) -> Answer:
    """Post a form and return the answer, whatever its status."""
    request = urllib.request.Request(  # noqa: S310 -- our own loopback
        address + path,
        data=urllib.parse.urlencode(fields).encode(),
        headers={"Origin": address, **(headers or {})},
    )
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=20) as answer:
            return Answer(answer.status, answer.headers)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.headers)


@lru_cache
def session_of(address: str, person: str) -> str:
    """A session of a demo person that tests share, because sign-ins are throttled."""
    return sign_in(address, person)


def sign_in(address: str, person: str, password: str = PASSWORD) -> str:
    """The token of a new session of a demo person."""
    answer = post_form(address, "/api/auth/sign-in", {"email": f"{person}@demo.test", "password": password})
    for header in answer.headers.get_all("set-cookie") or []:
        if header.startswith("cf_session="):
            return header.partition("=")[2].partition(";")[0]
    msg = f"{person} could not sign in: {answer.status} {answer.headers.get('location')}"
    raise AssertionError(msg)


class Tab:
    """One websocket connection with its tab token; `close_all` ends those a test leaves open."""

    _open: ClassVar[list["Tab"]] = []

    def __init__(self, address: str, cookie: str = "", *, origin: str = "", token: str = "") -> None:
        self.token = token or str(uuid4())
        self.path = "/"
        self._is_booted = False
        self._socket = websocket.create_connection(
            address.replace("http", "ws", 1) + f"/_event/?token={self.token}&EIO=4&transport=websocket",
            header=[f"Cookie: cf_session={cookie}"] if cookie else [],
            origin=origin or address,
            timeout=20,
        )
        self._socket.recv()
        self._open.append(self)

    @classmethod
    def close_all(cls) -> None:
        """Hang up everywhere."""
        while cls._open:
            cls._open.pop().close()

    def open(self, path: str) -> list[dict[str, Any]]:
        """Load a page, or go to it from another; returns all that the server sends until it is quiet."""
        self.path = path
        if self._is_booted:
            return self.send(LOAD)
        self._is_booted = True
        self._socket.send(f"40/_event,{json.dumps({'event': self._event(BOOT, {})})}")
        return self.listen()

    def send(self, handler: str, payload: Any = None, *, quiet: float = 0.4) -> list[dict[str, Any]]:
        """Send an event to a handler, e.g. `dashboard___pages...state.load`, and collect the answers."""
        name = handler if handler.startswith(STATE) else f"{STATE}.{handler}"
        self._socket.send(f"42/_event,{json.dumps(['event', self._event(name, payload)])}")
        return self.listen(quiet)

    def send_raw(self, text: str) -> list[dict[str, Any]]:
        """Send anything at all."""
        self._socket.send(text)
        return self.listen()

    def listen(self, quiet: float = 0.4) -> list[dict[str, Any]]:
        """Updates until none has come for `quiet` seconds."""
        updates: list[dict[str, Any]] = []
        until = time.monotonic() + 20
        while time.monotonic() < until and (update := self._next(quiet)) is not None:
            updates += update
        return updates

    def hear(self, state: str, name: str, within: float = 10) -> Any:
        """The next value this variable of a state is given; None where there is none within as many seconds."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0 and (update := self._next(left)) is not None:
            if found := values(update, state, name):
                return found[-1]
        return None

    def _next(self, seconds: float) -> list[dict[str, Any]] | None:
        """What the next message brings, which may be nothing; None where none comes."""
        self._socket.settimeout(seconds)
        try:
            text = self._socket.recv()
        except (TimeoutError, websocket.WebSocketTimeoutException):
            return None
        if text == "2":
            self._socket.send("3")
        return [json.loads(text[text.index(",") + 1 :])[1]] if text.startswith("42") else []

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _event(self, name: str, payload: Any) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        return {
            "name": name,
            "payload": payload if payload is not None else {},
            "router_data": {
                "pathname": path,
                "asPath": self.path,
                "query": dict(urllib.parse.parse_qsl(query)),
            },
        }


def values(updates: list[dict[str, Any]], state: str, name: str) -> list[Any]:
    """Every value a variable of a state was given, in order."""
    return [
        variables[f"{name}_rx_state_"]
        for update in updates
        if isinstance(update, dict)
        for full_name, variables in (update.get("delta") or {}).items()
        if full_name.endswith(state) and f"{name}_rx_state_" in variables
    ]


def spoken(updates: list[dict[str, Any]]) -> str:
    """Everything the server asked the page to do (toasts, redirects), as text."""
    return json.dumps(
        [event for update in updates if isinstance(update, dict) for event in update.get("events") or []]
    )
