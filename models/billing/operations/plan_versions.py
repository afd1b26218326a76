"""Versions of a plan: drafting the next one and putting it on sale; subscriptions stay where they are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.billing import events
from models.billing.operations.plans import (
    lock_plan,
    offered_prices,
    plan_facts,
    plan_subject,
    sold_version,
)
from models.billing.operations.reasons import ensure_reason
from models.billing.queries.planned_changes import list_planned_customers
from models.billing.rules.plan_status import why_not_archive, why_not_sell
from models.billing.tables import Plan, PlanStatus, Price, Subscription, SubscriptionStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, NotFound
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class PublishPreview:
    """What putting a draft on sale will do; `token` pins the facts it was computed from."""

    name: str
    version: int
    replaced_version: int | None
    staying: int
    staying_mrr: tuple[Money, ...]
    token: str


def draft_version(session: Session, actor: Actor, *, plan_id: UUID) -> Plan:
    """Make the next version of a plan as a draft with the prices offered now; the plan itself stays as it is.

    Refused while another draft of the plan waits.
    """
    source = lock_plan(session, actor, plan_id)
    versions = _versions(session, source.key)
    waiting = next((each for each in versions if each.status == PlanStatus.draft), None)
    if waiting is not None:
        raise Conflict(
            "plan.draft_waiting",
            f"Version {waiting.version} is a draft already. Publish or archive that one first.",
        )
    kept = source.model_dump(exclude={"id", "version", "status", "created_at", "updated_at"})
    draft = Plan(**kept, version=versions[-1].version + 1, status=PlanStatus.draft)
    session.add(draft)
    session.flush()
    for price in offered_prices(session, source.id):
        copied = price.model_dump(exclude={"id", "plan_id", "created_at", "updated_at"})
        session.add(Price(**copied, id=new_id(), plan_id=draft.id))
    session.flush()
    record_event(session, actor, events.PLAN_CREATED, plan_subject(draft), after=plan_facts(draft))
    return draft


def preview_publish(session: Session, actor: Actor, *, plan_id: UUID) -> PublishPreview:
    """What `publish_version` would do now; raises the same refusals."""
    actor.ensure(Permission.plans_write)
    plan, replaced = _ensure_publishable(session, actor, plan_id)
    return _preview(session, plan, replaced)


def publish_version(session: Session, actor: Actor, *, plan_id: UUID, reason: str, token: str = "") -> Plan:
    """Put a draft on sale in place of the version sold so far, whose subscriptions stay on it.

    The version before is archived: it sells no more and bills on. Refused without a price, while a planned
    change leads to the version before, and, with a preview's `token`, where something has changed since.
    """
    lock_plan(session, actor, plan_id)
    plan, replaced = _ensure_publishable(session, actor, plan_id)
    words = ensure_reason(reason)
    if token and token != _preview(session, plan, replaced).token:
        raise Conflict(
            "plan.changed", "The plan has changed since the preview. Look at the new preview first."
        )
    if replaced is not None:
        _become(replaced, PlanStatus.archived)
        record_event(
            session,
            actor,
            events.PLAN_ARCHIVED,
            plan_subject(replaced),
            reason=words,
            before={"status": PlanStatus.on_sale},
            after={"status": PlanStatus.archived, "replaced_by": plan.version},
        )
    _become(plan, PlanStatus.on_sale)
    record_event(
        session,
        actor,
        events.PLAN_PUBLISHED,
        plan_subject(plan),
        reason=words,
        before={"status": PlanStatus.draft},
        after={
            "status": PlanStatus.on_sale,
            "version": plan.version,
            "replaces": replaced.version if replaced else None,
        },
    )
    return plan


def _find(session: Session, plan_id: UUID) -> Plan:
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("plan", plan_id)
    return plan


def _ensure_publishable(session: Session, actor: Actor, plan_id: UUID) -> tuple[Plan, Plan | None]:
    plan = _find(session, plan_id)
    if plan.status != PlanStatus.draft:
        raise Conflict("plan.already_published", "Only a draft is published. Make a new version first.")
    refusal = why_not_sell(
        PlanStatus.draft, has_price=bool(offered_prices(session, plan.id)), other_on_sale=None
    )
    replaced = sold_version(session, plan)
    refusal = refusal or (
        why_not_archive(PlanStatus.on_sale, list_planned_customers(session, actor, plan_id=replaced.id))
        if replaced
        else None
    )
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    return plan, replaced


def _preview(session: Session, plan: Plan, replaced: Plan | None) -> PublishPreview:
    staying, worth = 0, []
    if replaced is not None:
        rows = session.execute(
            select(Subscription.currency, func.count(), func.sum(Subscription.mrr_minor))
            .where(Subscription.plan_id == replaced.id, Subscription.status == SubscriptionStatus.active)
            .group_by(col(Subscription.currency))
            .order_by(col(Subscription.currency))
        ).all()
        staying = sum(row[1] for row in rows)
        worth = [Money(int(row[2]), row[0]) for row in rows]
    return PublishPreview(
        plan.name,
        plan.version,
        replaced.version if replaced else None,
        staying,
        tuple(worth),
        _token(session, plan, replaced),
    )


def _versions(session: Session, key: str) -> Sequence[Plan]:
    return session.exec(select(Plan).where(Plan.key == key).order_by(col(Plan.version))).all()


def _become(plan: Plan, status: PlanStatus) -> None:
    plan.status = status
    plan.updated_at = clock.now()


def _token(session: Session, plan: Plan, replaced: Plan | None) -> str:
    """The draft and its prices as they stand, and the version that it takes the place of."""
    facts = [plan.model_dump_json(), replaced.model_dump_json() if replaced else ""]
    facts += [price.model_dump_json() for price in offered_prices(session, plan.id)]
    return hashlib.sha256("|".join(facts).encode()).hexdigest()
