"""Chromium, people who are signed in, and the running program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import find_chromium
from tests.live.server import Live
from tests.live.tab import session_of

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

# Nothing takes this long; a machine that does other things too may make it so.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

SignedIn = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def signed_in(browser: Browser, live: Live) -> Iterator[SignedIn]:
    """A page of a demo person, e.g. `signed_in("finance")`; errors of the page fail the test."""
    with signing_in(browser, live) as open_page:
        yield open_page


@contextmanager
def signing_in(browser: Browser, live: Live) -> Iterator[SignedIn]:
    """Opens pages of demo people, each in a browser of its own; afterwards there must have been no error."""
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def open_page(person: str, *, is_dark: bool = False, is_narrow: bool = False) -> Page:
        context = browser.new_context(
            viewport=NARROW if is_narrow else WIDE,
            color_scheme="dark" if is_dark else "light",
            accept_downloads=True,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_cookies(
            [{"name": "cf_session", "value": session_of(live.address, person), "url": live.address}]
        )
        context.on(
            "weberror", lambda error: failures.append(f"{error.page and error.page.url}: {error.error}")
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert failures == []


def more(page: Page, action: str) -> None:
    """Choose an action that is not a daily one, also one that is refused."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name=action).click(force=True)
