"""A simulation in words: what is expected, by day, by case."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dashboard.pages.dunning.designer_words import next_words
from models.dunning import ACTION_WORDS, Expected, Simulated, Simulation, count_by_day
from models.kernel.actor import Actor
from models.kernel.listing import show_date
from models.kernel.money import Money

SHOWN_CASES = 100
SHOWN_DAYS = 60
COUNTED = ("mail", "charge", "task", "suspend", "end")


@dataclass(frozen=True)
class ExpectedView:
    """What may come back in one currency."""

    at_risk: str
    expected: str
    basis: str


@dataclass(frozen=True)
class ResultView:
    """One version's sums."""

    name: str
    cases: str
    mails: str
    charges: str
    ends: str
    expected: list[ExpectedView] = field(default_factory=list)


@dataclass(frozen=True)
class DayView:
    """How often each thing happens on a day, by version: `3` or, for two, `3 | 5`."""

    day: str
    counts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SimulatedView:
    """One case: what comes first, and how it would go, by version."""

    number: str
    customer: str
    owed: str
    next: str
    tries: str
    mails: str
    end: str
    differs: bool


def results(answer: Simulation, names: Sequence[str], reader: Actor) -> list[ResultView]:
    """The sums of each version."""
    return [
        ResultView(
            name,
            f"{len(found):,}{' (the first, there are more)' if answer.is_capped else ''}",
            f"{sum(each.messages for each in found):,}",
            f"{sum(each.charges for each in found):,}",
            _last_end(found, reader),
            [_expected(each, reader) for each in expected],
        )
        for name, found, expected in zip(names, answer.results, answer.expected, strict=True)
    ]


def _last_end(found: Sequence[Simulated], reader: Actor) -> str:
    if not found:
        return "\u2014"
    return show_date(max(each.ends_at for each in found).date(), reader.locale)


def _expected(found: Expected, reader: Actor) -> ExpectedView:
    if found.low is None or found.high is None:
        return ExpectedView(found.at_risk.format(reader.locale), "Too few cases", found.basis)
    low, high = found.low.format(reader.locale), found.high.format(reader.locale)
    return ExpectedView(found.at_risk.format(reader.locale), f"{low} \u2013 {high}", found.basis)


def days(answer: Simulation, reader: Actor) -> list[DayView]:
    """A calendar: each day with what falls on it."""
    counted = [count_by_day(found) for found in answer.results]
    every = sorted({day for each in counted for day in each})[:SHOWN_DAYS]
    return [DayView(show_date(day, reader.locale), _counts(counted, day)) for day in every]


def _counts(counted: Sequence[dict[date, Counter[str]]], day: date) -> list[str]:
    cells = []
    for action in COUNTED:
        numbers = [each.get(day, Counter())[action] for each in counted]
        cells.append(" | ".join(f"{number:,}" for number in numbers) if any(numbers) else "\u2014")
    return cells


def cases(answer: Simulation, reader: Actor) -> tuple[list[SimulatedView], str]:
    """The cases, those that the versions treat differently first; and how many are not shown."""
    rows = [_case(versions, reader) for versions in zip(*answer.results, strict=True)]
    rows.sort(key=lambda row: not row.differs)
    hidden = len(rows) - SHOWN_CASES
    return rows[:SHOWN_CASES], f"and {hidden:,} more cases" if hidden > 0 else ""


def _case(versions: Sequence[Simulated], reader: Actor) -> SimulatedView:
    debtor = versions[0].debtor
    stand = debtor.stand
    paths = [[(step.action, step.at) for step in each.steps] for each in versions]
    return SimulatedView(
        number=debtor.number,
        customer=debtor.customer,
        owed=Money(stand.amount_minor, stand.currency).format(reader.locale),
        next=" | ".join(
            next_words(each.steps[0].action, each.steps[0].at.isoformat(), reader) for each in versions
        ),
        tries=" | ".join(str(each.charges) for each in versions),
        mails=" | ".join(str(each.messages) for each in versions),
        end=" | ".join(show_date(each.ends_at.date(), reader.locale) for each in versions),
        differs=any(path != paths[0] for path in paths),
    )


HEADS = ["Day", *[ACTION_WORDS[each] for each in COUNTED]]
