"""Which status of a plan may follow which, and why a plan or price cannot be changed."""

from collections.abc import Mapping, Sequence

from models.billing.rules.invoice_status import Refusal
from models.billing.tables import PlanStatus

NAMED = 5

TRANSITIONS: Mapping[PlanStatus, frozenset[PlanStatus]] = {
    PlanStatus.draft: frozenset({PlanStatus.on_sale, PlanStatus.archived}),
    PlanStatus.on_sale: frozenset({PlanStatus.archived}),
    # Back on sale, where no other version of the plan is.
    PlanStatus.archived: frozenset({PlanStatus.on_sale}),
}


def why_not_archive(status: PlanStatus, planned_for: Sequence[str]) -> Refusal | None:
    """The reason a plan cannot be archived; `planned_for` are customers with a planned change to it."""
    if PlanStatus.archived not in TRANSITIONS[status]:
        return Refusal("plan.already_archived", "This plan is archived already. Nothing is left to do.")
    if planned_for:
        return Refusal(
            "plan.change_planned",
            f"Cannot be archived: a planned change leads {_names(planned_for)} to this version. "
            "Carry the change out or cancel it first.",
        )
    return None


def why_not_sell(status: PlanStatus, *, has_price: bool, other_on_sale: int | None) -> Refusal | None:
    """The reason a plan cannot go back on sale; `other_on_sale` is the version that is sold now."""
    if PlanStatus.on_sale not in TRANSITIONS[status]:
        return Refusal("plan.already_on_sale", "This plan is on sale already. Nothing is left to do.")
    if not has_price:
        return Refusal("plan.without_price", "A plan without a price cannot be sold. Add a price first.")
    if other_on_sale is not None:
        return Refusal(
            "plan.other_version_sold",
            f"Version {other_on_sale} of this plan is on sale. Archive that version first.",
        )
    return None


def why_not_edit_plan(status: PlanStatus) -> Refusal | None:
    """The reason a plan's name, description and trial cannot be changed."""
    if status is PlanStatus.draft:
        return None
    return Refusal(
        "plan.not_draft",
        "Customers bought this version as it stands. Make a new version, change that and publish it.",
    )


def why_not_add_price(status: PlanStatus) -> Refusal | None:
    """The reason no price can be added."""
    if status is PlanStatus.archived:
        return Refusal("plan.is_archived", "An archived plan takes no prices. Put it back on sale first.")
    return None


def why_not_change_price(status: PlanStatus, *, is_used: bool) -> Refusal | None:
    """The reason a price cannot be changed."""
    if is_used:
        return Refusal(
            "price.in_use", "Customers pay this price, so it stays as it is. Make a new version of the plan."
        )
    if status is not PlanStatus.draft:
        return Refusal(
            "price.on_sale", "This price is offered already. Archive it, or make a new version of the plan."
        )
    return None


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown
