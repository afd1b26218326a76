"""What the catalogue offers for a line by hand: prices of a currency that have an amount of their own."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, or_, select

from models.billing.tables import Plan, PlanStatus, Price
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission

SHOWN = 200


@dataclass(frozen=True, slots=True)
class SellablePrice:
    """A price of a plan on sale; `unit` is None where tiers say what a unit costs."""

    id: UUID
    plan: str
    unit: Money | None


def list_sellable_prices(session: Session, actor: Actor, currency: str) -> list[SellablePrice]:
    """The prices a line by hand may take, by the name of their plan."""
    actor.ensure(Permission.plans_read)
    statement = (
        select(Price, Plan)
        .join(Plan, col(Plan.id) == Price.plan_id)
        .where(Price.currency == currency, col(Price.archived_at).is_(None))
        .where(Plan.status == PlanStatus.on_sale)
        .where(or_(col(Price.unit_amount_minor).is_not(None), func.jsonb_array_length(Price.tiers) > 0))
        .order_by(col(Plan.name), col(Price.id))
        .limit(SHOWN)
    )
    return [
        SellablePrice(
            price.id,
            f"{plan.name}, version {plan.version}",
            Money(price.unit_amount_minor, currency) if price.unit_amount_minor is not None else None,
        )
        for price, plan in session.exec(statement)
    ]
