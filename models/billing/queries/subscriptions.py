"""Reading subscriptions: the list, and one with its plan."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlmodel import Session, col

from models.accounts import StaffUser, Tenant, matches, scoped
from models.billing.tables import Plan, Subscription, SubscriptionStatus
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    money_of,
    register,
)
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription in a list."""

    id: UUID
    tenant_id: UUID
    customer: str
    plan: str
    plan_version: int
    status: str
    currency: str
    quantity: int
    unit_amount_minor: int
    mrr_minor: int
    collection: str
    started_on: date
    period_start_on: date
    period_until_on: date
    cancelled_on: date | None
    owner: str | None
    version: int

    @property
    def counted_mrr_minor(self) -> int:
        """What the subscription adds to MRR: its monthly worth while it is active."""
        return self.mrr_minor if self.status == SubscriptionStatus.active else 0


_columns: tuple[Any, ...] = (
    Subscription.id,
    Subscription.tenant_id,
    col(Tenant.name).label("customer"),
    col(Plan.name).label("plan"),
    col(Plan.version).label("plan_version"),
    Subscription.status,
    Subscription.currency,
    Subscription.quantity,
    Subscription.unit_amount_minor,
    Subscription.mrr_minor,
    Subscription.collection,
    Subscription.started_on,
    Subscription.period_start_on,
    Subscription.period_until_on,
    Subscription.cancelled_on,
    col(StaffUser.name).label("owner"),
    Subscription.version,
)


def _statement(actor: Actor) -> Select[Any]:
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == Subscription.tenant_id)
        .join(Plan, col(Plan.id) == Subscription.plan_id)
        .outerjoin(StaffUser, col(StaffUser.id) == Tenant.owner_id)
    )
    return scoped(statement, Subscription.tenant_id, actor, Permission.subscriptions_read)


def _build(row: Any) -> SubscriptionRow:
    return SubscriptionRow(*row[: len(_columns)])


def _running_on(day: date) -> ColumnElement[bool]:
    """Subscriptions that had started by the end of the day and were not cancelled by then."""
    return and_(
        col(Subscription.status).in_([SubscriptionStatus.active, SubscriptionStatus.cancelled]),
        col(Subscription.started_on) <= day,
        or_(col(Subscription.cancelled_on).is_(None), col(Subscription.cancelled_on) > day),
    )


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    return matches(text)


SUBSCRIPTIONS: Listing[SubscriptionRow] = register(
    Listing(
        key="subscriptions",
        title="Subscriptions",
        noun="subscription",
        path="/billing/subscriptions",
        permission=Permission.subscriptions_read,
        export_permission=Permission.subscriptions_export,
        statement=_statement,
        build=_build,
        identifier=col(Subscription.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/billing/subscriptions/{row.id}",
            ),
            Column("plan", "Plan", ColumnKind.text, lambda row: row.plan),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("quantity", "Quantity", ColumnKind.number, lambda row: row.quantity),
            Column(
                "mrr",
                "MRR",
                ColumnKind.money,
                lambda row: money_of(row, "mrr") if row.status == SubscriptionStatus.active else None,
                "mrr",
            ),
            Column("started_on", "Started", ColumnKind.date, lambda row: row.started_on, "started_on"),
            Column(
                "next_on",
                "Next invoice",
                ColumnKind.date,
                lambda row: None if row.cancelled_on else row.period_until_on,
            ),
            Column("collection", "Collection", ColumnKind.text, lambda row: row.collection),
            Column("owner", "Owner", ColumnKind.text, lambda row: row.owner),
            Column(
                "cancelled_on", "Cancelled", ColumnKind.date, lambda row: row.cancelled_on, is_default=False
            ),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("started_on", col(Subscription.started_on), date.fromisoformat),
            SortKey("mrr", col(Subscription.mrr_minor), int),
        ),
        default_sort="-started_on",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Subscription.status),
                (
                    Choice("scheduled", "Scheduled"),
                    Choice("trial", "Trial"),
                    Choice("active", "Active"),
                    Choice("paused", "Paused"),
                    Choice("cancelled", "Cancelled"),
                ),
            ),
            Filter("plan", "Plan", FilterKind.text, col(Plan.name)),
            Filter("plan_key", "Plan key", FilterKind.text, col(Plan.key)),
            Filter("plan_version", "Plan version", FilterKind.number, col(Plan.version)),
            Filter("mrr", "MRR", FilterKind.money, col(Subscription.mrr_minor)),
            Filter("started_on", "Started", FilterKind.date, col(Subscription.started_on)),
            Filter(
                "running_on",
                "Running on",
                FilterKind.date,
                col(Subscription.started_on),
                moment=_running_on,
            ),
            Filter("cancelled_on", "Cancelled", FilterKind.date, col(Subscription.cancelled_on)),
        ),
        search=_search,
        search_hint="Customer",
        views=(
            View("all", "All", ""),
            View("active", "Active", "f=status:active"),
            View("cancelled", "Cancelled", "f=status:cancelled"),
            View("large", "Largest", "f=status:active&sort=-mrr"),
        ),
        total=(
            case(
                (col(Subscription.status) == SubscriptionStatus.active, col(Subscription.mrr_minor)), else_=0
            ),
            col(Subscription.currency),
        ),
        empty="A subscription needs a customer and a plan.",
    )
)


def get_subscription(session: Session, actor: Actor, subscription_id: UUID) -> SubscriptionRow:
    """One subscription within the actor's reach; NotFound otherwise."""
    row = session.execute(_statement(actor).where(col(Subscription.id) == subscription_id)).first()
    if row is None:
        raise NotFound("subscription", subscription_id)
    return _build(row)


def list_subscriptions_of(session: Session, actor: Actor, tenant_id: UUID) -> list[SubscriptionRow]:
    """A customer's subscriptions, newest first."""
    statement = (
        _statement(actor)
        .where(col(Subscription.tenant_id) == tenant_id)
        .order_by(col(Subscription.started_on).desc())
        .limit(50)
    )
    return [_build(row) for row in session.execute(statement)]
