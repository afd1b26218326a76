from itertools import permutations
from uuid import UUID

from models.dunning import Assignment, TargetKind
from models.dunning.rules.choice import Debt, choose_campaign

TENANT = UUID(int=7)
DEBT = Debt(TENANT, "USD", 50_000, "growth", ("vip", "new"))
IDS = [UUID(int=number) for number in range(1, 9)]
DEFAULT = Assignment(IDS[0], TargetKind.default)
SEGMENT = Assignment(IDS[1], TargetKind.segment, "vip")
PLAN = Assignment(IDS[2], TargetKind.plan, "growth")
CUSTOMER = Assignment(IDS[3], TargetKind.customer, str(TENANT))


def chosen(*assignments: Assignment, debt: Debt = DEBT) -> UUID | None:
    found = {
        result[0].campaign_id if (result := choose_campaign(order, debt)) else None
        for order in permutations(assignments)
    }
    assert len(found) == 1, "the order of the rows must not decide"
    return found.pop()


def test_customer_before_plan_before_segment_before_default() -> None:
    assert chosen(DEFAULT, SEGMENT, PLAN, CUSTOMER) == CUSTOMER.campaign_id
    assert chosen(DEFAULT, SEGMENT, PLAN) == PLAN.campaign_id
    assert chosen(DEFAULT, SEGMENT) == SEGMENT.campaign_id
    assert chosen(DEFAULT) == DEFAULT.campaign_id
    assert chosen() is None


def test_a_threshold_holds_in_its_currency_and_the_higher_one_comes_first() -> None:
    large = Assignment(IDS[4], TargetKind.default, "", "USD", 40_000)
    larger = Assignment(IDS[5], TargetKind.default, "", "USD", 60_000)
    euros = Assignment(IDS[6], TargetKind.default, "", "EUR", 1)
    assert chosen(DEFAULT, large, larger, euros) == large.campaign_id
    small = Debt(TENANT, "USD", 100)
    assert chosen(DEFAULT, large, larger, euros, debt=small) == DEFAULT.campaign_id
    # The more special target wins over a threshold.
    assert chosen(large, SEGMENT) == SEGMENT.campaign_id


def test_what_names_others_does_not_hold() -> None:
    stranger = Assignment(IDS[6], TargetKind.customer, str(UUID(int=8)))
    other_plan = Assignment(IDS[7], TargetKind.plan, "scale")
    assert chosen(stranger, other_plan) is None
    nobody = Debt(TENANT, "USD", 1)
    assert chosen(Assignment(IDS[7], TargetKind.plan, ""), debt=nobody) is None
