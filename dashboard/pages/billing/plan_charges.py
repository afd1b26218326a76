"""What a quantity costs at a price, step by step, as the calculator and the price form show it."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from models.billing import Charge, PlanDetail, PriceRow, amount_words
from models.kernel.money import Money, round_half_up

AGREED = "Agreed with each customer"


@dataclass(frozen=True)
class StepView:
    """One step of a computation: which units at what, and what it comes to."""

    words: str
    amount: str


@dataclass(frozen=True)
class ChargeView:
    """What a quantity costs at one price."""

    words: str
    amount: str
    each: str
    monthly: str
    steps: list[StepView] = field(default_factory=list)


def charges(found: PlanDetail, quantity: int, locale: str) -> list[ChargeView]:
    """What the quantity costs at every offered price, by the rule that bills."""
    return [_charge(price, quantity, locale) for price in found.prices if price.archived_at is None]


def steps_of(charge: Charge, currency: str, locale: str) -> list[StepView]:
    """The computation, step by step."""
    return [_step(each, currency, locale) for each in charge.steps]


def each_words(charge: Charge, quantity: int, currency: str) -> str:
    """What one unit comes to, to a hundredth of the minor unit."""
    hundredths = round_half_up(Fraction(charge.amount_minor * 100, quantity))
    return f"{amount_words(Fraction(hundredths, 100), currency)} each"


def _charge(price: PriceRow, quantity: int, locale: str) -> ChargeView:
    charge = price.charge(quantity)
    if charge is None:
        return ChargeView(price.words, AGREED, "", "")
    total = Money(charge.amount_minor, price.currency)
    monthly = price.monthly_worth(charge.amount_minor)
    return ChargeView(
        price.words,
        total.format(locale),
        each_words(charge, quantity, price.currency),
        f"{Money(monthly, price.currency).format(locale)} a month",
        steps_of(charge, price.currency, locale),
    )


def _step(step: dict[str, Any], currency: str, locale: str) -> StepView:
    first, last = step["from"], step["to"]
    units = f"{first:,}" if first == last else f"{first:,}\u2013{last:,}"
    unit, flat = Fraction(step["unit_amount"]), int(step["flat_minor"])
    parts = [f"{step['quantity']:,} × {amount_words(unit, currency)}"] if unit or not flat else []
    parts += [f"{amount_words(Fraction(flat), currency)} once"] if flat else []
    amount = Fraction(step["amount"])
    is_whole = amount.denominator == 1
    total = Money(int(amount), currency).format(locale) if is_whole else amount_words(amount, currency)
    return StepView(f"{units}: {' + '.join(parts)}", total)
