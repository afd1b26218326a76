"""The sweep: takes what is due, in batches, and never one case in two hands."""

from dataclasses import dataclass
from datetime import timedelta
from traceback import format_exc
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from models.dunning import events
from models.dunning.operations.acts import Moment, Outcome, act, end_acts
from models.dunning.operations.cases import (
    call_person,
    case_subject,
    close_case,
    shift_anchor,
)
from models.dunning.operations.facts import InvoiceFacts, facts_of, invoice_facts, stand_of
from models.dunning.operations.locking import is_open
from models.dunning.operations.reactions import sync_locked
from models.dunning.operations.rest import break_promise, wake_up
from models.dunning.operations.versions import version_of
from models.dunning.rules.campaign import Action
from models.dunning.rules.next_step import Next, next_step
from models.dunning.tables import CaseStatus, DunningCase, DunningStep, StepKind, StepOutcome
from models.integrations.error_reports import report_error
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.demo_clock import moved_by
from models.kernel.errors import Kind
from models.kernel.events import record_event
from models.kernel.permissions import Permission

log = structlog.get_logger()

FAULT = "A fault of the program stopped its next step; it is reported, and the step is tried again tomorrow."
# What was late by more than this was not late by the customer's doing: the rhythm of the steps is kept.
LATE = timedelta(hours=12)
# How long the answer to a charge may take before a person is called.
PATIENCE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a batch did; `taken` is how many cases it looked at."""

    taken: int
    acted: int = 0


def advance_due(session: Session, actor: Actor, *, limit: int) -> Advanced:
    """Take up to `limit` cases that are due one step on, the longest waiting first; others' are passed over."""
    actor.ensure(Permission.dunning_act)
    statement = (
        select(DunningCase)
        .where(is_open(), col(DunningCase.next_at) <= clock.now())
        .order_by(col(DunningCase.next_at), col(DunningCase.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    cases = list(session.exec(statement))
    known = facts_of(session, cases)
    acted = sum(_parking(session, actor, case.id, known[case.invoice_id]) for case in cases)
    return Advanced(len(cases), acted)


def _parking(session: Session, actor: Actor, case_id: UUID, facts: InvoiceFacts) -> bool:
    """One case; a fault of the program with it puts it before a person and must not stop the others."""
    try:
        with session.begin_nested():
            case = session.get_one(DunningCase, case_id)
            is_done = _advance(session, actor, case, facts)
            session.flush()
            return is_done
    except Exception as fault:
        if isinstance(fault, DBAPIError) or getattr(fault, "kind", None) is Kind.unavailable:
            raise
        log.warning("dunning.fault", case=str(case_id), trace=format_exc())
        report_error(fault)
        case = session.get_one(DunningCase, case_id)
        session.refresh(case)
        case.next_at = clock.now() + PATIENCE
        call_person(session, actor, case, FAULT, facts.number)
        return False


def _advance(session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts) -> bool:
    """One case one step on; whether something was done."""
    now = clock.now()
    if _is_late(now - case.next_at) and case.status in {CaseStatus.running, CaseStatus.waiting_action}:
        shift_anchor(case, case.next_at)
    if not sync_locked(session, actor, case, facts):
        return True
    if case.status == CaseStatus.paused:
        wake_up(session, actor, case, facts, reason="The pause is over.")
        return True
    if case.status == CaseStatus.promised:
        break_promise(session, actor, case, facts)
        return True
    if case.waiting_charge_id is not None:
        case.next_at = now + PATIENCE
        call_person(session, actor, case, "A charge has had no answer for a day.", facts.number)
        return True
    version = version_of(session, case.version_id)
    coming = next_step(stand_of(case, facts), version.plan, now)
    if coming.at > now:
        return False
    _note_skips(session, case, version.plan.steps, coming)
    if coming.position >= len(version.plan.steps):
        _end(session, actor, case, facts)
    else:
        _take(session, actor, case, facts, coming)
    return True


def _take(session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts, coming: Next) -> None:
    """Carry out the step that is due, write it down, and plan what follows."""
    now = clock.now()
    step = version_of(session, case.version_id).plan.steps[coming.position]
    case.position = coming.position
    result = act(session, actor, Moment(case, facts, step))
    _write_step(session, case, facts, coming, result)
    if step.action is Action.charge and result.charge_id is not None:
        case.tries_used += 1
        case.waiting_charge_id = result.charge_id
        case.next_at, case.next_action = now + PATIENCE, "answer"
        case.next_why = "The answer to the charge is awaited; nothing else happens until it comes."
    case.position = coming.position + 1
    case.version += 1
    session.flush()
    _tell(session, actor, case, facts, coming, result)
    if result.person_why:
        if step.action is Action.task and facts.account_manager_id is not None:
            case.owner_id = facts.account_manager_id
        call_person(session, actor, case, result.person_why, facts.number)
    # A suspension or a write-off changes what the invoice and its subscription are.
    after = invoice_facts(session, [case.invoice_id])[case.invoice_id]
    sync_locked(session, actor, case, after)


def _write_step(
    session: Session, case: DunningCase, facts: InvoiceFacts, coming: Next, result: Outcome
) -> None:
    session.add(
        DunningStep(
            tenant_id=case.tenant_id,
            case_id=case.id,
            kind=StepKind.step,
            position=coming.position,
            round=case.round,
            action=coming.action,
            planned_at=coming.at,
            done_at=clock.now(),
            outcome=result.outcome,
            sentence=result.sentence,
            amount_minor=facts.due_minor,
            currency=facts.currency,
            charge_id=result.charge_id,
            message_id=result.message_id,
        )
    )


def _is_late(by: timedelta) -> bool:
    """Whether we were late by our own doing; a demonstration's clock jumps on purpose, and its days count."""
    return by > LATE and not moved_by()


def _note_skips(session: Session, case: DunningCase, steps: tuple[object, ...], coming: Next) -> None:
    """Steps that are passed over now, each with its reason."""
    for skip in coming.skips:
        session.add(
            DunningStep(
                tenant_id=case.tenant_id,
                case_id=case.id,
                position=skip.position,
                round=case.round,
                action=getattr(steps[skip.position], "action", ""),
                planned_at=coming.at,
                done_at=clock.now(),
                outcome=StepOutcome.skipped,
                sentence=skip.why,
                currency=case.currency,
            )
        )


def _tell(
    session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts, coming: Next, result: Outcome
) -> None:
    after = {
        "case_id": str(case.id),
        "step": f"{coming.position + 1} of {case.step_count}",
        "action": coming.action,
        "outcome": result.outcome,
        "sentence": result.sentence,
        "charge_id": str(result.charge_id) if result.charge_id else None,
        "message_id": str(result.message_id) if result.message_id else None,
    }
    subject = case_subject(case, facts.number)
    record_event(session, actor, events.STEP_TAKEN, subject, reason=coming.why, after=after)


def _end(session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts) -> None:
    """The campaign is through: what its end does, and then the case is closed; not while a person must decide."""
    case.position = case.step_count
    result = end_acts(session, actor, version_of(session, case.version_id).plan, facts)
    if result.person_why:
        case.next_at, case.next_action, case.next_why = clock.now() + PATIENCE, "end", result.person_why
        call_person(session, actor, case, result.person_why, facts.number)
        return
    why = " ".join(["All steps were taken and the invoice is unpaid.", *result.said])
    close_case(session, actor, case, CaseStatus.ended, why=why, number=facts.number)
