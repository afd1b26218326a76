"""The account manager changes a subscription: sees each line explained, commits it, and keeps a leaving customer."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.selling import LARGE, SMALL, sell, sell_coupon
from tests.live.server import Live


def _open(page: Page, live: Live, identifier: object, tab: str = "") -> None:
    page.goto(f"{live.address}/billing/subscriptions/{identifier}{tab}")
    expect(page.get_by_role("button", name="More actions")).to_be_visible()


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("dialog").get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=re.compile(option)).click()


def _expect_reasons(page: Page) -> None:
    """Each prorated line tells its price, its part of the period, and the rounding."""
    for line, facts in (
        (
            f"Unused time on {SMALL}",
            (
                "Worth of the full period after discounts: 60.00 USD",
                "of 2,",
                "−60.00 USD ×",
                "rounded half up",
            ),
        ),
        (f"Remaining time on {LARGE}", ("3 × 90.00 USD = 270.00 USD", "seconds", "270.00 USD ×")),
    ):
        page.get_by_role("button", name=f"Why this amount? {line}").click()
        why = page.get_by_test_id("why")
        for fact in facts:
            expect(why).to_contain_text(fact)
        page.keyboard.press("Escape")
        expect(why).to_be_hidden()


def test_an_upgrade_is_explained_line_by_line_and_done_as_shown(live: Live, signed_in: SignedIn) -> None:
    identifier, customer = sell(live.database_url, customer=10, quantity=2)
    page = signed_in("manager")
    _open(page, live, identifier)
    expect(page.get_by_role("heading", name=f"{customer}: {SMALL}")).to_be_visible()
    page.get_by_role("button", name="Change plan").click()
    dialog = page.get_by_role("dialog")
    sentence = dialog.get_by_test_id("sentence")
    expect(sentence).to_contain_text("Charges ")
    _choose(page, "Plan and price", f"^{LARGE}")
    expect(dialog.get_by_test_id("changes")).to_contain_text(f"{SMALL}, version 1 → {LARGE}, version 1")
    first = sentence.inner_text()
    dialog.get_by_label("Quantity").fill("3")
    expect(sentence).not_to_have_text(first)
    expect(dialog.get_by_test_id("changes")).to_contain_text("270.00 USD")

    _expect_reasons(page)
    _choose(page, "Settlement", "next invoice")
    expect(sentence).to_contain_text("Nothing is due now")
    _choose(page, "Settlement", "Charge now")
    expect(sentence).to_contain_text("Charges ")
    due = re.search(r"Charges ([\d.,]+) USD now", sentence.inner_text())
    assert due is not None
    dialog.get_by_label("Note").fill("Larger team from today")
    dialog.get_by_role("button", name=f"Change plan and charge {due[1]} USD").dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name=f"{customer}: {LARGE}")).to_be_visible()
    page.get_by_role("link", name="Timeline").click()
    timeline = page.get_by_test_id("timeline")
    expect(timeline).to_contain_text("Marta Lindqvist changed the plan")
    expect(timeline).to_contain_text("Larger team from today")
    charged = scalar(
        live.database_url,
        "SELECT string_agg(total_minor::text, ',') FROM invoice WHERE kind = 'change' AND subscription_id = %s",
        identifier,
    )
    assert charged == due[1].replace(".", "").replace(",", ""), "one invoice, to the cent, for a double click"


def test_a_cancellation_is_planned_and_the_subscription_is_kept(live: Live, signed_in: SignedIn) -> None:
    identifier, _ = sell(live.database_url, customer=11)
    page = signed_in("manager")
    _open(page, live, identifier)
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name=re.compile("Extend trial"))).to_contain_text(
        "There is no trial to extend"
    )
    page.get_by_role("menuitem", name="Cancel subscription").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_test_id("sentence")).to_contain_text("Nothing is due now")
    expect(dialog).to_contain_text("Can be undone until")
    dialog.get_by_label("Reason").select_option("Too expensive")
    dialog.get_by_test_id("commit").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_test_id("band")).to_contain_text("Cancel the subscription")
    expect(page.locator(".rt-CalloutText", has_text="Planned for")).to_be_visible()

    _open(page, live, identifier, "?tab=schedule")
    expect(page.get_by_role("row", name=re.compile("Cancel the subscription"))).to_contain_text(
        "Too expensive"
    )
    page.get_by_role("button", name="Add a change").click()
    page.get_by_role("menuitem", name="Change quantity").click()
    dialog.get_by_label("Quantity").fill("4")
    dialog.get_by_label("Day").fill("2027-06-01")
    expect(dialog.get_by_role("alert")).to_contain_text("Cancel that change first")
    expect(dialog.get_by_test_id("commit")).to_be_disabled()
    dialog.get_by_role("button", name="Go back").click()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Keep subscription").click()
    dialog.get_by_label("Reason").fill("Stays after all")
    dialog.get_by_role("button", name="Keep subscription").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("No change is planned.")).to_be_visible()
    cancels = "SELECT cancels_on FROM subscription WHERE id = %s"
    assert scalar(live.database_url, cancels, identifier) is None


def test_what_changed_in_between_is_shown_before_it_is_confirmed(live: Live, signed_in: SignedIn) -> None:
    identifier, _ = sell(live.database_url, customer=12, quantity=2)
    one, two = signed_in("manager"), signed_in("admin")
    for page, quantity in ((one, "5"), (two, "3")):
        _open(page, live, identifier)
        page.get_by_role("button", name="Quantity").click()
        page.get_by_role("dialog").get_by_label("Quantity").fill(quantity)
        expect(page.get_by_test_id("changes")).to_contain_text(f"2 → {quantity}")
    two.get_by_test_id("commit").click()
    expect(two.get_by_role("dialog")).to_be_hidden()
    one.get_by_test_id("commit").click()
    dialog = one.get_by_role("dialog")
    stale = dialog.get_by_test_id("preview").get_by_role("alert")
    expect(stale).to_contain_text("have changed since")
    expect(stale).to_contain_text("→ now")
    one.get_by_test_id("commit").click()
    expect(dialog).to_be_hidden()
    assert scalar(live.database_url, "SELECT quantity FROM subscription WHERE id = %s", identifier) == 5


def test_a_new_subscription_starts_as_its_preview_shows(live: Live, signed_in: SignedIn) -> None:
    sold, customer = sell(live.database_url, customer=13)
    count = "SELECT count(*) FROM subscription WHERE tenant_id = (SELECT tenant_id FROM subscription WHERE id = %s)"
    before = int(str(scalar(live.database_url, count, sold)))
    page = signed_in("manager")
    page.goto(f"{live.address}/billing/subscriptions")
    page.get_by_role("link", name="New subscription").click()
    page.get_by_label("Customer", exact=True).fill(customer)
    page.get_by_role("button", name=re.compile(re.escape(customer))).first.click()
    page.get_by_role("combobox", name="Plan and price").click()
    abroad = page.get_by_role("option", name=re.compile("Studio abroad"))
    expect(abroad).to_contain_text("this customer pays in USD")
    page.get_by_role("option", name=re.compile(f"^{LARGE}")).click()
    page.get_by_label("Quantity", exact=True).fill("3")
    commit = page.get_by_test_id("commit")
    expect(commit).to_have_text("Start and charge 270.00 USD")
    page.get_by_role("combobox", name="Add-on").click()
    page.get_by_role("option", name=re.compile("^Studio support")).click()
    expect(commit).to_have_text("Start and charge 285.00 USD")
    sell_coupon(live.database_url, "START10")
    page.get_by_label("Coupon code").fill("start10")
    expect(commit).to_have_text("Start and charge 256.50 USD")
    expect(page.get_by_test_id("preview")).to_contain_text("Next invoice")
    commit.dblclick()
    page.wait_for_url(re.compile("/billing/subscriptions/0"))
    expect(page.get_by_role("heading", name=f"{customer}: {LARGE}")).to_be_visible()
    identifier = page.url.rpartition("/")[2]
    assert scalar(live.database_url, count, identifier) == before + 1, "one for a double click"
    total = "SELECT total_minor FROM invoice WHERE subscription_id = %s"
    assert scalar(live.database_url, total, identifier) == 25_650


def test_a_coupon_is_given_as_shown_and_ended(live: Live, signed_in: SignedIn) -> None:
    identifier, _ = sell(live.database_url, customer=14)
    sell_coupon(live.database_url, "JOURNEY10")
    page = signed_in("manager")
    _open(page, live, identifier)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Give a coupon").click()
    dialog = page.get_by_role("dialog")
    code = dialog.get_by_label("Code of the coupon")
    code.fill("JOURNEY")
    expect(dialog.get_by_role("alert")).to_contain_text("There is no code “JOURNEY”")
    code.fill("journey10")
    effect = dialog.get_by_test_id("coupon-effect")
    expect(effect).to_contain_text("takes 10 % off each of the next 3 periods billed.")
    expect(effect).to_contain_text("27.00 USD")
    dialog.get_by_role("button", name="Give coupon").dblclick()
    expect(dialog).to_be_hidden()
    end = page.get_by_role("button", name="End JOURNEY10", exact=True)
    expect(end).to_be_visible()
    end.click()
    expect(dialog).to_contain_text("3 of 3 periods left")
    dialog.get_by_label("Reason").fill("Given to the wrong customer")
    dialog.get_by_role("button", name="End coupon").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("No coupon runs.")).to_be_visible()
    page.get_by_role("link", name="Timeline").click()
    timeline = page.get_by_test_id("timeline")
    expect(timeline).to_contain_text("Marta Lindqvist gave the discount")
    expect(timeline).to_contain_text("Given to the wrong customer")
    times = "SELECT count(*) FROM discount WHERE subscription_id = %s"
    assert scalar(live.database_url, times, identifier) == 1, "one for a double click"
