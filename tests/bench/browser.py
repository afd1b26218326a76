"""From a click to rows on the screen, in Chromium."""

from typing import Any

from playwright.sync_api import Browser, Page

from tests.bench.figures import Figure, summary
from tests.bench.server import Server
from tests.bench.visits import COOKIE, sign_in

TARGET_MS = 100.0
ROUNDS, QUICK_ROUNDS = 12, 3
GIVE_UP_MS = 10_000
LIST = "/billing/invoices"

# The click event starts the clock; the first frame in which the new rows were drawn stops it (the frame's
# callback runs before it is drawn, a task queued there after).
WATCH = """
([selector, giveUp]) => new Promise((resolve, reject) => {
  const signature = () => [...document.querySelectorAll('[data-testid=rows] tr[data-row]')]
    .map((row) => row.dataset.row).join() ;
  const target = document.querySelector(selector);
  if (!target) { reject(new Error('nothing to click: ' + selector)); return; }
  const before = signature();
  let started = 0, changed = 0;
  const timer = setTimeout(() => { watcher.disconnect(); reject(new Error('no new rows: ' + selector)); }, giveUp);
  const watcher = new MutationObserver(() => {
    const now = signature();
    if (!started || !now || now === before) return;
    changed = performance.now();
    watcher.disconnect();
    clearTimeout(timer);
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve([performance.now() - started, changed - started]);
      channel.port2.postMessage(0);
    });
  });
  watcher.observe(document.querySelector('main'), { childList: true, subtree: true, attributes: true,
    attributeFilter: ['data-row'] });
  target.addEventListener('click', (event) => { started = event.timeStamp; }, { once: true, capture: true });
  target.click();
})
"""


def measure(server: Server, browser: Browser, *, is_quick: bool, token: str = "") -> list[Figure]:
    """Paging, sorting, views and filter chips, round after round."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(
        [{"name": COOKIE, "value": token or sign_in(server, "finance"), "url": server.address}]
    )
    page = context.new_page()
    page.goto(f"{server.address}{LIST}")
    page.wait_for_selector("[data-testid=rows] tr[data-row]")
    _round(page)
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(QUICK_ROUNDS if is_quick else ROUNDS):
        for kind, times in _round(page).items():
            found.setdefault(kind, []).extend(times)
    context.close()
    everything = [time for times in found.values() for time in times]
    details: dict[str, Any] = {
        "by_kind": {kind: summary([each[0] for each in times]) for kind, times in found.items()},
        "until_changed_ms": summary([each[1] for each in everything]),
        "until_painted_ms": summary([each[0] for each in everything]),
    }
    painted = details["until_painted_ms"]
    return [
        Figure("browser", "click to rows visible: p95", painted["p95"], "ms", TARGET_MS, details=details),
        Figure("browser", "click to rows visible: p50", painted["p50"], "ms"),
    ]


def _round(page: Page) -> dict[str, list[tuple[float, float]]]:
    """One of each; it ends where it began, so that it can be repeated."""
    return {
        "next": [_click(page, "[data-testid=next]") for _ in range(2)],
        "previous": [_click(page, "[data-testid=previous]")],
        "sort": [
            _click(page, "thead th a[href*='sort=-total']"),
            _click(page, "thead th a[href*='sort=total']"),
        ],
        "view": [
            _click(page, ".cf-tabs a[href$='f=status:open']"),
            _click(page, ".cf-tabs a[href$='f=status:paid']"),
        ],
        "chip": [_click(page, "a.cf-chip")],
    }


def _click(page: Page, selector: str) -> tuple[float, float]:
    """Milliseconds until the new rows were painted, and until they stood in the document."""
    page.wait_for_selector(selector)
    # A person looks before clicking on: count and totals of the last list have arrived by then.
    page.wait_for_timeout(250)
    painted, changed = page.evaluate(WATCH, [selector, GIVE_UP_MS])
    return float(painted), float(changed)
