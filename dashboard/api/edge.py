"""What holds for every HTTP answer: a request id, safe headers, bounded bodies, and never a stack trace."""

import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.problems import answer_http, answer_unexpected

log = structlog.get_logger()

MAX_BODY_BYTES = 1_000_000
MAX_FIGURES = 18
# OWASP, "HTTP Headers": the answer is what it says it is, nobody else frames it, no address leaks to other sites.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


class Edge:
    """Wraps the HTTP side; pages and websockets of the UI pass, with the same headers and an id of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
        try:
            if exchange.is_ours and exchange.declared_bytes > MAX_BODY_BYTES:
                await self._refuse(exchange, HTTPException(413))
            else:
                await self._app(exchange.scope, exchange.receive, exchange.send)
        except Exception as error:
            if exchange.status:
                raise
            await answer_unexpected(Request(scope), error)(exchange.scope, receive, exchange.send)
        finally:
            exchange.log()

    async def _refuse(self, exchange: "_Exchange", error: HTTPException) -> None:
        answer = answer_http(Request(exchange.scope), error)
        await answer(exchange.scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer on their way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.request_id = uuid4().hex[:16]
        self.status = 0
        self._receive, self._send = receive, send
        self._taken = 0
        self._started = time.monotonic()
        path = scope["path"]
        self.is_ours = path == "/api" or path.startswith(("/api/", "/pay/")) or path in {"/livez", "/readyz"}
        # Every address that answers GET answers HEAD, with the same headers and no body (RFC 9110, 9.3.2).
        self._is_head = self.is_ours and scope["method"] == "HEAD"
        scope["state"] = {**scope.get("state", {}), "request_id": self.request_id, "is_head": self._is_head}
        self.scope = {**scope, "method": "GET"} if self._is_head else scope

    @property
    def declared_bytes(self) -> int:
        """The length that the request announces, 0 where it announces none."""
        text = Headers(scope=self.scope).get("content-length", "")
        # Any number of more figures is too large as well, and costly to read.
        return int(text[:MAX_FIGURES]) if text.isascii() and text.isdigit() else 0

    async def receive(self) -> Message:
        """The next part of the body; a body without an announced length is counted."""
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self.is_ours and self._taken > MAX_BODY_BYTES:
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        """The next part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self.is_ours:
                headers.setdefault("Cache-Control", "no-store")
        elif self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def log(self) -> None:
        """One line a request of the API; pages and their files are not worth one."""
        if self.is_ours:
            took = round((time.monotonic() - self._started) * 1000, 1)
            method = "HEAD" if self._is_head else self.scope["method"]
            log.info("request", method=method, path=self.scope["path"], status=self.status, ms=took)
