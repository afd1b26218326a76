"""Plans: making, changing and archiving them; never deleting."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing import events
from models.billing.operations.reasons import ensure_reason
from models.billing.queries.planned_changes import list_planned_customers
from models.billing.rules.plan_status import why_not_archive, why_not_edit_plan, why_not_sell
from models.billing.rules.reading import read_key, read_name, read_text, read_whole
from models.billing.tables import (
    Plan,
    PlanStatus,
    Price,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name, lock_row
from models.kernel.permissions import Permission

MAX_TRIAL_DAYS = 730


def create_plan(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    name: str,
    key: str = "",
    description: str = "",
    trial_days: str = "0",
    tax_code: str = "standard",
    is_add_on: bool = False,
    is_draft: bool = True,
) -> Plan:
    """Make version 1 of a plan, as a draft or on sale; it can be bought once it is on sale and has a price.

    Without a key one is made from the name. Refused where another plan has the key.
    """
    actor.ensure(Permission.plans_write)
    plain = read_name(name)
    plan = Plan(
        key=read_key(key, name=plain),
        name=plain,
        status=PlanStatus.draft if is_draft else PlanStatus.on_sale,
        description=read_text(description, field="description"),
        trial_days=_trial(trial_days),
        tax_code=read_key(tax_code, name="standard"),
        is_add_on=is_add_on,
    )
    lock_name(session, f"plan:{plan.key}")
    if session.exec(select(Plan.id).where(Plan.key == plan.key)).first() is not None:
        raise Conflict(
            "plan.key_taken",
            f"There is a plan with the key {plan.key} already. Make a new version of it, or choose another key.",
        )
    session.add(plan)
    session.flush()
    record_event(session, actor, events.PLAN_CREATED, plan_subject(plan), after=plan_facts(plan))
    return plan


def update_plan(
    session: Session,
    actor: Actor,
    *,
    plan_id: UUID,
    name: str,
    description: str,
    trial_days: str,
    tax_code: str,
) -> Plan:
    """Change what a draft is called, says and grants; refused once it was on sale."""
    plan = lock_plan(session, actor, plan_id)
    refusal = why_not_edit_plan(PlanStatus(plan.status))
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    wanted = {
        "name": read_name(name),
        "description": read_text(description, field="description"),
        "trial_days": _trial(trial_days),
        "tax_code": read_key(tax_code, name="standard"),
    }
    before = {key: getattr(plan, key) for key, value in wanted.items() if getattr(plan, key) != value}
    if not before:
        return plan
    for key in before:
        setattr(plan, key, wanted[key])
    plan.updated_at = clock.now()
    after = {key: wanted[key] for key in before}
    record_event(session, actor, events.PLAN_UPDATED, plan_subject(plan), before=before, after=after)
    return plan


def archive_plan(session: Session, actor: Actor, *, plan_id: UUID, reason: str) -> Plan:
    """Sell a version no more; its subscriptions bill on. Refused while a planned change leads to it."""
    plan = lock_plan(session, actor, plan_id)
    before = PlanStatus(plan.status)
    refusal = why_not_archive(before, list_planned_customers(session, actor, plan_id=plan.id))
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    _record_status(session, actor, plan, PlanStatus.archived, reason)
    return plan


def unarchive_plan(session: Session, actor: Actor, *, plan_id: UUID, reason: str) -> Plan:
    """Sell an archived version again; refused without a price and while another version is on sale."""
    plan = lock_plan(session, actor, plan_id)
    if plan.status == PlanStatus.draft:
        raise Conflict("plan.is_draft", "A draft goes on sale by publishing it.")
    sold = sold_version(session, plan)
    has_price = bool(offered_prices(session, plan.id))
    refusal = why_not_sell(
        PlanStatus(plan.status), has_price=has_price, other_on_sale=sold.version if sold else None
    )
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    _record_status(session, actor, plan, PlanStatus.on_sale, reason)
    return plan


def plan_subject(plan: Plan) -> Subject:
    """The version as the subject of an event."""
    return Subject("plan", plan.id, f"{plan.name}, version {plan.version}")


def lock_plan(session: Session, actor: Actor, plan_id: UUID) -> Plan:
    """The plan, locked for a change together with its other versions; NotFound where there is none."""
    actor.ensure(Permission.plans_write)
    plan = lock_row(session, Plan, plan_id)
    lock_name(session, f"plan:{plan.key}")
    return plan


def offered_prices(session: Session, plan_id: UUID) -> Sequence[Price]:
    """The prices of a plan that are not archived."""
    statement = select(Price).where(Price.plan_id == plan_id, col(Price.archived_at).is_(None))
    return session.exec(
        statement.order_by(col(Price.currency), col(Price.interval), col(Price.interval_count))
    ).all()


def sold_version(session: Session, plan: Plan) -> Plan | None:
    """The other version of the plan that is on sale now."""
    return session.exec(
        select(Plan).where(Plan.key == plan.key, Plan.id != plan.id, Plan.status == PlanStatus.on_sale)
    ).first()


def plan_facts(plan: Plan) -> dict[str, Any]:
    """What an event says of a new version."""
    names = ("name", "status", "version", "trial_days", "is_add_on", "tax_code")
    return {name: getattr(plan, name) for name in names}


def _record_status(session: Session, actor: Actor, plan: Plan, status: PlanStatus, reason: str) -> None:
    words = ensure_reason(reason)
    before, plan.status = plan.status, status
    plan.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.PLAN_ARCHIVED if status is PlanStatus.archived else events.PLAN_UNARCHIVED,
        plan_subject(plan),
        reason=words,
        before={"status": before},
        after={"status": status},
    )


def _trial(text: str) -> int:
    return read_whole(text or "0", field="trial_days", least=0, most=MAX_TRIAL_DAYS)
