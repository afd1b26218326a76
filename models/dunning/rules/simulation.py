"""What a campaign would do to real debtors, and what it may bring back; nothing is sent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from models.dunning.rules.campaign import NO_DECLINE, Action, CampaignPlan
from models.dunning.rules.next_step import Next, Stand, outlook
from models.dunning.rules.times import zone_of
from models.kernel.money import Money

# Fewer than this say nothing: the range would span half of everything.
FEWEST = 30
# 1.645 standard deviations: nine in ten such ranges hold the true rate.
Z = Decimal("1.645")


@dataclass(frozen=True, slots=True)
class Debtor:
    """A case as it begins: `begins_at` is when the simulation looks at it first."""

    id: UUID
    number: str
    customer: str
    stand: Stand
    begins_at: datetime


@dataclass(frozen=True, slots=True)
class Simulated:
    """What one case would go through; the end is the last of `steps`."""

    debtor: Debtor
    steps: tuple[Next, ...]

    @property
    def charges(self) -> int:
        """How often it would be charged."""
        return sum(each.action == Action.charge for each in self.steps)

    @property
    def messages(self) -> int:
        """How many mails the customer would get."""
        return sum(each.action == Action.mail for each in self.steps)

    @property
    def ends_at(self) -> datetime:
        """When the campaign would be through."""
        return self.steps[-1].at


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of `n` went well."""

    n: int
    good: int

    def bounds(self) -> tuple[Decimal, Decimal] | None:
        """The range of the rate by Wilson's score at 90 %; None where there are too few."""
        if self.n < FEWEST:
            return None
        n, p = Decimal(self.n), Decimal(self.good) / Decimal(self.n)
        middle = p + Z * Z / (2 * n)
        spread = Z * ((p * (1 - p) + Z * Z / (4 * n)) / n).sqrt()
        whole = 1 + Z * Z / n
        return max(Decimal(0), (middle - spread) / whole), min(Decimal(1), (middle + spread) / whole)


@dataclass(frozen=True, slots=True)
class Expected:
    """What may come back in one currency, from and to; `basis` says from how many tries, or that they are too few."""

    currency: str
    at_risk: Money
    low: Money | None
    high: Money | None
    basis: str


def simulate(plan: CampaignPlan, debtors: Iterable[Debtor]) -> list[Simulated]:
    """Each debtor through the campaign, as if every charge failed as the last one did."""
    return [Simulated(each, tuple(outlook(each.stand, plan, each.begins_at))) for each in debtors]


def count_by_day(found: Sequence[Simulated]) -> dict[date, Counter[str]]:
    """How often each action falls on each day, by the customers' own calendars."""
    days: dict[date, Counter[str]] = {}
    for each in found:
        zone = zone_of(each.debtor.stand.zone)
        for step in each.steps:
            days.setdefault(step.at.astimezone(zone).date(), Counter())[step.action] += 1
    return dict(sorted(days.items()))


def expect(found: Sequence[Simulated], rates: Mapping[str, Rate]) -> list[Expected]:
    """What may come back, a currency each, largest first.

    `rates` by class of the last decline: of its charges, how many went through; for `none`, of such cases how many
    were paid. A case with k charges at a rate p comes back with 1 − (1 − p)^k; one without charges is not counted in,
    but for `none`.
    """
    return sorted(
        (
            _expect_currency(code, [each for each in found if each.debtor.stand.currency == code], rates)
            for code in {each.debtor.stand.currency for each in found}
        ),
        key=lambda each: -each.at_risk.minor,
    )


def _expect_currency(code: str, found: Sequence[Simulated], rates: Mapping[str, Rate]) -> Expected:
    low = high = Decimal(0)
    counted = 0
    used: set[str] = set()
    for each in found:
        chance = _chance(each, rates)
        if chance is None:
            continue
        counted += 1
        used.add(each.debtor.stand.failure_class or NO_DECLINE)
        amount = Decimal(each.debtor.stand.amount_minor)
        low, high = low + amount * chance[0], high + amount * chance[1]
    at_risk = Money(sum(each.debtor.stand.amount_minor for each in found), code)
    if not counted:
        return Expected(
            code, at_risk, None, None, f"Too few cases: at least {FEWEST} of a class must have been tried."
        )
    n = sum(rates[key].n for key in used)
    words = ", ".join(sorted(key.replace("_", " ") for key in used))
    left = len(found) - counted
    missing = f"; {left} cases of classes with too few are left out" if left else ""
    basis = f"By class ({words}), n = {n:,}, 90 % range{missing}."
    return Expected(code, at_risk, Money(int(low), code), Money(int(high), code), basis)


def _chance(each: Simulated, rates: Mapping[str, Rate]) -> tuple[Decimal, Decimal] | None:
    key = each.debtor.stand.failure_class or NO_DECLINE
    bounds = rates[key].bounds() if key in rates else None
    if bounds is None:
        return None
    if key == NO_DECLINE:
        return bounds
    return tuple(1 - (1 - bound) ** each.charges for bound in bounds)  # type: ignore[return-value]
