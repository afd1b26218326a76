"""Planned changes that lead to a plan or price: what keeps it from being archived."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.accounts import Tenant
from models.billing.tables import Price, ScheduledChange, ScheduledStatus
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

MAX_NAMED = 50
# The record of a change may name a plan or price anywhere.
POINTS_AT = text(
    "jsonb_path_exists(scheduled_change.change, '$.** ? (@ == $id)', jsonb_build_object('id', CAST(:id AS text)))"
)


def list_planned_customers(session: Session, actor: Actor, *, plan_id: UUID) -> list[str]:
    """Customers with a planned change that leads to the version or one of its prices, by name."""
    actor.ensure(Permission.plans_read)
    return customers_led_to(session, plan_id, *session.exec(select(Price.id).where(Price.plan_id == plan_id)))


def customers_led_to(session: Session, *identifiers: UUID) -> list[str]:
    """Customers with a planned change that names one of these, by name."""
    names: set[str] = set()
    for identifier in identifiers:
        found = session.exec(
            select(Tenant.name)
            .join(ScheduledChange, col(ScheduledChange.tenant_id) == Tenant.id)
            .where(
                ScheduledChange.status == ScheduledStatus.planned, POINTS_AT.bindparams(id=str(identifier))
            )
            .limit(MAX_NAMED)
        )
        names.update(found)
    return sorted(names)
