"""Chromium, and how a visitor signs in."""

import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

from tests.bench.server import Server

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
COOKIE = "cf_session"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium on PATH, else Playwright's own, without a window."""
    path = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Keeps the answer that sets the cookie instead of following it."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Follow nothing."""


def sign_in(server: Server, mailbox: str) -> str:
    """The session token of a demo sign-in; raises RuntimeError where it is refused."""
    form = urlencode({"email": f"{mailbox}@demo.test", "password": server.password}).encode()
    request = urllib.request.Request(  # noqa: S310 -- our own loopback
        f"{server.address}/api/auth/sign-in", form, {"Origin": server.address}
    )
    try:
        with urllib.request.build_opener(_Stay).open(request) as answer:
            headers = answer.headers
    except urllib.error.HTTPError as answer:
        headers = answer.headers
    for cookie in headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.partition(";")[0].partition("=")
        if name == COOKIE:
            return str(value)
    raise RuntimeError(f"Signing in as {mailbox} was refused: {headers.get('Location')}")
