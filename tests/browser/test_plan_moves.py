"""Finance moves everybody on a version to the one that is sold now."""

from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.selling import sell_old_version
from tests.live.server import Live

VERB = "Move 1 subscription at its next renewal"


def test_finance_moves_the_subscriptions_of_a_version(live: Live, signed_in: SignedIn) -> None:
    old, new = sell_old_version(live.database_url)
    page = signed_in("finance")
    page.goto(f"{live.address}/billing/plans/{new}?tab=versions&compare={old}")
    page.get_by_role("button", name="Show who would pay what").click()
    expect(page.get_by_role("button", name="Move 0 subscriptions")).to_be_visible()

    page.goto(f"{live.address}/billing/plans/{old}?tab=versions&compare={new}")
    page.get_by_role("button", name="Show who would pay what").click()
    page.get_by_role("button", name=VERB).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 subscription is planned to change to version 2")
    expect(dialog).to_contain_text("can be cancelled on its subscription until its renewal")
    dialog.get_by_label("Reason").fill("  ")
    dialog.get_by_role("button", name=VERB).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Give a reason")
    dialog.get_by_label("Reason").fill("Version 1 ends")
    dialog.get_by_role("button", name=VERB).click()
    expect(page.get_by_text("The moves are being planned").first).to_be_visible()

    timeline = page.get_by_test_id("timeline")
    page.get_by_role("link", name="Timeline").click()
    expect(timeline).to_contain_text("asked to move the subscriptions")
    for _ in range(20):
        if scalar(live.database_url, "SELECT count(*) FROM event WHERE name = 'plan.moves_finished'"):
            break
        page.wait_for_timeout(500)
    page.reload()
    expect(timeline).to_contain_text("planned the moves to another version")
    assert (
        scalar(
            live.database_url,
            "SELECT count(*) FROM scheduled_change c JOIN subscription s ON s.id = c.subscription_id"
            " WHERE s.plan_id = %s AND c.status = 'planned'",
            old,
        )
        == 1
    )
