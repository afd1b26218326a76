"""Error reports reach a project that is named, carry no secrets, and go nowhere otherwise."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sentry_sdk

from models.integrations.error_reports import start_error_reports
from models.kernel.settings import get_settings

# Computed, because a report shows lines of source, and these are such.
SECRET = "hunter2" * 2


class _Project(BaseHTTPRequestHandler):
    received: list[bytes] = []  # noqa: RUF012 -- one project a run

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.received.append(
            gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
        )
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Quiet."""


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A project on loopback, and the settings that name it."""
    server = HTTPServer(("127.0.0.1", 0), _Project)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("SENTRY_DSN", f"http://key@127.0.0.1:{server.server_port}/1")
    get_settings.cache_clear()
    yield _Project.received
    sentry_sdk.get_client().close()
    sentry_sdk.init()
    server.shutdown()
    server.server_close()
    thread.join()
    monkeypatch.undo()
    get_settings.cache_clear()


def test_an_error_is_reported_without_local_variables(project: list[bytes]) -> None:
    assert start_error_reports("test")
    with pytest.raises(RuntimeError) as broken:
        _break(SECRET)
    sentry_sdk.capture_exception(broken.value)
    sentry_sdk.flush(5)
    report = b"".join(project)
    assert b"it broke" in report
    assert SECRET.encode() not in report


def _break(secret: str) -> None:
    raise RuntimeError("it broke" if secret else "")


def test_without_a_project_nothing_starts() -> None:
    assert not start_error_reports("test")
