"""Lines that people write: their amount and its derivation, and how an engine's line survives an edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from models.billing.rules.pricing import PriceTerms, compute_charge, terms_record
from models.billing.tables import PriceModel
from models.kernel.errors import Invalid
from models.kernel.money import round_half_up

ONE_OFF, EDITED, DROPPED = "one_off", "edited", "dropped"
MAX_QUANTITY = 1_000_000
MAX_DESCRIPTION = 200
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class HandAmount:
    """An amount before tax with its derivation."""

    amount_minor: int
    unit_amount_minor: int
    derivation: dict[str, Any]


def compute_hand_amount(
    kind: str,
    *,
    quantity: int,
    unit_amount_minor: int = 0,
    terms: PriceTerms | None = None,
    **facts: Any,
) -> HandAmount:
    """Quantity times unit price, or what the terms of a price say; a negative unit price gives money back.

    `facts` (plan, price, reason, …) go into the derivation as they are.
    """
    ensure_hand_quantity(quantity)
    sign = -1 if terms is None and unit_amount_minor < 0 else 1
    used = terms or PriceTerms(PriceModel.per_unit, abs(unit_amount_minor))
    charge = compute_charge(used, quantity)
    amount = sign * charge.amount_minor
    unit = unit_amount_minor if terms is None else round_half_up(Fraction(charge.amount_minor, quantity))
    derivation = {
        "kind": kind,
        "terms": terms_record(used),
        "quantity": quantity,
        "steps": list(charge.steps),
        "gross_full_minor": charge.amount_minor,
        "discounts": [],
        "net_full_minor": charge.amount_minor,
        "sign": sign,
        "rounding": "half_up",
        "amount_minor": amount,
        **facts,
    }
    return HandAmount(amount, unit, derivation)


def retax(taxes: Sequence[Mapping[str, Any]], amount_minor: int) -> list[dict[str, Any]]:
    """The same rates on another net amount, each rounded half up."""
    return [
        {
            **share,
            "base_minor": amount_minor,
            "tax_minor": round_half_up(Fraction(amount_minor * int(share["rate_ppm"]), MILLION)),
        }
        for share in taxes
    ]


def is_by_hand(derivation: Mapping[str, Any]) -> bool:
    """Whether a person wrote or changed the line."""
    return derivation.get("kind") in {ONE_OFF, EDITED, DROPPED} and "by" in derivation


def ensure_hand_quantity(quantity: int) -> None:
    """Refuse a quantity below one or beyond a million."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid(
            "line.quantity_out_of_bounds",
            "A quantity is a whole number from 1 to 1,000,000.",
            field="quantity",
        )


def ensure_description(text: str) -> str:
    """The description as one line; refuses none and one that is too long."""
    tidy = " ".join(text.split())
    if not tidy or len(tidy) > MAX_DESCRIPTION:
        raise Invalid(
            "line.description_missing",
            f"Say what the line is for, in at most {MAX_DESCRIPTION} characters.",
            field="description",
        )
    return tidy
