"""How much JavaScript a first visit loads."""

import re
from typing import Any

from playwright.sync_api import Browser

from tests.bench.figures import Figure
from tests.bench.server import Server
from tests.bench.visits import COOKIE, sign_in

TARGET_KB = 450.0
CHARTS = re.compile(r"plotly", re.IGNORECASE)
QUIET_MS = 2_500
# The first is what the issue names; the second is what most visits open.
PAGES = {"overview": "/", "invoices": "/billing/invoices"}


def measure(server: Server, browser: Browser, token: str = "") -> list[Figure]:
    """Compressed bytes as they came over the wire, in a browser that has nothing cached."""
    token = token or sign_in(server, "admin")
    figures = []
    for name, path in PAGES.items():
        scripts = _scripts(server, browser, path, token)
        charts = sum(size for url, size in scripts.items() if CHARTS.search(url))
        everything = sum(scripts.values())
        largest = dict(sorted(scripts.items(), key=lambda each: -each[1])[:12])
        details = {"files": len(scripts), "largest_bytes": largest}
        target = TARGET_KB if name == "overview" else None
        figures += [
            Figure("bundle", f"{name}: JavaScript without charts", (everything - charts) / 1_000, "kB", target,
                   details=details),
            Figure("bundle", f"{name}: JavaScript with charts", everything / 1_000, "kB"),
        ]  # fmt: skip
    return figures


def _scripts(server: Server, browser: Browser, path: str, token: str) -> dict[str, int]:
    """Bytes on the wire by script, until nothing more is loaded."""
    context = browser.new_context()
    context.add_cookies([{"name": COOKIE, "value": token, "url": server.address}])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def answered(message: dict[str, Any]) -> None:
        kind = message["response"]["mimeType"]
        if "javascript" in kind:
            urls[message["requestId"]] = message["response"]["url"].removeprefix(server.address)

    def finished(message: dict[str, Any]) -> None:
        if message["requestId"] in urls:
            url = urls[message["requestId"]]
            sizes[url] = sizes.get(url, 0) + int(message["encodedDataLength"])

    devtools.on("Network.responseReceived", answered)
    devtools.on("Network.loadingFinished", finished)
    page.goto(f"{server.address}{path}", wait_until="load")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    context.close()
    return sizes
