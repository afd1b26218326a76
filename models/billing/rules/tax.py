"""Which taxes lines carry: the rates of a place and day, reverse charge, exemptions, and how tax is rounded.

The threshold of Article 59c of Directive 2006/112/EC is not applied: a consumer in another EU country pays the rate of
that country (Article 58) from the first sale on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from models.billing.rules.tax_ids import EU, check_tax_id
from models.kernel.money import allocate, round_quotient_half_up, round_together

PPM = 1_000_000
ANY_TAX_CODE = "*"
REVERSE_CHARGE_NOTE = "Reverse charge: Article 196, Directive 2006/112/EC"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One rate of a country or region (empty: the whole country), from a day until before another.

    `rate_ppm` is in parts per million; `tax_code` `*` is every kind of product.
    """

    id: UUID
    country: str
    region: str
    tax_code: str
    name: str
    rate_ppm: int
    valid_from_on: date
    valid_until_on: date | None


@dataclass(frozen=True, slots=True)
class TaxParty:
    """Who buys: the place as ISO 3166-1 alpha-2 and region, the tax id, and until before which day it is exempt, if so."""

    country: str
    region: str = ""
    tax_id: str = ""
    exempt_reason: str = ""
    exempt_until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Taxable:
    """An amount in minor units after discount, with or without tax in it, and the day whose rates it carries."""

    amount_minor: int
    tax_code: str
    is_inclusive: bool
    on: date


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one rate takes of one line, in minor units."""

    rate_id: UUID
    name: str
    rate_ppm: int
    base_minor: int
    tax_minor: int

    def record(self) -> dict[str, Any]:
        """The share as JSON, as a line keeps it."""
        return {
            "rate_id": str(self.rate_id),
            "name": self.name,
            "rate_ppm": self.rate_ppm,
            "base_minor": self.base_minor,
            "tax_minor": self.tax_minor,
        }


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line's amount without tax, its tax, and the shares the tax is the sum of."""

    net_minor: int
    tax_minor: int
    shares: tuple[TaxShare, ...]


class TaxTreatment(StrEnum):
    """Why there is tax or none; the first that fits a line is that of the whole invoice."""

    # A rule was to be expected, in the seller's country or for an EU consumer, and none was found.
    missing = "missing"
    taxed = "taxed"
    exempt = "exempt"
    reverse_charge = "reverse_charge"
    # No country of the seller is set, or there is no rule for a place outside.
    outside = "outside"


class TaxRounding(StrEnum):
    """Whether tax is rounded on each line, or once an invoice and then split over the lines."""

    line = "line"
    invoice = "invoice"


@dataclass(frozen=True, slots=True)
class TaxResult:
    """The lines in the order they were given, why they carry tax or none, and what the law wants printed."""

    lines: tuple[TaxedLine, ...]
    treatment: TaxTreatment
    note: str


class TaxBook:
    """Rates made ready for many invoices: what was looked up for a place, kind and day is kept."""

    def __init__(self, rates: Iterable[TaxRate]) -> None:
        self._by_country: dict[str, list[TaxRate]] = defaultdict(list)
        for rate in rates:
            self._by_country[rate.country].append(rate)
        self._selected: dict[tuple[str, str, str, date], tuple[TaxRate, ...]] = {}

    def select(self, party: TaxParty, tax_code: str, on: date) -> tuple[TaxRate, ...]:
        """As `select_rates`."""
        key = (party.country, party.region, tax_code, on)
        found = self._selected.get(key)
        if found is None:
            found = select_rates(self._by_country.get(party.country, ()), party, tax_code, on)
            self._selected[key] = found
        return found


class TaxPort(Protocol):
    """Whatever can tell the taxes of lines; `compute_taxes` does from our rules, a tax service may later."""

    def __call__(
        self,
        items: Sequence[Taxable],
        *,
        party: TaxParty,
        seller_country: str,
        rates: Sequence[TaxRate] | TaxBook,
        rounding: TaxRounding = TaxRounding.line,
    ) -> TaxResult:
        """As `compute_taxes`."""


def select_rates(rates: Iterable[TaxRate], party: TaxParty, tax_code: str, on: date) -> tuple[TaxRate, ...]:
    """The rates that add up on a product sold to a party on a day: one a name, the country's before the region's.

    Of rates of one name a region's goes before the country's, then one for this very tax code before `*`, then the
    one that is valid since later.
    """
    best: dict[str, tuple[tuple[bool, bool, date], TaxRate]] = {}
    for rate in rates:
        if (
            rate.country == party.country
            and rate.region in {"", party.region}
            and rate.tax_code in {ANY_TAX_CODE, tax_code}
            and rate.valid_from_on <= on
            and (rate.valid_until_on is None or on < rate.valid_until_on)
        ):
            rank = (rate.region != "", rate.tax_code != ANY_TAX_CODE, rate.valid_from_on)
            if rate.name not in best or rank > best[rate.name][0]:
                best[rate.name] = (rank, rate)
    return tuple(sorted((rate for _, rate in best.values()), key=lambda rate: (rate.region, rate.name)))


def compute_taxes(
    items: Sequence[Taxable],
    *,
    party: TaxParty,
    seller_country: str,
    rates: Sequence[TaxRate] | TaxBook,
    rounding: TaxRounding = TaxRounding.line,
) -> TaxResult:
    """The taxes of the lines of one invoice, in minor units; pass a `TaxBook` to bill many.

    Each line's net and tax add up to its amount where tax is contained in it, and to more where it comes on top. All
    rates of a line have the same base. Amounts below 0 mirror those above. Raises nothing: what a person must look at
    comes back as treatment `missing`.
    """
    book = rates if isinstance(rates, TaxBook) else TaxBook(rates)
    is_reversed = _is_reverse_charged(party, seller_country)
    chosen: list[tuple[TaxRate, ...]] = []
    treatments: set[TaxTreatment] = set()
    for item in items:
        found: tuple[TaxRate, ...] = ()
        treatment = _why_untaxed(party, seller_country, item.on, is_reversed=is_reversed)
        if treatment is None:
            found = book.select(party, item.tax_code, item.on)
            treatment = TaxTreatment.taxed if found else _without_rule(party, seller_country)
        chosen.append(found)
        treatments.add(treatment)
    if rounding is TaxRounding.line:
        lines = tuple(map(_tax_line, items, chosen))
    else:
        lines = _tax_together(items, chosen)
    first = next((each for each in TaxTreatment if each in treatments), TaxTreatment.outside)
    return TaxResult(lines, first, _note(treatments, party))


def _is_reverse_charged(party: TaxParty, seller_country: str) -> bool:
    """Whether the customer owes the tax: a business in another EU country (Articles 44 and 196, 2006/112/EC)."""
    if not party.tax_id or party.country == seller_country or not {party.country, seller_country} <= EU:
        return False
    return check_tax_id(party.country, party.tax_id).is_valid


def _why_untaxed(party: TaxParty, seller_country: str, on: date, *, is_reversed: bool) -> TaxTreatment | None:
    if not seller_country:
        return TaxTreatment.outside
    if party.exempt_reason and (party.exempt_until_on is None or on < party.exempt_until_on):
        return TaxTreatment.exempt
    return TaxTreatment.reverse_charge if is_reversed else None


def _without_rule(party: TaxParty, seller_country: str) -> TaxTreatment:
    is_expected = party.country == seller_country or {party.country, seller_country} <= EU
    return TaxTreatment.missing if is_expected else TaxTreatment.outside


def _note(treatments: set[TaxTreatment], party: TaxParty) -> str:
    notes = {
        TaxTreatment.exempt: f"Exempt from tax: {party.exempt_reason}",
        TaxTreatment.reverse_charge: REVERSE_CHARGE_NOTE,
    }
    return "; ".join(note for treatment, note in notes.items() if treatment in treatments)


def _tax_line(item: Taxable, rates: tuple[TaxRate, ...]) -> TaxedLine:
    amount = item.amount_minor
    if item.is_inclusive and rates:
        net = round_quotient_half_up(amount * PPM, PPM + sum(rate.rate_ppm for rate in rates))
        return _line(net, rates, _split_contained(amount - net, rates))
    return _line(amount, rates, [round_quotient_half_up(amount * rate.rate_ppm, PPM) for rate in rates])


def _line(net: int, rates: tuple[TaxRate, ...], taxes: Sequence[int]) -> TaxedLine:
    shares = [
        TaxShare(rate.id, rate.name, rate.rate_ppm, net, tax) for rate, tax in zip(rates, taxes, strict=True)
    ]
    return TaxedLine(net, sum(taxes), tuple(shares))


def _split_contained(tax: int, rates: tuple[TaxRate, ...]) -> list[int]:
    return allocate(tax, [rate.rate_ppm for rate in rates]) if tax else [0] * len(rates)


def _tax_together(items: Sequence[Taxable], chosen: Sequence[tuple[TaxRate, ...]]) -> tuple[TaxedLine, ...]:
    """Tax rounded once a rate and split over the lines by largest remainder.

    Lines that contain tax are rounded once for each set of rates, apart from those it comes on top of.
    """
    nets = [item.amount_minor for item in items]
    taxes = [[0] * len(rates) for rates in chosen]
    on_top: dict[TaxRate, list[tuple[int, int]]] = defaultdict(list)
    contained: dict[tuple[TaxRate, ...], list[int]] = defaultdict(list)
    for index, (item, rates) in enumerate(zip(items, chosen, strict=True)):
        if item.is_inclusive:
            contained[rates].append(index)
        else:
            for column, rate in enumerate(rates):
                on_top[rate].append((index, column))
    for rate, places in on_top.items():
        rounded = round_together([nets[index] * rate.rate_ppm for index, _ in places], PPM)
        for (index, column), tax in zip(places, rounded, strict=True):
            taxes[index][column] = tax
    for rates, indexes in contained.items():
        whole = PPM + sum(rate.rate_ppm for rate in rates)
        rounded = round_together([nets[index] * PPM for index in indexes], whole)
        for index, net in zip(indexes, rounded, strict=True):
            taxes[index] = _split_contained(nets[index] - net, rates)
            nets[index] = net
    return tuple(map(_line, nets, chosen, taxes))
