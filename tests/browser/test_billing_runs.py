"""Finance starts a run after seeing what it would do, follows it, and retries what it parked."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, SignedIn
from tests.live.fixtures import execute, scalar
from tests.live.server import Live

# Two subscriptions that renew today: one of them absurdly large, so that it is parked.
PREPARE = """
UPDATE subscription SET renews_at = NULL;
UPDATE subscription SET status = 'active', cancelled_on = NULL, held_reason = '', billing_timing = 'advance',
    renews_at = now() - interval '1 hour', period_start_on = current_date - 30, period_until_on = current_date,
    anchor_day = extract(day FROM current_date), quantity = CASE WHEN id = '{large}' THEN 900000 ELSE 1 END
WHERE id IN ('{small}', '{large}');
DELETE FROM invoice WHERE subscription_id IN ('{small}', '{large}') AND period_start_on >= current_date - 31;
"""


def test_finance_rehearses_starts_and_follows_a_run_and_retries_what_it_parked(
    live: Live, signed_in: SignedIn
) -> None:
    few = "SELECT id FROM subscription WHERE unit_amount_minor > 1000 AND status = 'active' ORDER BY id OFFSET {} LIMIT 1"
    small, large = (scalar(live.database_url, few.format(place)) for place in (0, 1))
    execute(live.database_url, PREPARE.format(small=small, large=large))

    page = signed_in("finance")
    page.goto(f"{live.address}/billing/runs")
    page.get_by_role("button", name="Start a run").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Show what is due").click()
    expect(dialog).to_contain_text("2 subscriptions are due")
    expect(dialog).to_contain_text("Parked")
    assert scalar(live.database_url, "SELECT count(*) FROM billing_run") == 0
    dialog.get_by_label("Reason").fill("Month end is early")
    dialog.get_by_role("button", name="Start the run").dblclick()
    page.wait_for_url(re.compile("/billing/runs/[0-9a-f-]{36}"))
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("progress")).to_contain_text("2 of 2 done")
    assert scalar(live.database_url, "SELECT count(*) FROM billing_run") == 1, "a double click starts one"
    expect(page.get_by_text("run.grew_too_fast")).to_be_visible()
    expect(page.get_by_text("Month end is early")).to_be_visible()
    _looks_right(page)

    page.get_by_role("link", name="Invoices of this run").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.go_back()

    execute(live.database_url, f"UPDATE subscription SET quantity = 1 WHERE id = '{large}'")
    page.get_by_role("button", name="Retry all").click()
    dialog.get_by_label("Reason").fill("The quantity was a typing mistake")
    dialog.get_by_role("button", name="Release and retry").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Released by Felix Okafor")).to_be_visible()
    expect(page.get_by_role("button", name="Retry all")).to_have_count(0)
    page.goto(f"{live.address}/billing/runs")
    expect(page.locator("tr[data-row]")).to_have_count(2)


def _looks_right(page: Page) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(400)
        page.screenshot(path=ARTIFACTS / f"run-{scheme}.png")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_a_viewer_sees_runs_but_is_told_that_she_cannot_start_one(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("viewer")
    page.goto(f"{live.address}/billing/runs")
    page.get_by_role("button", name="Start a run").click()
    expect(page.get_by_text("billing_runs:start").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
