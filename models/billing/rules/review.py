"""Why a person looks at a new draft before it is issued, and how many have to agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from models.billing.tables import ReviewPolicy
from models.kernel.money import Money, round_half_up
from models.limits import limit_of

# More than this off the last invoice of a period is odd.
ODD_SHARE = Fraction(3, 10)
NOBODY, ONE_PERSON, TWO_PEOPLE = 0, 1, 2


class ReviewCode(StrEnum):
    """Kinds of reasons, riskiest first: the order of the review queue."""

    above_bounds = "above_bounds"
    reissued = "reissued"
    first_invoice = "first_invoice"
    off_last = "off_last"
    not_positive = "not_positive"
    change = "change"
    edited = "edited"
    tax_missing = "tax_missing"
    above_limit = "above_limit"
    always = "always"


# Found when the draft was made, by more than the draft itself; what becomes of its lines does not undo them.
LASTING = frozenset({ReviewCode.above_bounds, ReviewCode.reissued})


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """One reason with its sentence and the figures behind it, JSON-ready."""

    code: ReviewCode
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The reason as stored on the invoice."""
        return {"code": self.code.value, "sentence": self.sentence, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What is known of a new draft; `last_minor` is the total of the last invoice of a period, None without one."""

    total: Money
    is_first: bool = False
    last_minor: int | None = None
    is_change: bool = False
    is_edited: bool = False
    is_tax_missing: bool = False
    policy: ReviewPolicy = ReviewPolicy.by_rule


def review_reasons(facts: ReviewFacts, limits: Mapping[str, int]) -> tuple[ReviewReason, ...]:
    """Why a person must look at the draft, riskiest first; empty for a routine one."""
    total = facts.total
    amount = {"total_minor": total.minor, "currency": total.currency}
    found: list[ReviewReason] = []
    if facts.is_first:
        found.append(ReviewReason(ReviewCode.first_invoice, "The first invoice of this customer.", amount))
    if facts.last_minor is not None and _is_odd(total.minor, facts.last_minor):
        found.append(_off_last(total, facts.last_minor))
    if total.minor <= 0:
        sentence = f"The total is {total.format()}: nothing to pay."
        found.append(ReviewReason(ReviewCode.not_positive, sentence, amount))
    if facts.is_change:
        found.append(ReviewReason(ReviewCode.change, "A change within the period, settled at once.", amount))
    if facts.is_edited:
        found.append(ReviewReason(ReviewCode.edited, "A line was changed by hand."))
    if facts.is_tax_missing:
        sentence = "A tax was to be expected and no rule gives one."
        found.append(ReviewReason(ReviewCode.tax_missing, sentence))
    limit = limit_of(limits, total.currency)
    if limit is not None and abs(total.minor) > limit:
        above = Money(limit, total.currency).format()
        found.append(
            ReviewReason(
                ReviewCode.above_limit,
                f"{total.format()} is above the limit of {above}: two people approve it.",
                {**amount, "limit_minor": limit},
            )
        )
    if facts.policy is ReviewPolicy.always:
        sentence = "Every draft of this customer is looked at."
        found.append(ReviewReason(ReviewCode.always, sentence))
    return tuple(found)


def approvals_needed(reasons: Sequence[ReviewReason]) -> int:
    """How many people must approve: two above the limit, one with any reason, none for a routine draft."""
    if any(each.code is ReviewCode.above_limit for each in reasons):
        return TWO_PEOPLE
    return ONE_PERSON if reasons else NOBODY


def _is_odd(minor: int, last_minor: int) -> bool:
    return abs(minor - last_minor) > ODD_SHARE * abs(last_minor)


def _off_last(total: Money, last_minor: int) -> ReviewReason:
    last = Money(last_minor, total.currency)
    direction = "more" if total.minor > last_minor else "less"
    share = f"{_percent(total.minor, last_minor)} {direction} than" if last_minor else "unlike"
    return ReviewReason(
        ReviewCode.off_last,
        f"{total.format()} is {share} the last one of {last.format()}.",
        {"total_minor": total.minor, "last_minor": last_minor, "currency": total.currency},
    )


def _percent(minor: int, last_minor: int) -> str:
    share = round_half_up(Fraction(abs(minor - last_minor) * 100, abs(last_minor)))
    return f"{share:,} %"
