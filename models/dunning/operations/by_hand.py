"""What people do with a case; a try by hand uses none of the campaign's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import StaffUser, in_scope
from models.billing import write_off_invoice
from models.dunning import events
from models.dunning.errors import CaseClosed
from models.dunning.operations.cases import case_facts, case_subject, close_case, note, plan_ahead
from models.dunning.operations.facts import InvoiceFacts, invoice_facts, stand_of
from models.dunning.operations.reactions import sync_locked
from models.dunning.operations.rest import wake_up
from models.dunning.operations.versions import version_of
from models.dunning.rules.campaign import ACTION_WORDS
from models.dunning.rules.case_status import ensure_transition, is_closed
from models.dunning.rules.next_step import next_step
from models.dunning.rules.times import zone_of
from models.dunning.tables import CaseStatus, DunningCase, DunningStep, StepKind, StepOutcome
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import can_store_text
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.locking import lock_row
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import ChargeCause, request_charge

MAX_REASON = 500
LONGEST_REST_DAYS = 180


@dataclass(frozen=True, slots=True)
class TryPreview:
    """What a try by hand would do: the amount, with which method, and what is next should it fail."""

    number: str
    amount: Money
    method: str
    tries: str
    next_why: str


def preview_try(session: Session, actor: Actor, *, case_id: UUID) -> TryPreview:
    """What `try_now` would do; raises what it would refuse before the charge itself."""
    case, facts = _loaded(session, actor, case_id)
    _ensure_free(case)
    return TryPreview(
        facts.number,
        Money(facts.due_minor, facts.currency),
        facts.method,
        f"{case.tries_used} of {case.budget} tries used; this one uses none.",
        case.next_why,
    )


def try_now(
    session: Session, actor: Actor, *, case_id: UUID, request_key: str, cause: ChargeCause = ChargeCause.hand
) -> UUID:
    """Charge the invoice now, outside the campaign's tries; the same key again is the same charge.

    Gives back the charge's id. Raises CaseClosed, Conflict while a charge is under way or nothing can be charged.
    """
    case, facts = _loaded(session, actor, case_id)
    _ensure_free(case)
    charge = request_charge(session, actor, invoice_id=case.invoice_id, cause=cause, request_key=request_key)
    now = clock.now()
    is_by_hand = cause is ChargeCause.hand
    session.add(
        DunningStep(
            tenant_id=case.tenant_id,
            case_id=case.id,
            kind=StepKind.hand if is_by_hand else StepKind.other,
            position=case.position,
            round=case.round,
            action="charge",
            planned_at=now,
            done_at=now,
            outcome=StepOutcome.waiting,
            sentence=f"Asked for by {actor.name}." if is_by_hand else "There is a new payment method.",
            amount_minor=facts.due_minor,
            currency=facts.currency,
            charge_id=charge.id,
        )
    )
    _await_answer(case, charge.id)
    session.flush()
    return charge.id


def pause_case(session: Session, actor: Actor, *, case_id: UUID, until: date, reason: str) -> None:
    """Nothing happens until that day begins where the customer is; then the case goes on by itself."""
    case, facts = _loaded(session, actor, case_id)
    ensure_transition(case.status, CaseStatus.paused)
    wake_at = _morning(until, facts)
    if case.rest_since_at is None:
        case.rest_since_at = clock.now()
    case.status = CaseStatus.paused
    case.promise_on, case.promise_minor = None, 0
    case.rest_reason = _reason(reason)
    case.next_at, case.next_action = wake_at, "wake"
    case.next_why = f"Paused: {case.rest_reason}"
    _kept(session, case)
    note(session, actor, events.CASE_PAUSED, case, facts.number, reason=case.rest_reason)


def resume_case(session: Session, actor: Actor, *, case_id: UUID, reason: str = "") -> None:
    """A case that rests goes on; what it rested does not count for its steps."""
    case, facts = _loaded(session, actor, case_id)
    if case.status not in {CaseStatus.paused, CaseStatus.promised}:
        raise Conflict("dunning_case.not_resting", "This case does not rest. Nothing is to be resumed.")
    wake_up(session, actor, case, facts, reason=reason.strip() or "Resumed by hand.")


def promise_payment(
    session: Session, actor: Actor, *, case_id: UUID, on: date, amount: str = "", reason: str = ""
) -> None:
    """The customer promised to pay by that day: the case rests until the next morning, then it goes on.

    `amount` is as somebody types it, in the invoice's currency; empty is all that is due.
    """
    case, facts = _loaded(session, actor, case_id)
    ensure_transition(case.status, CaseStatus.promised)
    due = Money(facts.due_minor, facts.currency)
    promised = Money.parse(amount, facts.currency) if amount.strip() else due
    if not 0 < promised.minor <= due.minor:
        raise Invalid("promise.amount", f"A promise is at most what is due: {due.format()}.", field="amount")
    wake_at = _morning(on + timedelta(days=1), facts)
    if case.rest_since_at is None:
        case.rest_since_at = clock.now()
    case.status, case.rest_reason = CaseStatus.promised, " ".join(reason.split())[:MAX_REASON]
    case.promise_on, case.promise_minor = on, promised.minor
    case.next_at, case.next_action = wake_at, "wake"
    words = Money(case.promise_minor, case.currency).format()
    case.next_why = f"{words} promised for {on.isoformat()}. Without the money the case goes on."
    case.needs_person, case.person_why = False, ""
    _kept(session, case)
    promise: dict[str, Any] = {"promise_on": on.isoformat(), "promise_minor": case.promise_minor}
    note(session, actor, events.CASE_PROMISED, case, facts.number, reason=case.rest_reason, **promise)


def skip_step(session: Session, actor: Actor, *, case_id: UUID, reason: str) -> None:
    """Pass over the step that is next; the others keep their times."""
    case, facts = _loaded(session, actor, case_id)
    _ensure_free(case)
    why = _reason(reason)
    version = version_of(session, case.version_id)
    coming = next_step(stand_of(case, facts), version.plan, clock.now())
    if coming.position >= len(version.plan.steps):
        raise Conflict("dunning_case.no_step", "No step is left to skip. Stop the case instead.")
    before = case_facts(case)
    session.add(
        DunningStep(
            tenant_id=case.tenant_id,
            case_id=case.id,
            position=coming.position,
            round=case.round,
            action=coming.action,
            planned_at=coming.at,
            outcome=StepOutcome.skipped,
            sentence=f"Skipped by {actor.name}: {why}",
            currency=case.currency,
        )
    )
    case.position = coming.position + 1
    plan_ahead(session, case, facts)
    _kept(session, case)
    note(session, actor, events.CASE_RESCHEDULED, case, facts.number, reason=why, before=before)


def grant_grace(session: Session, actor: Actor, *, case_id: UUID, days: int, reason: str) -> None:
    """Every step ahead, and the end, come so many days later."""
    case, facts = _loaded(session, actor, case_id)
    _ensure_free(case)
    if not 1 <= days <= LONGEST_REST_DAYS:
        raise Invalid("grace.days", f"Grace is 1 to {LONGEST_REST_DAYS} days.", field="days")
    why, before = _reason(reason), case_facts(case)
    case.anchor_at += timedelta(days=days)
    plan_ahead(session, case, facts)
    _kept(session, case)
    words = f"{days} days of grace: {why}"
    note(session, actor, events.CASE_RESCHEDULED, case, facts.number, reason=words, before=before)


def write_off_case(
    session: Session, actor: Actor, *, case_id: UUID, reason: str, note_text: str = ""
) -> None:
    """Write the invoice off with a reason of `WriteOffReason`; the case ends with it."""
    case, _ = _loaded(session, actor, case_id)
    write_off_invoice(session, actor, invoice_id=case.invoice_id, reason=reason, note=note_text)
    facts = invoice_facts(session, [case.invoice_id])[case.invoice_id]
    sync_locked(session, actor, case, facts)
    session.flush()


def stop_case(session: Session, actor: Actor, *, case_id: UUID, reason: str) -> None:
    """Chase the invoice no longer; it stays open, and nothing begins again by itself."""
    case, facts = _loaded(session, actor, case_id)
    close_case(session, actor, case, CaseStatus.stopped, why=_reason(reason), number=facts.number)


def own_case(session: Session, actor: Actor, *, case_id: UUID, owner_id: UUID | None) -> None:
    """Somebody of the staff, or nobody, looks after the case."""
    case, facts = _loaded(session, actor, case_id)
    owner = session.get(StaffUser, owner_id) if owner_id else None
    if owner_id is not None and (owner is None or not owner.is_active):
        raise NotFound("staff_user", owner_id)
    case.owner_id = owner_id
    _kept(session, case)
    after = {"case_id": str(case.id), "owner": owner.name if owner else "nobody"}
    record_event(session, actor, events.CASE_OWNED, case_subject(case, facts.number), after=after)


def close_task(session: Session, actor: Actor, *, case_id: UUID, reason: str) -> None:
    """What a person was called for is done; the campaign goes on as planned."""
    case, facts = _loaded(session, actor, case_id)
    if not case.needs_person:
        raise Conflict("dunning_case.no_task", "Nobody was called for this case. Nothing is to be closed.")
    case.needs_person, case.person_why = False, ""
    _kept(session, case)
    note(session, actor, events.CASE_RESCHEDULED, case, facts.number, reason=f"Done: {_reason(reason)}")


def _loaded(session: Session, actor: Actor, case_id: UUID) -> tuple[DunningCase, InvoiceFacts]:
    """The open case within reach, locked, and its invoice; raises NotFound and CaseClosed."""
    where = in_scope(DunningCase.tenant_id, actor, Permission.dunning_act)
    session.flush()
    case = lock_row(session, DunningCase, case_id, where)
    if is_closed(case.status):
        raise CaseClosed(case.status)
    return case, invoice_facts(session, [case.invoice_id])[case.invoice_id]


def _ensure_free(case: DunningCase) -> None:
    if case.waiting_charge_id is not None:
        raise Conflict(
            "dunning_case.charge_under_way",
            "A charge is under way. Wait for its answer, then try again.",
        )


def _await_answer(case: DunningCase, charge_id: UUID) -> None:
    case.waiting_charge_id = charge_id
    if case.status in {CaseStatus.running, CaseStatus.waiting_action}:
        case.next_at, case.next_action = clock.now() + timedelta(hours=24), "answer"
        case.next_why = f"{ACTION_WORDS['answer']} is awaited; nothing else happens until it comes."


def _morning(day: date, facts: InvoiceFacts) -> datetime:
    """Eight o'clock there; a day that is not ahead, or too far, is refused."""
    found = datetime.combine(day, time(8), zone_of(facts.zone)).astimezone(UTC)
    if not clock.now() < found <= clock.now() + timedelta(days=LONGEST_REST_DAYS):
        raise Invalid(
            "dunning_case.day", f"Give a day within the next {LONGEST_REST_DAYS} days.", field="day"
        )
    return found


def _reason(text: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > MAX_REASON or not can_store_text(found):
        raise Invalid("dunning_case.no_reason", "Give a reason; it stands on the timeline.", field="reason")
    return found


def _kept(session: Session, case: DunningCase) -> None:
    case.version += 1
    case.updated_at = clock.now()
    session.flush()
