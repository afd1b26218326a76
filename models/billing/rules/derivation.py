"""How the amount of a line came about: written by the code that computes it, and computed again from the record."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from models.billing.rules.offers import Offer, Worth
from models.billing.rules.pricing import PriceTerms, compute_charge, read_terms, terms_record
from models.kernel.errors import Invalid
from models.kernel.money import round_half_down_to_minus_infinity, round_half_up

ROUNDING_POLICY = "half_up"
POLICIES = {
    "half_up": round_half_up,
    "half_down_to_minus_infinity": round_half_down_to_minus_infinity,
}


@lru_cache(maxsize=50_000)
def _local(instant: datetime, zone: str) -> str:
    """The instant as the customer's clock shows it, with its offset."""
    return instant.astimezone(ZoneInfo(zone)).isoformat()


@lru_cache(maxsize=5_000)
def _terms(terms: PriceTerms) -> Mapping[str, Any]:
    return terms_record(terms)


def share(full_minor: int, part: int, whole: int, policy: str = ROUNDING_POLICY) -> int:
    """`part` of `whole` of an amount, rounded by the named policy.

    >>> share(1000, 1, 2), share(2000, 1, 3), share(1800, 1, 400), share(1800, 1, 400, "half_down_to_minus_infinity")
    (500, 667, 5, 4)
    """
    if part == whole:
        return full_minor
    return POLICIES[policy](Fraction(full_minor * part, whole))


def build_derivation(  # noqa: PLR0913 -- the facts of a line
    kind: str,
    offer: Offer,
    quantity: int,
    worth: Worth,
    *,
    period: tuple[datetime, datetime],
    segment: tuple[datetime, datetime],
    part: tuple[int, int],
    zone: str,
    unit: str,
    sign: int,
) -> dict[str, Any]:
    """The record of a line that bills, or gives back, a part (of a whole) of a full period."""
    days = [_local(each, zone) for each in period]
    return {
        "kind": kind,
        "plan": offer.plan_name,
        "plan_version": offer.plan_version,
        "price_id": str(offer.price_id),
        "terms": _terms(offer.terms),
        "quantity": quantity,
        "steps": worth.charge.steps,
        "gross_full_minor": worth.charge.amount_minor,
        "discounts": worth.discount.parts,
        "net_full_minor": worth.net_minor,
        "period": days,
        "segment": days if segment == period else [_local(each, zone) for each in segment],
        "part": part[0],
        "whole": part[1],
        "unit": unit,
        "sign": sign,
        "rounding": ROUNDING_POLICY,
        "amount_minor": sign * share(worth.net_minor, *part),
        "tax_behavior": "inclusive" if offer.is_inclusive else "exclusive",
    }


def replay(record: Mapping[str, Any]) -> int:
    """The amount computed again from nothing but the record; raises Invalid where a step does not hold.

    Before tax; with tax contained where the price is inclusive. A line that takes another back has the other's record.
    """
    kind = record["kind"]
    if kind == "dropped":
        return 0
    if kind == "mirror":
        return int(record["amount_minor"])
    gross = compute_charge(read_terms(record["terms"]), record["quantity"]).amount_minor
    net = gross - sum(each["discount_minor"] for each in record["discounts"])
    # Where the worth was billed at an earlier price or discount, the record holds what was billed then.
    if kind != "unused" and (gross, net) != (record["gross_full_minor"], record["net_full_minor"]):
        raise Invalid(
            "derivation.broken", f"The record says {record['net_full_minor']}, its price gives {net}."
        )
    part, whole = record.get("part", 1), record.get("whole", 1)
    return int(record["sign"]) * share(record["net_full_minor"], part, whole, record["rounding"])


def is_reproduced(record: Mapping[str, Any], amount_minor: int, tax_minor: int) -> bool | None:
    """Whether the record gives the line's amount to the cent; None where it cannot be computed again, as in older data."""
    if "terms" not in record and record.get("kind") not in {"dropped", "mirror"}:
        return None
    contained = tax_minor if record.get("tax_behavior") == "inclusive" else 0
    try:
        return replay(record) == amount_minor + contained
    except Invalid:
        return False
