from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dunning import Action, CampaignStep, Condition, DeclineClass, Next
from models.dunning.rules.next_step import Stand, next_step, outlook, why_not
from tests.factories.dunning import DAY, ROUTES, SHORT

BEGIN = datetime(2026, 3, 17, 12, tzinfo=UTC)
STAND = Stand("running", BEGIN, 0, 0, 10_000, "USD", date(2026, 3, 10), plan="growth", segments=("vip",))


def test_steps_come_on_their_days_then_the_end() -> None:
    found = outlook(STAND, SHORT, BEGIN)
    assert [(each.action, (each.at - BEGIN).days) for each in found] == [
        ("mail", 0),
        ("charge", 2),
        ("charge", 4),
        ("task", 6),
        ("end", 10),
    ]
    assert found[1].why == "Step 2 of 4: charge again on day 2."


def test_a_step_waits_for_its_hours_and_says_so() -> None:
    step = CampaignStep(Action.charge, 5, from_hour=8, until_hour=10)
    plan = replace(SHORT, steps=(step,))
    found = next_step(replace(STAND, zone="Europe/Berlin"), plan, BEGIN)
    assert found.at == datetime(2026, 3, 18, 7, tzinfo=UTC)
    assert "8:00 to 10:00 in Europe/Berlin" in found.why


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"tries_used": 2}, "All 2 tries are used."),
        ({"has_method": False}, "There is no payment method to charge."),
        ({"failure_class": DeclineClass.new_method}, "a charge would be refused"),
        ({"failure_class": DeclineClass.stop}, "must not be tried again"),
    ],
)
def test_charges_that_would_be_in_vain_are_skipped(facts: dict[str, object], why: str) -> None:
    found = next_step(replace(STAND, position=1, **facts), SHORT, BEGIN)  # type: ignore[arg-type]
    assert (found.action, [skip.position for skip in found.skips]) == ("task", [1, 2])
    assert all(why in skip.why for skip in found.skips)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("USD", min_minor=10_000), True),
        (Condition("USD", min_minor=10_001), False),
        (Condition("USD", max_minor=9_999), False),
        (Condition("EUR"), False),
        (Condition(min_age_days=7), True),
        (Condition(min_age_days=8), False),
        (Condition(plans=("growth",)), True),
        (Condition(plans=("scale",)), False),
        (Condition(segments=("vip", "new")), True),
        (Condition(segments=("new",)), False),
        (Condition(classes=("none",)), True),
        (Condition(classes=("try_later",)), False),
    ],
)
def test_all_of_a_condition_must_hold(condition: Condition, holds: bool) -> None:  # noqa: FBT001
    assert (why_not(condition, STAND, BEGIN) == "") is holds


@given(
    st.integers(0, 5),
    st.integers(0, 3),
    st.sampled_from(["", *DeclineClass]),
    st.sampled_from([None, True, False]),
    st.integers(-500, 500),
)
def test_the_future_is_in_order_ends_and_never_passes_the_budget(
    position: int,
    tries: int,
    decline: str,
    has_method: bool | None,  # noqa: FBT001 -- hypothesis gives what a case knows
    hours: int,
) -> None:
    now = BEGIN + timedelta(hours=hours)
    stand = replace(
        STAND, position=position, tries_used=min(tries, 2), failure_class=decline, has_method=has_method
    )
    found = outlook(stand, SHORT, now)
    assert found[-1].action == "end"
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(each.at >= now for each in found)
    positions = [each.position for each in found]
    assert positions == sorted(set(positions))
    charges = sum(each.action == Action.charge for each in found)
    assert charges + stand.tries_used <= SHORT.budget
    if decline in ROUTES and decline != DeclineClass.try_later:
        assert charges == 0


def test_what_is_due_already_is_due_now() -> None:
    late = BEGIN + timedelta(days=3)
    assert next_step(replace(STAND, position=1), SHORT, late) == Next(
        1, Action.charge, late, next_step(replace(STAND, position=1), SHORT, late).why
    )
    assert DAY == 24
