"""What comes next for a subscription, one step of its life at a time, as runs would take it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from models.billing.rules.change_plan import plan_change
from models.billing.rules.changes import PlannedChange
from models.billing.rules.configure import Offers
from models.billing.rules.invoice_plan import InvoicePlan
from models.billing.rules.outcome import RUNNING, Outcome, boundary_at
from models.billing.rules.periods import local_midnight
from models.billing.rules.renewal import plan_renewal
from models.billing.rules.snapshot import PendingItem, Snapshot
from models.billing.tables import SubscriptionStatus
from models.kernel.columns import new_id
from models.kernel.errors import DomainError

# Each planned change is a step at most, and a period brings an invoice.
MAX_STEPS_WITHOUT = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One step at an instant; `is_boundary` where a period ends or begins, else a planned change within one."""

    at: datetime
    outcome: Outcome
    is_boundary: bool

    @property
    def event(self) -> str:
        """`start`, `trial_end`, `renew`, or the kind of the change that ends or alters it."""
        before, after = self.outcome.before.status, self.outcome.after.status
        if not self.is_boundary:
            mine = next(each for each in self.outcome.before.planned if each.id in self.outcome.done)
            return mine.change.kind
        if after not in RUNNING:
            return "cancel" if after is SubscriptionStatus.cancelled else "pause"
        if before is SubscriptionStatus.scheduled:
            return "trial" if after is SubscriptionStatus.trial else "start"
        return "trial_end" if before is SubscriptionStatus.trial else "renew"

    @property
    def changes(self) -> tuple[PlannedChange, ...]:
        """The planned changes that are carried out with it."""
        return tuple(each for each in self.outcome.before.planned if each.id in self.outcome.done)

    @property
    def balance_used_minor(self) -> int:
        """What the customer's balance pays of its invoice."""
        plan = self.outcome.invoice
        return min(self.outcome.before.balance_minor, max(0, plan.total_minor)) if plan else 0


def next_step(s: Snapshot, offers: Offers) -> Step | None:
    """What a run would do next; None where nothing is left to do.

    Raises what the planned change itself raises where it no longer fits.
    """
    boundary = boundary_at(s)
    first = min(s.planned, key=lambda each: each.due_at, default=None)
    if first is not None and (boundary is None or first.due_at < boundary):
        left = replace(s, planned=tuple(each for each in s.planned if each.id != first.id))
        outcome = plan_change(left, first.change, first.due_at, offers)
        return Step(first.due_at, replace(outcome, before=s, done=(first.id,)), is_boundary=False)
    if boundary is None:
        return None
    return Step(boundary, plan_renewal(s, offers), is_boundary=True)


def walk(s: Snapshot, offers: Offers) -> Iterator[Step]:
    """Step after step, each from where the last one left the subscription; ends where nothing is left to do."""
    while (step := next_step(s, offers)) is not None:
        yield step
        s = stands_after(step.outcome)


def next_invoice(outcome: Outcome, offers: Offers) -> InvoicePlan | None:
    """The first invoice that follows an outcome, of a planned change or a period; None where none is to come.

    A planned change that no longer fits ends the look ahead; a run will park the subscription for it.
    """
    try:
        for count, step in enumerate(walk(stands_after(outcome), offers)):
            if step.outcome.invoice is not None or count == MAX_STEPS_WITHOUT:
                return step.outcome.invoice
    except DomainError:
        return None
    return None


def stands_after(outcome: Outcome) -> Snapshot:
    """The subscription as it is read after the outcome was stored: with what waits, what was planned, its balance."""
    before, after = outcome.before, outcome.after
    zone = after.period.zone
    waiting = tuple(PendingItem(new_id(), line) for line in outcome.waiting)
    planned = tuple(
        PlannedChange(new_id(), day, local_midnight(day, zone), change) for day, change in outcome.planned
    )
    total = outcome.invoice.total_minor if outcome.invoice else 0
    is_stopped = after.status not in RUNNING
    return replace(
        after,
        pending=(*after.pending, *waiting),
        planned=(*after.planned, *planned),
        balance_minor=before.balance_minor - min(before.balance_minor, total),
        stopped_on=(outcome.stopped_on or before.stopped_on) if is_stopped else None,
    )
