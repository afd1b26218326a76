"""One case: everything that was done, and everything that is ahead with its exact time."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.dunning.operations.facts import InvoiceFacts, invoice_facts, stand_of
from models.dunning.operations.versions import version_of
from models.dunning.queries.case_rows import CaseRow, build_case_row, case_statement
from models.dunning.rules.campaign import CampaignPlan
from models.dunning.rules.next_step import Next, outlook
from models.dunning.tables import CaseStatus, DunningCase, DunningStep
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step that was taken or passed over; `position` from 0."""

    kind: str
    position: int
    action: str
    planned_at: datetime
    done_at: datetime
    outcome: str
    sentence: str
    amount_minor: int
    currency: str
    charge_id: UUID | None
    message_id: UUID | None
    decline_code: str
    decline_class: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with its past and its future; `ahead` is empty once it is closed."""

    row: CaseRow
    campaign_id: UUID
    chosen_why: str
    plan: CampaignPlan
    steps: tuple[StepRow, ...]
    ahead: tuple[Next, ...]
    ahead_why: str
    owner_id: UUID | None
    method: str
    is_waiting: bool
    rest_reason: str
    recovered_by: str
    subscription_id: UUID | None


def get_case(session: Session, actor: Actor, case_id: UUID) -> CaseDetail:
    """The case; NotFound out of reach."""
    found = session.execute(case_statement(actor).where(col(DunningCase.id) == case_id)).first()
    if found is None:
        raise NotFound("dunning_case", case_id)
    row = build_case_row(found)
    case = session.get_one(DunningCase, case_id)
    facts = invoice_facts(session, [case.invoice_id])[case.invoice_id]
    plan = version_of(session, case.version_id).plan
    return CaseDetail(
        row=row,
        campaign_id=case.campaign_id,
        chosen_why=case.chosen_why,
        plan=plan,
        steps=tuple(_steps(session, case_id)),
        ahead=_ahead(case, row, plan, facts) if row.is_open else (),
        ahead_why=_assumption(case),
        owner_id=case.owner_id,
        method=facts.method,
        is_waiting=case.waiting_charge_id is not None,
        rest_reason=case.rest_reason,
        recovered_by=case.recovered_by,
        subscription_id=facts.subscription_id,
    )


def find_case_of(session: Session, actor: Actor, *, invoice_id: UUID) -> CaseRow | None:
    """The newest case of an invoice within reach, or None."""
    statement = case_statement(actor).where(col(DunningCase.invoice_id) == invoice_id)
    found = session.execute(statement.order_by(col(DunningCase.id).desc()).limit(1)).first()
    return build_case_row(found) if found else None


def _steps(session: Session, case_id: UUID) -> list[StepRow]:
    columns = [getattr(DunningStep, name) for name in StepRow.__dataclass_fields__]
    rows = session.execute(
        select(*columns)
        .where(DunningStep.case_id == case_id)
        .order_by(col(DunningStep.done_at), col(DunningStep.position), col(DunningStep.id))
    )
    return [StepRow(*row) for row in rows]


def _ahead(case: DunningCase, row: CaseRow, plan: CampaignPlan, facts: InvoiceFacts) -> tuple[Next, ...]:
    """What would happen now, or once the rest or the wait for an answer is over."""
    stand = stand_of(case, facts)
    if not _is_held(case):
        return tuple(outlook(stand, plan, clock.now()))
    wakes_at = max(row.next_at, clock.now())
    if case.rest_since_at is not None:
        stand = replace(stand, anchor_at=stand.anchor_at + (wakes_at - case.rest_since_at))
    held = Next(case.position, row.next_action, row.next_at, row.next_why)
    return (held, *outlook(stand, plan, wakes_at))


def _is_held(case: DunningCase) -> bool:
    return case.waiting_charge_id is not None or case.status in {CaseStatus.paused, CaseStatus.promised}


def _assumption(case: DunningCase) -> str:
    if case.failure_class:
        return "What is ahead assumes that each further charge is declined as the last one was."
    return "What is ahead assumes that nothing is paid and that each charge is declined."
