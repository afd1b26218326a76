"""What differs between two versions of a plan, offer by offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Offer = TypeVar("Offer")


class Difference(StrEnum):
    """What became of an offer from one version to the next."""

    added = "added"
    removed = "removed"
    changed = "changed"
    same = "same"


@dataclass(frozen=True, slots=True)
class OfferDifference:
    """One offer in two versions, in words; empty where a version lacks it."""

    before: str
    after: str
    difference: Difference


def compare_offers(before: Mapping[Offer, str], after: Mapping[Offer, str]) -> list[OfferDifference]:
    """Every offer of either version with what became of it, in the order of the older, then the newer."""
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key, ""), after.get(key, "")
        kind = (
            Difference.same
            if old == new
            else Difference.added
            if not old
            else Difference.removed
            if not new
            else Difference.changed
        )
        found.append(OfferDifference(old, new, kind))
    return found
