"""How a quantity becomes an amount: the five price models, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from models.billing.rules.price_terms import (
    PriceTerms,
    Tier,
    amount_text,
    ensure_quantity,
    ensure_terms,
    read_terms,
    terms_of,
    terms_record,
)
from models.billing.tables import Interval, PriceModel
from models.kernel.money import round_half_up, round_quotient_half_up

__all__ = [
    "Charge",
    "PriceTerms",
    "Tier",
    "compute_charge",
    "ensure_quantity",
    "ensure_terms",
    "monthly_worth",
    "read_terms",
    "terms_of",
    "terms_record",
]

# Months in a period: a year has 365 days and 52 weeks.
_MONTHS: Mapping[Interval, tuple[int, int]] = {
    Interval.day: (365, 12),
    Interval.week: (52, 12),
    Interval.month: (1, 1),
    Interval.quarter: (1, 3),
    Interval.year: (1, 12),
}


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount for a full period, and the steps to it.

    A step is JSON-ready. Its exact `amount` is `quantity` * `unit_amount` + `flat_minor`, in minor units; the units
    `from` to `to` fall under it. Only a package's `quantity` counts something else: packages.
    """

    amount_minor: int
    steps: tuple[dict[str, Any], ...]


def compute_charge(terms: PriceTerms, quantity: int) -> Charge:
    """The amount of a quantity under terms that `ensure_terms` and `ensure_quantity` let through.

    Rounded once, at the end, by `half_up`.

    >>> terms = PriceTerms(PriceModel.graduated, tiers=(Tier(10, Fraction(500)), Tier(None, Fraction(801, 2))))
    >>> [compute_charge(terms, quantity).amount_minor for quantity in (10, 11, 12)]
    [5000, 5401, 5801]
    """
    match terms.model:
        case PriceModel.per_unit:
            amount = quantity * terms.unit_amount_minor
            return Charge(amount, (_whole_step(quantity, quantity, terms.unit_amount_minor, 0, amount),))
        case PriceModel.flat:
            amount = terms.unit_amount_minor
            return Charge(amount, (_whole_step(quantity, quantity, 0, amount, amount),))
        case PriceModel.package:
            packages = -(-quantity // terms.package_size)
            amount = packages * terms.unit_amount_minor
            step = _whole_step(quantity, packages, terms.unit_amount_minor, 0, amount)
            return Charge(amount, (step | {"package_size": terms.package_size},))
        case PriceModel.graduated:
            return _graduated(terms.tiers, quantity)
        case PriceModel.volume:
            return _volume(terms.tiers, quantity)


def _whole_step(units: int, quantity: int, unit_minor: int, flat_minor: int, amount: int) -> dict[str, Any]:
    return {
        "tier": 1,
        "from": 1,
        "to": units,
        "quantity": quantity,
        "unit_amount": str(unit_minor),
        "flat_minor": flat_minor,
        "amount": str(amount),
    }


def _tier_step(number: int, tier: Tier, first: int, last: int) -> tuple[int | Fraction, dict[str, Any]]:
    unit, by = tier.unit_amount.numerator, tier.unit_amount.denominator
    amount: int | Fraction = (last - first + 1) * unit + tier.flat_minor * by
    if by != 1:
        amount = Fraction(amount, by)
    return amount, {
        "tier": number,
        "from": first,
        "to": last,
        "quantity": last - first + 1,
        "unit_amount": amount_text(tier.unit_amount),
        "flat_minor": tier.flat_minor,
        "amount": amount_text(amount),
    }


def _graduated(tiers: Sequence[Tier], quantity: int) -> Charge:
    """Each tier's own units at its own amount; a tier that is reached adds its flat amount."""
    total: int | Fraction = 0
    steps, below = [], 0
    for number, tier in enumerate(tiers, start=1):
        if below >= quantity:
            break
        last = quantity if tier.up_to is None else min(tier.up_to, quantity)
        amount, step = _tier_step(number, tier, below + 1, last)
        total += amount
        steps.append(step)
        below = last
    return Charge(round_half_up(total), tuple(steps))


def _volume(tiers: Sequence[Tier], quantity: int) -> Charge:
    """All units at the amount of the tier the quantity falls in."""
    for number, tier in enumerate(tiers, start=1):
        if tier.up_to is None or quantity <= tier.up_to:
            amount, step = _tier_step(number, tier, 1, quantity)
            return Charge(round_half_up(amount), (step,))
    return Charge(0, ())


def monthly_worth(amount_minor: int, interval: Interval, interval_count: int) -> int:
    """What an amount per period is worth a month (MRR), `half_up`: days by 365/12, weeks by 52/12.

    >>> monthly_worth(60_000, Interval.year, 1), monthly_worth(2_000, Interval.week, 2)
    (5000, 4333)
    """
    times, by = _MONTHS[interval]
    return round_quotient_half_up(amount_minor * times, by * interval_count)
