"""What a price says: its model, amounts and tiers, as records and columns, and what it may not say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from models.billing.rules.invoice_status import Refusal
from models.billing.tables import PriceModel
from models.kernel.errors import Invalid

MAX_QUANTITY = 1_000_000
# With the largest quantity an amount of 10^18 still fits a BIGINT.
MAX_AMOUNT_MINOR = 10**12
MAX_TIERS = 100
# Decimals of a tier's unit amount, counted in minor units.
MAX_DECIMALS = 12
TIERED = frozenset({PriceModel.graduated, PriceModel.volume})
_AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,30}|/\d{1,30})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tier:
    """The units up to and including `up_to` (None: all further ones); `unit_amount` in minor units, maybe part of one."""

    up_to: int | None
    unit_amount: Fraction
    flat_minor: int = 0


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What a price says: `unit_amount_minor` is for one unit, one package, or, where flat, for the period."""

    model: PriceModel
    unit_amount_minor: int = 0
    package_size: int = 1
    tiers: tuple[Tier, ...] = ()


def ensure_quantity(quantity: int) -> None:
    """Refuse a quantity outside 1 to 1,000,000 (Invalid `quantity.out_of_range`)."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid(
            "quantity.out_of_range",
            f"A quantity of {quantity:,} cannot be billed. Choose 1 to {MAX_QUANTITY:,}.",
            field="quantity",
        )


def ensure_terms(terms: PriceTerms) -> None:
    """Refuse terms that charge some quantity twice, not at all or in reverse (Invalid `price_terms.…`).

    `field` is the column at fault; where it is `tiers`, the error's data hold the number of the `tier` from 1.
    """
    _ensure_amount(terms.unit_amount_minor, "unit_amount_minor")
    is_tiered = terms.model in TIERED
    if terms.package_size != 1 and terms.model is not PriceModel.package:
        raise Invalid(
            "price_terms.package_size_unused",
            f"A {terms.model} price has no packages. Set the package size to 1, or choose the model package.",
            field="package_size",
        )
    if not 1 <= terms.package_size <= MAX_QUANTITY:
        raise Invalid(
            "price_terms.package_size_out_of_range",
            f"A package of {terms.package_size:,} units cannot be sold. Choose 1 to {MAX_QUANTITY:,}.",
            field="package_size",
        )
    if terms.tiers and not is_tiered:
        raise Invalid(
            "price_terms.tiers_unused",
            f"A {terms.model} price has no tiers. Remove them, or choose the model graduated or volume.",
            field="tiers",
        )
    if is_tiered and terms.unit_amount_minor:
        raise Invalid(
            "price_terms.amount_beside_tiers",
            f"A {terms.model} price takes its amounts from its tiers. Leave the unit amount empty.",
            field="unit_amount_minor",
        )
    if is_tiered:
        _ensure_tiers(terms.tiers)


def _ensure_tiers(tiers: Sequence[Tier]) -> None:
    if not 1 <= len(tiers) <= MAX_TIERS:
        raise Invalid(
            "price_terms.tiers_missing" if not tiers else "price_terms.too_many_tiers",
            f"A price in tiers has 1 to {MAX_TIERS} of them, not {len(tiers)}. Add or remove some.",
            field="tiers",
        )
    below = 0
    for number, tier in enumerate(tiers, start=1):
        _ensure_amount(tier.unit_amount, "tiers", number)
        _ensure_amount(tier.flat_minor, "tiers", number)
        fault = _why_not_tier(tier, number, below, is_last=number == len(tiers))
        if fault is not None:
            raise Invalid(fault.code, fault.sentence, field="tiers", tier=number)
        below = tier.up_to or below


def _why_not_tier(tier: Tier, number: int, below: int, *, is_last: bool) -> Refusal | None:
    """What is wrong with where a tier ends; `below` is the last unit of the one before it."""
    if tier.up_to is None:
        return (
            None
            if is_last
            else Refusal(
                "price_terms.tier_open_too_early",
                f"Tier {number} has no end, so the tiers after it are never reached. Give it an end or move it last.",
            )
        )
    if tier.up_to > MAX_QUANTITY:
        return Refusal(
            "price_terms.tier_beyond_quantities",
            f"Tier {number} ends at {tier.up_to:,}, but quantities end at {MAX_QUANTITY:,}. Leave its end open.",
        )
    if tier.up_to == below:
        return Refusal(
            "price_terms.tiers_overlap",
            f"Tier {number} ends at {below:,} like the one before it. Give each tier an end of its own, of at least 1.",
        )
    if tier.up_to < below:
        return Refusal(
            "price_terms.tiers_unsorted",
            f"Tier {number} ends at {tier.up_to:,}, below the one before it. Put the tiers in order of their ends.",
        )
    if is_last:
        return Refusal(
            "price_terms.last_tier_closed",
            f"Units above {tier.up_to:,} have no amount. Leave the end of the last tier open.",
        )
    return None


def _ensure_amount(amount: int | Fraction, field: str, tier: int | None = None) -> None:
    where = f"Tier {tier}" if tier else "The price"
    data = {"tier": tier} if tier else {}
    if amount < 0:
        raise Invalid(
            "price_terms.negative_amount",
            f"{where} has an amount below 0. Give 0 or more; a coupon or a credit note lowers what is due.",
            field=field,
            **data,
        )
    if amount > MAX_AMOUNT_MINOR:
        raise Invalid(
            "price_terms.amount_too_large",
            f"{where} has an amount above {MAX_AMOUNT_MINOR:,} minor units. Check the decimals.",
            field=field,
            **data,
        )
    if 10**MAX_DECIMALS % amount.denominator:
        raise Invalid(
            "price_terms.amount_too_precise",
            f"{where} has an amount with more than {MAX_DECIMALS} decimals of the minor unit. Round it.",
            field=field,
            **data,
        )


def terms_record(terms: PriceTerms) -> dict[str, Any]:
    """The terms as JSON, exact: `read_terms` gives back the same ones."""
    return {
        "model": terms.model.value,
        "unit_amount_minor": terms.unit_amount_minor,
        "package_size": terms.package_size,
        "tiers": [
            {
                "up_to": tier.up_to,
                "unit_amount": amount_text(tier.unit_amount),
                "flat_minor": tier.flat_minor,
            }
            for tier in terms.tiers
        ],
    }


def read_terms(record: Mapping[str, Any]) -> PriceTerms:
    """The terms that `terms_record` wrote down; Invalid (`price_terms.unreadable`) for anything else."""
    try:
        columns = record["model"], record["unit_amount_minor"], record["package_size"], record["tiers"]
    except KeyError as missing:
        raise _unreadable() from missing
    return terms_of(*columns)


def terms_of(
    price_model: str, unit_amount_minor: int | None, package_size: int, tiers: Sequence[Mapping[str, Any]]
) -> PriceTerms:
    """The terms in a price's columns; no unit amount reads as 0, Invalid (`price_terms.unreadable`) where not terms.

    Says nothing of whether the terms make sense: `ensure_terms` does.
    """
    try:
        return PriceTerms(
            PriceModel(price_model),
            unit_amount_minor or 0,
            package_size,
            tuple(_read_tier(tier) for tier in tiers) if tiers else (),
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as fault:
        raise _unreadable() from fault


def _read_tier(tier: Mapping[str, Any]) -> Tier:
    up_to, unit_amount, flat_minor = tier["up_to"], str(tier["unit_amount"]), tier.get("flat_minor", 0)
    # A Fraction would also read exponents, and spend hours on `1e999999999`.
    if (
        type(up_to) not in {int, type(None)}
        or type(flat_minor) is not int
        or not _AMOUNT.fullmatch(unit_amount)
    ):
        raise _unreadable()
    return Tier(up_to, Fraction(unit_amount), flat_minor)


def _unreadable() -> Invalid:
    return Invalid(
        "price_terms.unreadable",
        "These are no price terms. Give a model, a unit amount, a package size and tiers with `up_to` and `unit_amount`.",
        field="tiers",
    )


def amount_text(amount: int | Fraction) -> str:
    """An exact amount as text: `500`, `0.125`, and `1/3` where no decimals end it."""
    if amount.denominator == 1:
        return str(amount.numerator)
    for digits in range(1, MAX_DECIMALS + 1):
        whole, rest = divmod(abs(amount.numerator) * 10**digits, amount.denominator)
        if not rest:
            major, decimals = divmod(whole, 10**digits)
            return f"{'-' if amount < 0 else ''}{major}.{decimals:0{digits}d}"
    return str(amount)
