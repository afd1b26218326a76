"""Which campaign an invoice gets: its customer's, else its plan's, else its segment's, else the default."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from models.dunning.tables import TargetKind

RANK = {TargetKind.customer: 0, TargetKind.plan: 1, TargetKind.segment: 2, TargetKind.default: 3}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of whom a campaign is for."""

    campaign_id: UUID
    kind: str
    target: str = ""
    currency: str = ""
    min_minor: int = 0


@dataclass(frozen=True, slots=True)
class Debt:
    """What is chosen by: an amount of a currency, and whose it is."""

    tenant_id: UUID
    currency: str
    amount_minor: int
    plan: str = ""
    segments: tuple[str, ...] = ()


def choose_campaign(assignments: Iterable[Assignment], debt: Debt) -> tuple[Assignment, str] | None:
    """The assignment that holds and why, in a sentence; None where none does.

    The more special target first; among equals one with a currency before one without, the higher threshold first,
    then by target and campaign, so that the order of the rows never decides.
    """
    fitting = [each for each in assignments if _fits(each, debt)]
    if not fitting:
        return None
    best = min(
        fitting,
        key=lambda each: (
            RANK[TargetKind(each.kind)],
            not each.currency,
            -each.min_minor,
            each.target,
            each.campaign_id,
        ),
    )
    return best, _why(best)


def _fits(each: Assignment, debt: Debt) -> bool:
    if each.currency and (each.currency != debt.currency or debt.amount_minor < each.min_minor):
        return False
    match each.kind:
        case TargetKind.customer:
            return each.target == str(debt.tenant_id)
        case TargetKind.plan:
            return bool(each.target) and each.target == debt.plan
        case TargetKind.segment:
            return each.target in debt.segments
        case _:
            return True


def _why(best: Assignment) -> str:
    whom = {
        TargetKind.customer: "assigned to this customer",
        TargetKind.plan: f"assigned to the plan {best.target}",
        TargetKind.segment: f"assigned to customers tagged {best.target}",
        TargetKind.default: "the default campaign",
    }[TargetKind(best.kind)]
    return f"It is {whom}{f', for amounts in {best.currency}' if best.currency else ''}."
