"""Looking at every open case anew, and opening cases for what is overdue: in batches, past what others hold."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.billing import Invoice, InvoiceStatus
from models.dunning.operations.cases import open_cases
from models.dunning.operations.facts import InvoiceFacts, invoice_facts, stand_of
from models.dunning.operations.locking import is_open, lock_open_cases_of
from models.dunning.operations.reactions import sync_locked
from models.dunning.operations.versions import version_of
from models.dunning.rules.campaign import CampaignPlan
from models.dunning.rules.next_step import end_instant, next_step
from models.dunning.tables import CaseStatus, DunningCase
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.bulk import session_cursor, update_rows
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a batch found; `cursor` is the last case it looked at, None where none was left."""

    taken: int
    changed: int
    closed: int
    cursor: UUID | None


def evaluate_cases(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> Evaluated:
    """Up to `limit` open cases after that one: what comes next by today's facts, written where it differs.

    A case whose invoice is settled is closed; what is due already is left to the sweep.
    """
    actor.ensure(Permission.dunning_act)
    where: list[Any] = [is_open()]
    if after is not None:
        where.append(col(DunningCase.id) > after)
    found = session.execute(
        select_columns(*READ).where(*where).order_by(col(DunningCase.id)).limit(limit)
    ).all()
    # Read as columns, locked only where something differs, and written with COPY: most of a night differs in nothing.
    cases = [_Seen(*row) for row in found]
    known, now = invoice_facts(session, [case.invoice_id for case in cases]), clock.now()
    changes, settled = [], []
    for case in cases:
        facts = known[case.invoice_id]
        if facts.status != InvoiceStatus.open or facts.due_minor <= 0:
            settled.append(case.id)
        elif case.next_at > now:
            plan = version_of(session, case.version_id).plan
            change = _change(case, facts, plan, now)
            changes += [change] if change else []
    changes = _still_so(session, changes, {case.id: case.version for case in cases})
    update_rows(session_cursor(session), "dunning_case", WRITTEN, changes)
    for row in lock_open_cases_of(session, col(DunningCase.id).in_(settled)):
        sync_locked(session, actor, row, known[row.invoice_id])
    session.flush()
    return Evaluated(len(cases), len(changes), len(settled), cases[-1].id if cases else None)


def _still_so(
    session: Session, changes: list[tuple[Any, ...]], versions: dict[UUID, int]
) -> list[tuple[Any, ...]]:
    """Those whose case nobody holds or has changed since it was read, locked now; the next look finds the others."""
    rows = session.execute(
        select_columns(col(DunningCase.id), col(DunningCase.version))
        .where(col(DunningCase.id).in_([change[0] for change in changes]))
        .order_by(col(DunningCase.id))
        .with_for_update(skip_locked=True)
    )
    mine = {row[0] for row in rows if versions[row[0]] == row[1]}
    return [change for change in changes if change[0] in mine]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A case as far as its plan needs it."""

    id: UUID
    invoice_id: UUID
    version_id: UUID
    status: str
    currency: str
    amount_minor: int
    anchor_at: datetime
    position: int
    tries_used: int
    failure_class: str
    waiting_charge_id: UUID | None
    next_at: datetime
    next_action: str
    next_why: str
    ends_at: datetime
    version: int


READ: tuple[Any, ...] = tuple(getattr(DunningCase, name) for name in _Seen.__dataclass_fields__)
WRITTEN = ("id", "amount_minor", "next_at", "next_action", "next_why", "ends_at")


def _change(case: _Seen, facts: InvoiceFacts, plan: CampaignPlan, now: datetime) -> tuple[Any, ...] | None:
    """The row as it should stand; None where it stands so."""
    stand = stand_of(case, facts)
    ends_at = end_instant(stand, plan)
    planned = (case.next_at, case.next_action, case.next_why)
    is_held = case.status in {CaseStatus.paused, CaseStatus.promised} or case.waiting_charge_id is not None
    if not is_held:
        coming = next_step(stand, plan, now)
        planned = (coming.at, str(coming.action), coming.why)
    wanted = (facts.due_minor, *planned, ends_at)
    if wanted == (case.amount_minor, case.next_at, case.next_action, case.next_why, case.ends_at):
        return None
    return case.id, *wanted


def open_overdue(session: Session, actor: Actor, *, today: date, limit: int) -> int:
    """Begin to chase open invoices whose due date has passed and that were never chased; how many cases were opened."""
    actor.ensure(Permission.dunning_act)
    invoices = session.scalars(
        select(Invoice.id)
        .where(
            Invoice.status == InvoiceStatus.open,
            col(Invoice.due_on) < today,
            ~exists().where(col(DunningCase.invoice_id) == Invoice.id),
        )
        .order_by(col(Invoice.due_on), col(Invoice.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    known = invoice_facts(session, list(invoices))
    return len(open_cases(session, actor, [known[each] for each in invoices if known[each].due_minor > 0]))


def list_chased_subscriptions(session: Session, actor: Actor) -> set[UUID]:
    """Subscriptions with an overdue invoice that a campaign has taken: its steps decide about them, not the grace period."""
    actor.ensure(Permission.dunning_read)
    found = session.scalars(
        select(Invoice.subscription_id)
        .join(DunningCase, col(DunningCase.invoice_id) == Invoice.id)
        .where(Invoice.status == InvoiceStatus.open, col(Invoice.subscription_id).is_not(None))
        .distinct()
    )
    return {each for each in found if each is not None}
