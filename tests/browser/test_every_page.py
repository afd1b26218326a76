"""Every page, in light and dark, wide and narrow: no accessibility finding, no sideways scroll."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ARTIFACTS, SignedIn, signing_in
from tests.live.fixtures import scalar
from tests.live.server import Live

PAGES = {
    "overview": "/",
    "customers": "/customers",
    "customer": "/customers/{tenant}",
    "subscriptions": "/billing/subscriptions",
    "subscription": "/billing/subscriptions/{subscription}",
    "subscription-forecast": "/billing/subscriptions/{subscription}?tab=forecast&periods=12",
    "subscription-new": "/billing/subscriptions/new?customer={tenant}",
    "subscription-schedule": "/billing/subscriptions/{subscription}?tab=schedule",
    "subscription-start": "/billing/subscriptions/new",
    "invoices": "/billing/invoices",
    "invoice": "/billing/invoices/{invoice}",
    "invoice-timeline": "/billing/invoices/{invoice}?tab=timeline",
    "invoice-credits": "/billing/invoices/{invoice}?tab=credits",
    "new-invoice": "/billing/invoices/new?customer={tenant}",
    "review": "/billing/invoices/review",
    "credit-notes": "/billing/credit-notes",
    "customer-credit": "/customers/{tenant}?tab=credit",
    "payments": "/billing/payments",
    "charges": "/billing/charges",
    "refunds": "/billing/refunds",
    "payment-methods": "/billing/payment-methods",
    "disputes": "/billing/disputes",
    "inbound": "/ops/inbound",
    "bank": "/billing/bank",
    "invoice-collection": "/billing/invoices/{invoice}?tab=collection",
    "customer-methods": "/customers/{tenant}?tab=methods",
    "plans": "/billing/plans",
    "plan": "/billing/plans/{plan}",
    "plan-calculator": "/billing/plans/{plan}?tab=calculator&quantity=60",
    "plan-versions": "/billing/plans/{plan}?tab=versions",
    "plan-subscriptions": "/billing/plans/{plan}?tab=subscriptions",
    "coupons": "/billing/coupons",
    "coupon": "/billing/coupons/{coupon}",
    "taxes": "/billing/taxes",
    "customer-billing": "/customers/{tenant}?tab=billing",
    "runs": "/billing/runs",
    "approvals": "/approvals",
    "approval-limits": "/settings/approvals",
    "exports": "/exports",
    "audit": "/audit",
    "notifications": "/ops/notifications",
    "mail": "/settings/mail",
    "mail-template": "/settings/mail/payment_reminder?language=de",
    "jobs": "/ops/jobs",
    "profile": "/me",
    "missing": "/customers/00000000-0000-7000-8000-000000000000",
    "empty": "/billing/invoices?q=nothing-like-this",
    "broken-filter": "/billing/invoices?f=status:nonsense",
}
# Plotly draws its own SVG and text; the table under each chart carries the same figures.
LEFT_OUT = {"exclude": [[".js-plotly-plot"]]}


def _path(live: Live, name: str) -> str:
    ids = {
        table: scalar(live.database_url, f"SELECT id FROM {table} ORDER BY id LIMIT 1")
        for table in ("tenant", "subscription", "invoice", "coupon")
    }
    ids["plan"] = scalar(live.database_url, "SELECT id FROM plan WHERE key = 'growth'")
    return live.address + PAGES[name].format(**ids)


def _open(page: Page, live: Live, name: str, look: str) -> None:
    page.goto(_path(live, name))
    expect(page.locator("nav[aria-label=Main] a")).not_to_have_count(0)
    page.wait_for_timeout(400)
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}-{look}.png")


@pytest.fixture(scope="module")
def admin(browser: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """The admin's browsers, one for each look, which load the program's scripts once."""
    with signing_in(browser, live) as open_page:

        @cache
        def of_look(*, is_dark: bool = False, is_narrow: bool = False) -> Page:
            return open_page("admin", is_dark=is_dark, is_narrow=is_narrow)

        yield of_look


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(live: Live, admin: Callable[..., Page], name: str, is_dark: bool) -> None:  # noqa: FBT001
    page = admin(is_dark=is_dark)
    _open(page, live, name, "dark" if is_dark else "light")
    found = Axe().run(page, context=LEFT_OUT)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_never_scrolls_sideways(live: Live, admin: Callable[..., Page], name: str) -> None:
    page = admin(is_narrow=True)
    _open(page, live, name, "narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def test_the_sign_in_page_is_accessible(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("admin")
    page.context.clear_cookies()
    page.goto(f"{live.address}/sign-in")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
