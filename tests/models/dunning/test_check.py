from dataclasses import replace

import pytest

from models.dunning import (
    STANDARD,
    TEMPLATES,
    Action,
    CampaignEnd,
    CampaignPlan,
    CampaignStep,
    Condition,
    DeclineClass,
    Route,
    RouteKind,
    find_problems,
    from_record,
    to_record,
)
from tests.factories.dunning import DAY, ROUTES, SHORT

MAIL = CampaignStep(Action.mail, 0, "payment_reminder")
CHARGE = CampaignStep(Action.charge, 0)


def codes(plan: CampaignPlan) -> list[tuple[str, int | None]]:
    return [(each.code, each.step) for each in find_problems(plan, TEMPLATES)]


def with_steps(*steps: CampaignStep, **facts: object) -> CampaignPlan:
    return replace(SHORT, steps=steps, **facts)  # type: ignore[arg-type]


def test_what_we_ship_has_no_problem_and_survives_storing() -> None:
    for plan in (STANDARD, SHORT):
        assert codes(plan) == []
        assert from_record(to_record(plan)) == plan


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (with_steps(), ("campaign.empty", None)),
        (with_steps(MAIL, replace(CHARGE, offset_hours=11 * DAY)), ("step.after_end", 1)),
        (with_steps(replace(MAIL, offset_hours=DAY), CHARGE), ("step.out_of_order", 1)),
        (with_steps(replace(MAIL, template=""), CHARGE), ("step.template_missing", 0)),
        (with_steps(replace(MAIL, template="gone"), CHARGE), ("step.template_unknown", 0)),
        (with_steps(MAIL, replace(CHARGE, from_hour=10, until_hour=10)), ("step.no_hours", 1)),
        (
            with_steps(MAIL, replace(CHARGE, condition=Condition(min_minor=100))),
            ("step.amount_without_currency", 1),
        ),
        (
            with_steps(MAIL, replace(CHARGE, condition=Condition("USD", min_minor=200, max_minor=100))),
            ("step.amount_empty", 1),
        ),
        (with_steps(MAIL, replace(CHARGE, condition=Condition(classes=("odd",)))), ("step.class_unknown", 1)),
        (
            with_steps(MAIL, CHARGE, CampaignStep(Action.write_off, 2), CampaignStep(Action.task, 3)),
            ("step.after_write_off", 2),
        ),
        (with_steps(MAIL), ("route.no_charge", None)),
        (with_steps(CHARGE), ("route.no_mail", None)),
        (replace(SHORT, routes={}), ("route.missing", None)),
        (
            replace(SHORT, routes={**ROUTES, DeclineClass.stop: Route(RouteKind.retry)}),
            ("route.stop_retried", None),
        ),
        (
            replace(SHORT, routes={**ROUTES, DeclineClass.stop: Route(RouteKind.jump, 9)}),
            ("route.no_step", None),
        ),
        (replace(SHORT, budget=16), ("campaign.budget_out_of_range", None)),
        (replace(SHORT, end=CampaignEnd(0)), ("campaign.end_out_of_range", None)),
        (with_steps(MAIL, CHARGE, *[replace(CHARGE, offset_hours=1)] * 30), ("campaign.too_long", None)),
    ],
)
def test_each_mistake_is_named(plan: CampaignPlan, expected: tuple[str, int | None]) -> None:
    assert expected in codes(plan)


def test_more_than_three_messages_in_a_week_counts_what_one_customer_gets() -> None:
    four = tuple(replace(MAIL, offset_hours=hours) for hours in (0, DAY, 2 * DAY, 6 * DAY))
    assert ("step.too_many_messages", 3) in codes(with_steps(*four, CHARGE))
    later = (*four[:3], replace(MAIL, offset_hours=7 * DAY))
    assert codes(with_steps(*later, replace(CHARGE, offset_hours=7 * DAY))) == []
    # Nobody gets both: each is for another class.
    apart = (*four[:2], *(replace(four[2], condition=Condition(classes=(each,))) for each in DeclineClass))
    assert codes(with_steps(*apart, replace(CHARGE, offset_hours=7 * DAY))) == []


def test_tries_that_run_out_are_a_warning() -> None:
    found = find_problems(replace(SHORT, budget=1), TEMPLATES)
    assert [(each.code, each.is_warning) for each in found] == [("campaign.budget_short", True)]
