"""A price as a person types it, and as the words of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from models.billing.rules.price_terms import MAX_QUANTITY, TIERED, PriceTerms, Tier, amount_text, ensure_terms
from models.billing.rules.reading import read_currency, read_whole
from models.billing.tables import Interval, PriceModel, TaxBehavior
from models.kernel.errors import Invalid
from models.kernel.money import Money, exponent, read_decimal

MAX_INTERVALS = 365
SHORT = {
    Interval.day: "day",
    Interval.week: "wk",
    Interval.month: "mo",
    Interval.quarter: "qtr",
    Interval.year: "yr",
}
_ORDER = {Interval.month: 0, Interval.year: 1, Interval.quarter: 2, Interval.week: 3, Interval.day: 4}


@dataclass(frozen=True, slots=True)
class TierDraft:
    """A tier as typed: its last unit (empty for all the rest), amounts in the major unit."""

    up_to: str = ""
    unit_amount: str = ""
    flat_amount: str = ""


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price as typed: amounts are text in the major unit of the currency."""

    currency: str
    interval: str = Interval.month
    interval_count: str = "1"
    model: str = PriceModel.per_unit
    unit_amount: str = ""
    package_size: str = "1"
    tiers: tuple[TierDraft, ...] = ()
    tax_behavior: str = TaxBehavior.exclusive


@dataclass(frozen=True, slots=True)
class Offer:
    """A price as read: when it recurs and how a quantity becomes an amount."""

    currency: str
    interval: Interval
    interval_count: int
    tax_behavior: TaxBehavior
    terms: PriceTerms


@dataclass(frozen=True, slots=True)
class PriceFact:
    """What the words of a price are made of; no amount means agreed with each customer."""

    currency: str
    interval: str
    interval_count: int
    model: str
    unit_amount_minor: int | None
    package_size: int
    first_tier_unit: str = ""


def read_draft(draft: PriceDraft) -> Offer:
    """What was typed, checked; refused with the field and an example where it breaks a rule."""
    if draft.interval not in set(Interval):
        raise Invalid("price.unknown_interval", "Choose how often the price is billed.", field="interval")
    if draft.tax_behavior not in set(TaxBehavior):
        raise Invalid(
            "price.unknown_tax_behavior",
            "Choose whether tax is contained in the price.",
            field="tax_behavior",
        )
    currency = read_currency(draft.currency)
    return Offer(
        currency,
        Interval(draft.interval),
        read_whole(draft.interval_count, field="interval_count", least=1, most=MAX_INTERVALS),
        TaxBehavior(draft.tax_behavior),
        read_draft_terms(draft, currency),
    )


def read_draft_terms(draft: PriceDraft, currency: str) -> PriceTerms:
    """How a quantity becomes an amount, checked by `ensure_terms`."""
    if draft.model not in set(PriceModel):
        raise Invalid("price.unknown_model", "Choose how a quantity becomes an amount.", field="model")
    model = PriceModel(draft.model)
    if model in TIERED:
        terms = PriceTerms(model, tiers=tuple(_tier(each, currency) for each in draft.tiers))
    else:
        size = draft.package_size if model is PriceModel.package else "1"
        terms = PriceTerms(
            model,
            Money.parse(draft.unit_amount, currency).minor,
            read_whole(size, field="package_size", least=1, most=MAX_QUANTITY),
        )
    ensure_terms(terms)
    return terms


def read_quantity(text: str) -> int:
    """A quantity as typed: a whole number from 1 to 1,000,000."""
    return read_whole(text, field="quantity", least=1, most=MAX_QUANTITY)


def price_words(price: PriceFact) -> str:
    """One price as lists say it: `29 EUR/mo`, `from 5 EUR/mo`, `9.50 EUR per 100/mo`, `agreed, USD/mo`."""
    every = SHORT[Interval(price.interval)]
    every = every if price.interval_count == 1 else f"{price.interval_count} {every}"
    if price.model in TIERED:
        return f"from {amount_words(Fraction(price.first_tier_unit or '0'), price.currency)}/{every}"
    if price.unit_amount_minor is None:
        return f"agreed, {price.currency}/{every}"
    amount = amount_words(Fraction(price.unit_amount_minor), price.currency)
    size = f" per {price.package_size:,}" if price.model == PriceModel.package else ""
    return f"{amount}{size}/{every}"


def prices_words(prices: Sequence[PriceFact], shown: int = 2) -> str:
    """The first prices and how many more there are: `29 EUR/mo, 290 EUR/yr +3`."""
    ordered = sorted(prices, key=lambda each: (_ORDER[Interval(each.interval)], each.interval_count))
    # One of each rhythm first, so that two currencies of the month do not hide the year.
    rhythms = {(each.interval, each.interval_count): each for each in reversed(ordered)}
    first = [each for each in ordered if rhythms[each.interval, each.interval_count] is each][:shown]
    rest = len(prices) - len(first)
    return ", ".join(price_words(each) for each in first) + (f" +{rest}" if rest else "")


def amount_words(minor: Fraction, currency: str) -> str:
    """An amount without needless zeros; tiers may have more decimals than the currency."""
    text = f"{Decimal(amount_text(minor)).scaleb(-exponent(currency)):,f}"
    if "." in text:
        whole, _, part = text.partition(".")
        part = part.rstrip("0")
        text = f"{whole}.{part.ljust(exponent(currency), '0')}" if part else whole
    return f"{text} {currency}"


def _tier(draft: TierDraft, currency: str) -> Tier:
    unit = read_decimal(draft.unit_amount) if draft.unit_amount.strip() else Decimal(0)
    if unit is None:
        raise Invalid(
            "price.tier_unreadable",
            f"“{draft.unit_amount[:20]}” is not an amount. Write it like 4.50.",
            field="tiers",
        )
    return Tier(
        read_whole(draft.up_to, field="tiers", least=1, most=MAX_QUANTITY) if draft.up_to.strip() else None,
        Fraction(unit.scaleb(exponent(currency))),
        Money.parse(draft.flat_amount, currency).minor if draft.flat_amount.strip() else 0,
    )


def show_terms(terms: PriceTerms, currency: str) -> dict[str, Any]:
    """The amounts of terms as a person would have typed them: the reverse of `read_draft_terms`."""
    return {
        "model": terms.model,
        "unit_amount": "" if terms.tiers else _typed(Fraction(terms.unit_amount_minor), currency),
        "package_size": str(terms.package_size),
        "tiers": tuple(
            TierDraft(
                str(tier.up_to or ""),
                _typed(tier.unit_amount, currency),
                _typed(Fraction(tier.flat_minor), currency) if tier.flat_minor else "",
            )
            for tier in terms.tiers
        ),
    }


def _typed(minor: Fraction, currency: str) -> str:
    return amount_words(minor, currency).removesuffix(f" {currency}").replace(",", "")
