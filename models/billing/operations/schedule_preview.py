"""What a planned change will do on its day, shown before it is planned."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from models.accounts import get_scoped
from models.billing.operations.schedule import ensure_plannable
from models.billing.queries.offers import offers_for
from models.billing.queries.snapshots import get_snapshot
from models.billing.rules.changes import Change, PlannedChange
from models.billing.rules.forecast import Step, next_invoice, walk
from models.billing.rules.invoice_plan import InvoicePlan
from models.billing.rules.outcome import counted_mrr
from models.billing.rules.periods import local_midnight
from models.billing.tables import Subscription
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Invalid
from models.kernel.permissions import Permission

# Two years of days: beyond, nobody could say what is billed then.
MAX_STEPS = 800


@dataclass(frozen=True, slots=True)
class SchedulePreview:
    """The step that carries the change out, with its invoice, and the invoice after it. Nothing is due now."""

    due_on: date
    step: Step
    following: InvoicePlan | None
    mrr_before_minor: int
    mrr_after_minor: int


def preview_schedule(
    session: Session, actor: Actor, *, subscription_id: UUID, change: Change, due_on: date | None
) -> SchedulePreview:
    """What `schedule_change` would lead to on its day, after all that is planned before it; writes nothing.

    Raises the same refusals, and Invalid for a day so far ahead that it cannot be computed.
    """
    get_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    s = get_snapshot(session, subscription_id)
    day = due_on or s.period.until_on
    ensure_plannable(session, s, change, day)
    mine = PlannedChange(new_id(), day, local_midnight(day, s.period.zone), change)
    planned = tuple(sorted((*s.planned, mine), key=lambda each: each.due_at))
    offers = offers_for(session, [each.change for each in planned])
    for count, step in enumerate(walk(replace(s, planned=planned), offers)):
        if mine.id in step.outcome.done:
            return SchedulePreview(
                day,
                step,
                next_invoice(step.outcome, offers),
                counted_mrr(s),
                counted_mrr(step.outcome.after),
            )
        if mine.id in step.outcome.dropped or count == MAX_STEPS:
            break
    raise Invalid("change.never_due", f"On {day} this change would find nothing to change.", field="due_on")
