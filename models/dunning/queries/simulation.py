"""Whom a campaign is simulated on, and the rates of the past that say what it may bring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.accounts import in_scope
from models.billing import Invoice, InvoiceStatus
from models.dunning.operations.facts import InvoiceFacts, invoice_facts, stand_of
from models.dunning.operations.locking import is_open
from models.dunning.operations.move import position_on_day
from models.dunning.rules.campaign import NO_DECLINE, CampaignPlan
from models.dunning.rules.next_step import Stand
from models.dunning.rules.simulation import Debtor, Expected, Rate, Simulated, expect, simulate
from models.dunning.tables import CaseStatus, DunningCase, DunningStep, StepOutcome
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.permissions import Permission

MOST_CASES = 2_000
MONTH = timedelta(days=30)
RATE_DAYS = 365


class Source(StrEnum):
    """Whom to simulate on."""

    queue = "queue"
    last_month = "last_month"
    invoice = "invoice"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What each plan would do, in their order; `is_capped` where only the first 2,000 cases were taken."""

    results: tuple[tuple[Simulated, ...], ...]
    expected: tuple[tuple[Expected, ...], ...]
    is_capped: bool


def simulate_campaign(
    session: Session, actor: Actor, *, plans: Sequence[CampaignPlan], source: Source, number: str = ""
) -> Simulation:
    """Each plan on the same debtors: the open queue from now on, last month's cases from their beginning, or an invoice.

    Changes nothing. Raises NotFound for an invoice that is not there or not open.
    """
    actor.ensure(Permission.dunning_write)
    results = []
    is_capped = False
    for plan in plans:
        if source is Source.invoice:
            debtors = [_invoice(session, actor, number)]
        else:
            debtors, is_capped = _cases(session, actor, plan, source)
        results.append(tuple(simulate(plan, debtors)))
    rates = load_rates(session, actor)
    expected = tuple(tuple(expect(found, rates)) for found in results)
    return Simulation(tuple(results), expected, is_capped)


def load_rates(session: Session, actor: Actor) -> dict[str, Rate]:
    """By class: of last year's charges of cases how many went through; `none`: of such cases how many were paid."""
    reach = in_scope(DunningStep.tenant_id, actor, Permission.dunning_read)
    since = clock.now() - timedelta(days=RATE_DAYS)
    good = func.count().filter(col(DunningStep.outcome) == StepOutcome.succeeded)
    charges = session.execute(
        select(col(DunningCase.failure_class), func.count(), good)
        .join(DunningStep, col(DunningStep.case_id) == DunningCase.id)
        .where(
            col(DunningStep.done_at) >= since,
            col(DunningStep.action) == "charge",
            col(DunningStep.outcome).in_([StepOutcome.succeeded, StepOutcome.failed]),
            reach,
        )
        .group_by(col(DunningCase.failure_class))
    )
    found = {row[0]: Rate(row[1], row[2]) for row in charges if row[0]}
    paid = func.count().filter(col(DunningCase.status) == CaseStatus.recovered)
    sent = session.execute(
        select(func.count(), paid).where(
            col(DunningCase.closed_at) >= since,
            col(DunningCase.failure_class) == "",
            col(DunningCase.status).in_([CaseStatus.recovered, CaseStatus.ended]),
            in_scope(DunningCase.tenant_id, actor, Permission.dunning_read),
        )
    ).one()
    return {**found, NO_DECLINE: Rate(sent[0], sent[1])}


def _cases(session: Session, actor: Actor, plan: CampaignPlan, source: Source) -> tuple[list[Debtor], bool]:
    reach = in_scope(DunningCase.tenant_id, actor, Permission.dunning_read)
    where: list[Any] = [reach]
    if source is Source.queue:
        where.append(is_open())
    else:
        where.append(col(DunningCase.opened_at) >= clock.now() - MONTH)
    rows = session.scalars(
        select(DunningCase)
        .where(*where)
        .order_by(col(DunningCase.next_at), col(DunningCase.id))
        .limit(MOST_CASES + 1)
    ).all()
    cases = rows[:MOST_CASES]
    known = invoice_facts(session, [case.invoice_id for case in cases])
    debtors = [_debtor(case, known[case.invoice_id], plan, source) for case in cases]
    return debtors, len(rows) > MOST_CASES


def _debtor(case: DunningCase, facts: InvoiceFacts, plan: CampaignPlan, source: Source) -> Debtor:
    now = clock.now()
    stand = replace(stand_of(case, facts), amount_minor=case.amount_minor)
    if source is Source.queue:
        stand = replace(stand, position=position_on_day(plan, now - case.anchor_at), tries_used=0)
        return Debtor(case.id, facts.number, facts.customer, stand, now)
    # What could be charged back then is not known; nobody is left out for what is missing today.
    stand = replace(stand, anchor_at=case.opened_at, position=0, tries_used=0, has_method=None)
    return Debtor(case.id, facts.number, facts.customer, stand, case.opened_at)


def _invoice(session: Session, actor: Actor, number: str) -> Debtor:
    found = session.execute(
        select(col(Invoice.id)).where(
            col(Invoice.number) == number.strip().upper(),
            col(Invoice.status) == InvoiceStatus.open,
            in_scope(Invoice.tenant_id, actor, Permission.dunning_read),
        )
    ).first()
    if found is None:
        raise NotFound("invoice", number)
    facts = invoice_facts(session, [found[0]])[found[0]]
    now = clock.now()
    stand = Stand(
        status=CaseStatus.running,
        anchor_at=now,
        position=0,
        tries_used=0,
        amount_minor=facts.due_minor,
        currency=facts.currency,
        due_on=facts.due_on,
        zone=facts.zone,
        plan=facts.plan,
        segments=facts.tags,
        has_method=bool(facts.method),
    )
    return Debtor(facts.id, facts.number, facts.customer, stand, now)
