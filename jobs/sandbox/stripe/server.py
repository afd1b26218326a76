"""The sandbox as a server on the loopback: plain sockets, so that it can also break a connection on purpose."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import urlsplit

import structlog

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.api import Api
from jobs.sandbox.stripe.control import Control, set_endpoint
from jobs.sandbox.stripe.faults import Faults, server_error
from jobs.sandbox.stripe.hosted.pages import Pages
from jobs.sandbox.stripe.http import ConnectionBroken, Request, Response, as_json
from jobs.sandbox.stripe.store import Store
from jobs.sandbox.stripe.webhooks import Webhooks

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
# Nobody waits longer for the next request on one connection.
IDLE_SECONDS = 120
# How soon a stop is noticed.
POLL_SECONDS = 0.02
# Linger on, zero seconds: closing then resets the connection instead of ending it politely.
RESET = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    """One connection of a caller; `answer` is the sandbox's."""

    answer: ClassVar[Callable[[Request], Response]]
    protocol_version = "HTTP/1.1"
    server_version = "stripe-sandbox"
    sys_version = ""
    timeout = IDLE_SECONDS
    # Head and body leave at once: between two small packets Nagle would wait 40 ms for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=address.path,
            query=address.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length).decode("utf-8", "replace"),
        )
        try:
            self._send(type(self).answer(request))
        except ConnectionBroken:
            self._reset()
        except Exception:
            log.exception("sandbox.failed", method=request.method, path=request.path)
            failed = server_error()
            self._send(as_json(failed.status, failed.body))

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815 -- the names that http.server calls

    def _send(self, response: Response) -> None:
        # A caller that has stopped waiting is none of our trouble.
        with contextlib.suppress(ConnectionError):
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)
            self.wfile.flush()

    def _reset(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server's name
        """Keep what http.server would print to the log's lowest level."""
        log.debug("sandbox.request", line=format % args)


class Sandbox:
    """One account at our own Stripe, in a file or in memory; use it as a context, or `serve` it."""

    def __init__(self, *, port: int = 0, path: Path | None = None) -> None:
        self._server = ThreadingHTTPServer(
            (LOOPBACK, port), type("SandboxHandler", (Handler,), {"answer": staticmethod(self.answer)})
        )
        self._server.daemon_threads = True
        self.address = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        self._store = Store(path)
        self._account = Account(self._store, address=self.address)
        faults = Faults()
        self._webhooks = Webhooks(self._account)
        self._api = Api(self._account, faults)
        self._control = Control(self._account, faults, self._webhooks)
        self._pages = Pages(self._account)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._threads = [
            threading.Thread(
                target=self._server.serve_forever, args=(POLL_SECONDS,), name="sandbox.server", daemon=True
            ),
            threading.Thread(
                target=self._webhooks.run, args=(self._stopping,), name="sandbox.webhooks", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def serve_until(self, stopping: threading.Event) -> None:
        """Serve until the event is set."""
        with self:
            stopping.wait()

    def stop(self) -> None:
        """Answer nobody any more, and let the file go."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(timeout=5)
        self._store.close()

    def tell(self, *, url: str, secret: str) -> None:
        """Send all webhooks to this address, signed with this secret."""
        set_endpoint(self._account, url=url, secret=secret)

    def answer(self, request: Request) -> Response:
        """The answer to a request; raises `ConnectionBroken` where a fault wants none."""
        if request.path.startswith("/v1/"):
            return self._api.answer(request)
        if request.path.startswith("/_sandbox/"):
            return self._control.answer(request)
        return self._pages.answer(request)
