"""Which drafts a person looks at, and how many people."""

import pytest

from models.billing.rules.review import ReviewFacts, approvals_needed, review_reasons
from models.billing.tables import ReviewPolicy
from models.kernel.money import Money

LIMITS = {"EUR": 50_000, "*": 1_000_000}


def codes(total: int, currency: str = "USD", **facts: object) -> tuple[list[str], int]:
    """Codes of the reasons, and the approvals they need."""
    found = review_reasons(ReviewFacts(total=Money(total, currency), **facts), LIMITS)  # type: ignore[arg-type]
    return [each.code.value for each in found], approvals_needed(found)


@pytest.mark.parametrize(
    ("total", "facts", "expected", "needed"),
    [
        (10_000, {"last_minor": 10_000}, [], 0),
        (13_000, {"last_minor": 10_000}, [], 0),
        (13_001, {"last_minor": 10_000}, ["off_last"], 1),
        (6_999, {"last_minor": 10_000}, ["off_last"], 1),
        (100, {"last_minor": 0}, ["off_last"], 1),
        (0, {"last_minor": 0}, ["not_positive"], 1),
        (-1, {}, ["not_positive"], 1),
        (5, {"is_first": True, "is_edited": True, "is_tax_missing": True}, ["first_invoice", "edited", "tax_missing"], 1),
        (1_000_000, {}, [], 0),
        (1_000_001, {}, ["above_limit"], 2),
        (-1_000_001, {}, ["not_positive", "above_limit"], 2),
        (50_001, {"currency": "EUR"}, ["above_limit"], 2),
        (5, {"policy": ReviewPolicy.always}, ["always"], 1),
    ],
)  # fmt: skip
def test_reasons_riskiest_first(
    total: int, facts: dict[str, object], expected: list[str], needed: int
) -> None:
    assert codes(total, **facts) == (expected, needed)  # type: ignore[arg-type]


def test_a_reason_carries_its_figures() -> None:
    (reason,) = review_reasons(ReviewFacts(total=Money(15_000, "USD"), last_minor=10_000), LIMITS)
    assert reason.sentence == "150.00 USD is 50 % more than the last one of 100.00 USD."
    assert reason.record() == {
        "code": "off_last",
        "sentence": reason.sentence,
        "facts": {"total_minor": 15_000, "last_minor": 10_000, "currency": "USD"},
    }
