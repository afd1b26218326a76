"""What a case makes of what happens elsewhere: charges, payments, disputes, new methods; safe to repeat, in any order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing import Invoice, InvoiceStatus
from models.dunning.operations.cases import (
    call_person,
    close_case,
    open_case,
    plan_ahead,
)
from models.dunning.operations.facts import InvoiceFacts, invoice_facts
from models.dunning.operations.locking import lock_open_case, lock_open_cases_of
from models.dunning.operations.versions import version_of
from models.dunning.rules.campaign import DeclineClass, RouteKind
from models.dunning.tables import CaseStatus, DunningCase, DunningStep, StepKind, StepOutcome
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission

# After this long a new method does not wake a campaign that has ended.
NEW_METHOD_DAYS = 90


@dataclass(frozen=True, slots=True)
class ChargeWord:
    """What payments say of a charge; `at` is when it happened."""

    invoice_id: UUID
    charge_id: UUID
    amount_minor: int
    currency: str
    at: datetime
    decline_code: str = ""
    decline_class: str = ""
    sentence: str = ""
    # Another method is charged at once: this is not the last word.
    falls_back: bool = False


def record_failed_charge(session: Session, actor: Actor, *, word: ChargeWord) -> None:
    """A charge was declined: begin to chase, or note it and take the path of its class. Safe to repeat."""
    actor.ensure(Permission.dunning_act)
    case = lock_open_case(session, word.invoice_id)
    if case is None and not word.falls_back:
        opened = open_case(session, actor, invoice_id=word.invoice_id)
        case = lock_open_case(session, word.invoice_id) if opened else None
    if case is None or not _settle(session, case, word, StepOutcome.failed) or word.falls_back:
        return
    _follow_decline(session, actor, case, word)


def record_waiting_charge(session: Session, actor: Actor, *, word: ChargeWord) -> None:
    """The customer must confirm a charge: the case waits for that, and messages go on."""
    actor.ensure(Permission.dunning_act)
    case = lock_open_case(session, word.invoice_id)
    if case is None:
        opened = open_case(session, actor, invoice_id=word.invoice_id)
        case = lock_open_case(session, word.invoice_id) if opened else None
    if case is None or not _settle(session, case, word, StepOutcome.needs_action):
        return
    _follow_decline(session, actor, case, word)


def record_good_charge(session: Session, actor: Actor, *, word: ChargeWord) -> None:
    """A charge went through; whether the invoice is paid by it, the invoice says."""
    actor.ensure(Permission.dunning_act)
    case = lock_open_case(session, word.invoice_id)
    if case is not None:
        _settle(session, case, word, StepOutcome.succeeded)
        session.flush()
    sync_case(session, actor, invoice_id=word.invoice_id)


def record_given_up(session: Session, actor: Actor, *, word: ChargeWord) -> None:
    """A charge was given up before it was sent, because nothing is due or its page has closed."""
    actor.ensure(Permission.dunning_act)
    case = lock_open_case(session, word.invoice_id)
    if case is not None and case.waiting_charge_id == word.charge_id:
        _settle(session, case, word, StepOutcome.refused)
    sync_case(session, actor, invoice_id=word.invoice_id)


def sync_case(session: Session, actor: Actor, *, invoice_id: UUID) -> None:
    """Bring the open case in line with its invoice as it stands: close it, or plan anew. Safe to repeat."""
    actor.ensure(Permission.dunning_act)
    case = lock_open_case(session, invoice_id)
    if case is not None:
        facts = invoice_facts(session, [invoice_id])[invoice_id]
        sync_locked(session, actor, case, facts)
        session.flush()


def sync_locked(session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts) -> bool:
    """As `sync_case`, with a loaded and locked case; whether it stays open."""
    paid = max(facts.paid_minor - case.paid_before_minor, 0)
    if facts.status == InvoiceStatus.open and facts.due_minor > 0:
        plan_ahead(session, case, facts)
        return True
    if facts.status == InvoiceStatus.void:
        status, why = CaseStatus.stopped, "The invoice was voided."
    elif facts.status == InvoiceStatus.uncollectible:
        status, why = CaseStatus.ended, "The invoice was written off."
    elif paid:
        status = CaseStatus.recovered
        why = f"{Money(paid, case.currency).format()} came in."
    else:
        status, why = CaseStatus.stopped, "Nothing is due any more: it was credited."
    close_case(session, actor, case, status, why=why, number=facts.number, recovered_minor=paid)
    return False


def stop_for_dispute(session: Session, actor: Actor, *, invoice_id: UUID) -> None:
    """A payment of the invoice is disputed: nobody is chased while a bank decides."""
    actor.ensure(Permission.dunning_act)
    case = lock_open_case(session, invoice_id)
    if case is not None:
        number = invoice_facts(session, [invoice_id])[invoice_id].number
        close_case(
            session, actor, case, CaseStatus.stopped, why="The customer disputes a payment.", number=number
        )


def stop_for_cancellation(session: Session, actor: Actor, *, subscription_id: UUID) -> None:
    """The subscription was cancelled: its invoices are chased no longer."""
    actor.ensure(Permission.dunning_act)
    invoices = session.exec(select(Invoice.id).where(Invoice.subscription_id == subscription_id)).all()
    for case in lock_open_cases_of(session, col(DunningCase.invoice_id).in_(invoices)):
        number = invoice_facts(session, [case.invoice_id])[case.invoice_id].number
        why = "The subscription was cancelled."
        close_case(session, actor, case, CaseStatus.stopped, why=why, number=number)


def replan_customer(session: Session, actor: Actor, *, tenant_id: UUID) -> None:
    """A method was removed: what is ahead may be skipped now."""
    actor.ensure(Permission.dunning_act)
    cases = lock_open_cases_of(session, DunningCase.tenant_id == tenant_id)
    known = invoice_facts(session, [case.invoice_id for case in cases])
    for case in cases:
        sync_locked(session, actor, case, known[case.invoice_id])


def wake_for_method(session: Session, actor: Actor, *, tenant_id: UUID) -> list[UUID]:
    """There is a new method: what a decline held back is free again; also invoices whose campaign has ended.

    Gives back the cases that are charged at once; those that a person lets rest are not.
    """
    actor.ensure(Permission.dunning_act)
    since = clock.now() - timedelta(days=NEW_METHOD_DAYS)
    ended = session.exec(
        select(DunningCase.invoice_id)
        .join(Invoice, col(Invoice.id) == DunningCase.invoice_id)
        .where(
            DunningCase.tenant_id == tenant_id,
            DunningCase.status == CaseStatus.ended,
            col(DunningCase.closed_at) >= since,
            Invoice.status == InvoiceStatus.open,
        )
        .distinct()
    ).all()
    for invoice_id in ended:
        open_case(session, actor, invoice_id=invoice_id, again_why="There is a new payment method.")
    cases = lock_open_cases_of(session, DunningCase.tenant_id == tenant_id)
    known = invoice_facts(session, [case.invoice_id for case in cases])
    woken = []
    for case in cases:
        case.failure_class, case.needs_person, case.person_why = "", False, ""
        if case.status == CaseStatus.waiting_action:
            case.status = CaseStatus.running
        is_open = sync_locked(session, actor, case, known[case.invoice_id])
        if is_open and case.status == CaseStatus.running and case.waiting_charge_id is None:
            woken.append(case.id)
    session.flush()
    return woken


def _settle(session: Session, case: DunningCase, word: ChargeWord, outcome: StepOutcome) -> bool:
    """Note how the charge ended; whether that is news to the case."""
    step = session.exec(select(DunningStep).where(DunningStep.charge_id == word.charge_id)).first()
    if step is None:
        step = DunningStep(
            tenant_id=case.tenant_id,
            case_id=case.id,
            kind=StepKind.other,
            position=case.position,
            round=case.round,
            action="charge",
            planned_at=word.at,
            done_at=word.at,
            outcome=StepOutcome.waiting,
            currency=word.currency,
            charge_id=word.charge_id,
        )
        session.add(step)
    elif step.outcome == outcome or step.outcome in {StepOutcome.succeeded, StepOutcome.failed}:
        # A failure never takes back a success; a word said twice says nothing.
        return False
    step.outcome, step.sentence = outcome, word.sentence or step.sentence
    step.amount_minor, step.settled_at = word.amount_minor, word.at
    step.decline_code, step.decline_class = word.decline_code, word.decline_class
    session.flush()
    if case.waiting_charge_id is not None and _is_answered(session, case, word):
        case.waiting_charge_id = None
    session.flush()
    return True


def _is_answered(session: Session, case: DunningCase, word: ChargeWord) -> bool:
    """Whether nothing is under way any more: the awaited charge ended, or it and what it fell back to did."""
    if case.waiting_charge_id == word.charge_id:
        return not word.falls_back or _has_ended_since(session, case, word)
    awaited = session.exec(select(DunningStep).where(DunningStep.charge_id == case.waiting_charge_id)).one()
    return not word.falls_back and awaited.outcome == StepOutcome.failed and word.at >= awaited.done_at


def _has_ended_since(session: Session, case: DunningCase, word: ChargeWord) -> bool:
    """Whether the word of the last fallback came before this one of the first charge."""
    later = session.exec(
        select(DunningStep.id).where(
            DunningStep.case_id == case.id,
            DunningStep.kind == StepKind.other,
            col(DunningStep.done_at) >= word.at,
            DunningStep.charge_id != word.charge_id,
        )
    )
    return later.first() is not None


def _follow_decline(session: Session, actor: Actor, case: DunningCase, word: ChargeWord) -> None:
    facts = invoice_facts(session, [case.invoice_id])[case.invoice_id]
    if case.failed_at is None or word.at >= case.failed_at:
        case.failure_class, case.failure_code = word.decline_class, word.decline_code
        case.failure, case.failed_at = word.sentence, word.at
        _take_route(session, actor, case, facts.number)
    sync_locked(session, actor, case, facts)
    case.version += 1
    session.flush()


def _take_route(session: Session, actor: Actor, case: DunningCase, number: str) -> None:
    """Where the class leads; a case that a person lets rest keeps resting."""
    plan = version_of(session, case.version_id).plan
    route = plan.route(case.failure_class)
    if case.status == CaseStatus.running and case.failure_class == DeclineClass.needs_action:
        case.status = CaseStatus.waiting_action
    elif case.status == CaseStatus.waiting_action and case.failure_class != DeclineClass.needs_action:
        case.status = CaseStatus.running
    match route.kind:
        case RouteKind.person:
            call_person(session, actor, case, f"{case.failure} It is not charged again by itself.", number)
        case RouteKind.jump:
            # Never back: a step is taken once.
            case.position = max(case.position, route.step)
        case RouteKind.end:
            case.position = len(plan.steps)
            case.anchor_at = min(case.anchor_at, clock.now() - timedelta(days=plan.end.after_days))
        case _:
            pass
