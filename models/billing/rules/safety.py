"""Bounds that stop a subscription from being billed absurdly and park it for a person."""

from models.billing.rules.invoice_plan import InvoicePlan
from models.billing.rules.invoice_status import Refusal
from models.billing.rules.outcome import Outcome
from models.billing.tables import LineKind
from models.kernel.money import Money

# An invoice this many times the last one is a mistake more often than a bargain.
MAX_GROWTH = 10
# Below this, growth says nothing: from 1.00 to 20.00 is a change of plan.
GROWTH_FLOOR_MINOR = 100_000
MAX_TOTAL_MINOR = 10_000_000_000
MAX_LINES = 500


def why_parked(outcome: Outcome) -> Refusal | None:
    """The reason a person must look before this is billed, or None."""
    plan = outcome.invoice
    if plan is None:
        return None
    total, last = plan.total_minor, outcome.before.last_total_minor
    if len(plan.lines) > MAX_LINES:
        return Refusal("run.too_many_lines", f"The invoice would have {len(plan.lines)} lines.")
    if total > MAX_TOTAL_MINOR:
        shown = Money(total, plan.currency).format()
        return Refusal("run.too_much", f"The invoice would be {shown}, above every bound.")
    if last is not None and total > max(GROWTH_FLOOR_MINOR, MAX_GROWTH * last):
        shown, before = (Money(each, plan.currency).format() for each in (total, last))
        return Refusal("run.grew_too_fast", f"The invoice would be {shown} after {before} the last time.")
    if _repeats(plan):
        return Refusal(
            "run.billed_twice", "The invoice would bill the same component twice for the same time."
        )
    return None


def _repeats(plan: InvoicePlan) -> bool:
    spans = [
        (line.draft.component_id, line.draft.period_start_on)
        for line in plan.lines
        if line.draft.kind is LineKind.recurring
    ]
    return len(set(spans)) < len(spans)
