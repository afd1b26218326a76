"""Subscriptions of the engine: listed prices, started as a person starts them."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import Tenant
from models.billing import (
    BillingTiming,
    Interval,
    Invoice,
    InvoiceStatus,
    NewSubscription,
    Plan,
    Subscription,
    bill_everything_due,
    change_subscription,
    preview_change,
    preview_start,
    start_subscription,
)
from models.billing.operations.issue import issue_invoice
from models.billing.rules.changes import Change
from models.billing.rules.periods import local_midnight
from models.billing.tables import InvoiceLine, Price
from models.kernel import clock
from models.kernel.actor import system_actor
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_plan

_keys = count(1)
ACTOR = system_actor("test")


def at(day: date, hour: int = 12, zone: str = "UTC") -> datetime:
    """So many hours after the midnight that begins the day."""
    return local_midnight(day, zone) + timedelta(hours=hour)


def make_listed_price(session: Session, amount: int = 1_000, **facts: Any) -> Price:
    """A plan on sale with one price of its own amount, monthly in USD."""
    plan_facts = {
        key: facts.pop(key) for key in ("is_add_on", "trial_days", "name", "tax_code") if key in facts
    }
    plan = make_plan(session, **plan_facts)
    price = Price(
        **{
            "plan_id": plan.id,
            "currency": "USD",
            "interval": Interval.month,
            "unit_amount_minor": amount,
            **facts,
        }
    )
    session.add(price)
    session.flush()
    return price


def start(
    session: Session,
    price: Price,
    *,
    on: date,
    tenant: Tenant | None = None,
    is_issued: bool = True,
    **facts: Any,
) -> Subscription:
    """A subscription started at noon of that day, as its preview showed, and its first invoice looked at."""
    tenant = tenant or make_tenant(session, currency=price.currency)
    order = NewSubscription(**{"tenant_id": tenant.id, "price_id": price.id, **facts})
    with clock.pinned(at(on, zone=tenant.time_zone)):
        token = preview_start(session, ACTOR, order=order).token
        started = start_subscription(session, ACTOR, order=order, token=token)
        if is_issued:
            issue_all(session, started)
    return started


def change(session: Session, subscription: Subscription, what: Change, instant: datetime) -> Invoice | None:
    """The change made at an instant, as its preview showed."""
    with clock.pinned(instant):
        token = preview_change(session, ACTOR, subscription_id=subscription.id, change=what).token
        return change_subscription(
            session, ACTOR, subscription_id=subscription.id, change=what, token=token, reason="asked for it"
        )


def issue_all(session: Session, subscription: Subscription, on: datetime | None = None) -> None:
    """Every draft of the subscription, looked at and issued."""
    drafts = session.exec(
        select(Invoice).where(
            Invoice.subscription_id == subscription.id, Invoice.status == InvoiceStatus.draft
        )
    ).all()
    with clock.pinned(on or clock.now()):
        for draft in drafts:
            issue_invoice(session, ACTOR, draft)


def run(session: Session, day: date) -> None:
    """Everything due by the end of that day is billed."""
    with clock.pinned(at(day, 23)):
        bill_everything_due(session, ACTOR, as_of=clock.now())


def lines_of(session: Session, subscription_id: UUID) -> list[InvoiceLine]:
    """All lines of a subscription's invoices, oldest first."""
    return list(
        session.exec(
            select(InvoiceLine)
            .join(Invoice)
            .where(Invoice.subscription_id == subscription_id)
            .order_by(Invoice.id, InvoiceLine.position)  # type: ignore[arg-type]
        )
    )


def timing(name: str) -> BillingTiming:
    """`advance` or `arrears`."""
    return BillingTiming(name)


def plan_of(session: Session, price: Price) -> Plan:
    """The plan a price belongs to."""
    return session.get_one(Plan, price.plan_id)
