"""Opening a case, planning what comes next in it, and closing it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing import Invoice, InvoiceStatus
from models.dunning import events
from models.dunning.operations.facts import InvoiceFacts, invoice_facts, stand_of
from models.dunning.operations.versions import Version, current_version, version_of
from models.dunning.rules.case_status import ensure_transition, is_closed
from models.dunning.rules.choice import Assignment, Debt, choose_campaign
from models.dunning.rules.next_step import end_instant, next_step
from models.dunning.tables import (
    Campaign,
    CampaignAssignment,
    CampaignStatus,
    CaseStatus,
    DunningCase,
    DunningStep,
    StepOutcome,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.events import EventType, Subject, record_event
from models.kernel.permissions import Permission

CLOSED_EVENTS: Mapping[CaseStatus, EventType] = {
    CaseStatus.recovered: events.CASE_RECOVERED,
    CaseStatus.ended: events.CASE_ENDED,
    CaseStatus.stopped: events.CASE_STOPPED,
}

# Nothing is next in a closed case: in the order of the queue it stands behind all that is still to come.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def open_case(session: Session, actor: Actor, *, invoice_id: UUID, again_why: str = "") -> DunningCase | None:
    """Begin to chase an open invoice; None where nothing is due, nobody is to be chased, or it was chased before.

    `again_why` says why one that was chased before is chased again. Two at once are one case.
    """
    actor.ensure(Permission.dunning_act)
    # Whoever opens, charges or pays holds the invoice's row.
    session.exec(select(Invoice.id).where(Invoice.id == invoice_id).with_for_update())
    facts = invoice_facts(session, [invoice_id]).get(invoice_id)
    if facts is None or facts.status != InvoiceStatus.open or facts.due_minor <= 0:
        return None
    before = session.exec(select(DunningCase).where(DunningCase.invoice_id == invoice_id)).all()
    running = next((case for case in before if not is_closed(case.status)), None)
    if running is not None or (before and not again_why):
        return running
    found = open_cases(session, actor, [facts], again_why=again_why)
    return found[0] if found else None


def open_cases(
    session: Session, actor: Actor, debts: Sequence[InvoiceFacts], *, again_why: str = ""
) -> list[DunningCase]:
    """Cases for open invoices that nobody chases, whose rows are locked; none for those no campaign is for."""
    assignments = list_assignments(session)
    opened = []
    for facts in debts:
        chosen = choose_campaign(assignments, _debt(facts))
        if chosen is None:
            continue
        assignment, why = chosen
        case = _new(facts, current_version(session, assignment.campaign_id), why)
        plan_ahead(session, case, facts)
        session.add(case)
        opened.append((case, facts.number))
    session.flush()
    for case, number in opened:
        note(session, actor, events.CASE_OPENED, case, number, reason=again_why, chosen_why=case.chosen_why)
    return [case for case, _ in opened]


def _new(facts: InvoiceFacts, version: Version, why: str) -> DunningCase:
    now = clock.now()
    return DunningCase(
        tenant_id=facts.tenant_id,
        invoice_id=facts.id,
        campaign_id=version.campaign_id,
        version_id=version.id,
        chosen_why=why,
        currency=facts.currency,
        amount_minor=facts.due_minor,
        paid_before_minor=facts.paid_minor,
        opened_at=now,
        anchor_at=now,
        step_count=len(version.plan.steps),
        budget=version.plan.budget,
        owner_id=facts.account_manager_id,
    )


def _debt(facts: InvoiceFacts) -> Debt:
    return Debt(facts.tenant_id, facts.currency, facts.due_minor, facts.plan, facts.tags)


def list_assignments(session: Session) -> list[Assignment]:
    """Whom the campaigns in use are for."""
    rows = session.exec(
        select(CampaignAssignment)
        .join(Campaign, col(Campaign.id) == CampaignAssignment.campaign_id)
        .where(Campaign.status == CampaignStatus.active)
    )
    return [
        Assignment(row.campaign_id, row.kind, row.target, row.currency or "", row.min_minor) for row in rows
    ]


def plan_ahead(session: Session, case: DunningCase, facts: InvoiceFacts) -> None:
    """Write down what comes next, exactly when and why; a case that rests or waits keeps its own."""
    version = version_of(session, case.version_id)
    stand = stand_of(case, facts)
    case.amount_minor = facts.due_minor
    case.ends_at = end_instant(stand, version.plan)
    if case.status in {CaseStatus.paused, CaseStatus.promised} or case.waiting_charge_id is not None:
        return
    coming = next_step(stand, version.plan, clock.now())
    case.next_at, case.next_action, case.next_why = coming.at, coming.action, coming.why


def close_case(
    session: Session,
    actor: Actor,
    case: DunningCase,
    status: CaseStatus,
    *,
    why: str,
    number: str,
    recovered_minor: int = 0,
) -> None:
    """End a loaded and locked case for good, and say why."""
    ensure_transition(case.status, status)
    now = clock.now()
    case.status = status
    case.closed_at = case.updated_at = now
    case.next_at = NEVER
    case.closed_why, case.next_action, case.next_why = why, "", ""
    case.promise_on, case.promise_minor, case.rest_since_at = None, 0, None
    case.waiting_charge_id, case.needs_person, case.person_why = None, False, ""
    case.version += 1
    extra: dict[str, Any] = {"closed_why": why}
    if status is CaseStatus.recovered:
        last = _last_act(session, case)
        case.recovered_minor = recovered_minor
        case.recovered_by = last.action if last else ""
        case.recovered_position = last.position if last else None
        extra = {"recovered_minor": recovered_minor, "recovered_by": case.recovered_by}
    session.flush()
    note(session, actor, CLOSED_EVENTS[status], case, number, reason=why, **extra)


def _last_act(session: Session, case: DunningCase) -> DunningStep | None:
    """The last thing that reached the customer or their bank."""
    return session.exec(
        select(DunningStep)
        .where(
            DunningStep.case_id == case.id,
            col(DunningStep.outcome).not_in([StepOutcome.skipped, StepOutcome.refused]),
        )
        .order_by(col(DunningStep.done_at).desc(), col(DunningStep.id).desc())
        .limit(1)
    ).first()


def call_person(session: Session, actor: Actor, case: DunningCase, why: str, number: str) -> None:
    """Put the case before a person; the same reason once."""
    if case.needs_person and case.person_why == why:
        return
    case.needs_person, case.person_why = True, why
    session.flush()
    subject = case_subject(case, number)
    record_event(
        session, actor, events.CASE_WAITING, subject, after={"case_id": str(case.id), "person_why": why}
    )


def shift_anchor(case: DunningCase, since: datetime) -> None:
    """The time since then does not count: every step ahead comes that much later."""
    case.anchor_at += clock.now() - since


def case_subject(case: DunningCase, number: str) -> Subject:
    """The invoice, on whose timeline the case stands."""
    return Subject("invoice", case.invoice_id, number, case.tenant_id)


def note(
    session: Session,
    actor: Actor,
    event: EventType,
    case: DunningCase,
    number: str,
    *,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    **extra: Any,
) -> None:
    """Record what became of a case."""
    after = {**case_facts(case), **extra}
    record_event(session, actor, event, case_subject(case, number), reason=reason, before=before, after=after)


def case_facts(case: DunningCase) -> dict[str, Any]:
    """What an event says of a case."""
    return {
        "case_id": str(case.id),
        "status": case.status,
        "amount_minor": case.amount_minor,
        "currency": case.currency,
        "next_at": None if case.next_at == NEVER else case.next_at.isoformat(),
        "next_action": case.next_action,
    }
