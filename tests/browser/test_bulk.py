"""Many customers at once: assigned or tagged on the spot, taken back, and the whole filter in the background."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, session_of, spoken

CUSTOMERS = "dashboard___pages___accounts___customers____customers_state"
TAGGED = "SELECT count(*) FROM tenant WHERE %s = ANY(tags)"


def _select(page: Page, number: int) -> list[str]:
    boxes = page.locator("tr[data-row] [role=checkbox]")
    expect(boxes.first).to_be_visible()
    for place in range(number):
        boxes.nth(place).click()
    expect(page.get_by_text(f"{number} selected")).to_be_visible()
    return [str(row.get_attribute("data-row")) for row in page.locator("tr[data-row]").all()[:number]]


def test_the_selected_are_assigned_and_z_takes_it_back(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/customers?f=status:active&sort=-created_at")
    _select(page, 2)
    before = page.locator("tr[data-row] td:nth-child(6)").all_inner_texts()[:2]
    page.get_by_role("button", name="Assign").click()
    page.get_by_role("menuitem", name="Vera Ishii").click()
    expect(page.get_by_text("2 customers assigned to Vera Ishii.")).to_be_visible()
    rows = page.locator("tr[data-row]")
    expect(rows.nth(0)).to_contain_text("Vera Ishii")
    page.keyboard.press("z")
    expect(page.get_by_text("2 customers put back.")).to_be_visible()
    expect(rows.nth(0).locator("td").nth(5)).to_have_text(before[0])
    expect(rows.nth(1).locator("td").nth(5)).to_have_text(before[1])
    rows.first.locator("a").click()
    page.get_by_role("link", name="Timeline").click()
    timeline = page.get_by_test_id("timeline")
    expect(timeline.locator("li").first).to_contain_text("changed the account manager")
    expect(timeline.locator("li").first).to_contain_text("Undone")


def test_tags_say_whom_they_left_alone_and_why(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/customers?f=status:active")
    for number, sentence in ((1, "1 customer tagged pilot."), (2, "1 customer tagged pilot. 1 left as they")):
        _select(page, number)
        page.get_by_role("button", name="Add tags").click()
        page.get_by_label("Tags").fill(" Pilot ")
        page.get_by_label("Tags").press("Enter")
        expect(page.get_by_text(sentence).first).to_be_visible()
        expect(page.get_by_text(" selected")).to_have_count(0)
    page.get_by_text("Left as they were, and why").click()
    expect(page.get_by_text("Has these tags already.")).to_be_visible()
    page.get_by_role("button", name="Close the outcome").click()
    expect(page.get_by_text("Has these tags already.")).to_have_count(0)


def test_the_whole_filter_is_worked_off_in_the_background(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("manager")
    page.goto(f"{live.address}/customers")
    total = page.get_by_test_id("count")
    expect(total).to_have_text(re.compile(r"\d"))
    number = int(total.inner_text())
    assert number > 300
    page.get_by_label("Select all rows shown").click()
    page.get_by_role("button", name=f"Select all {number} in this filter").click()
    expect(page.get_by_text(f"All {number} in this filter selected")).to_be_visible()
    page.get_by_role("button", name="Add tags").click()
    page.get_by_label("Tags").fill("everybody")
    page.get_by_label("Tags").press("Enter")
    expect(page.get_by_test_id("bulk")).to_contain_text("this goes on without you")
    expect(page.get_by_text(f"{number} customers tagged everybody.")).to_be_visible(timeout=30_000)
    assert scalar(live.database_url, TAGGED, "everybody") == number
    page.keyboard.press("z")
    expect(page.get_by_text(f"{number} customers put back.")).to_be_visible(timeout=30_000)
    assert scalar(live.database_url, TAGGED, "everybody") == 0


def test_a_viewer_gets_no_buttons_and_a_forged_event_no_effect(live: Live, signed_in: SignedIn) -> None:
    page = signed_in("viewer")
    page.goto(f"{live.address}/customers")
    _select(page, 1)
    expect(page.get_by_role("button", name="Assign")).to_have_count(0)
    tab = Tab(live.address, session_of(live.address, "viewer"))
    tab.open("/customers")
    answer = tab.send(f"{CUSTOMERS}.tag_selected", {"form": {"tags": "forged", "way": "add"}})
    tab.close()
    assert "customers:write" in spoken(answer)
    assert scalar(live.database_url, TAGGED, "forged") == 0
