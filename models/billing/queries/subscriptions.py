"""Reading subscriptions: the list, and one with its plan."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlmodel import Session, col

from models.accounts import matches
from models.billing.queries.subscription_rows import SubscriptionRow, build, statement
from models.billing.tables import Plan, ScheduledChange, ScheduledStatus, Subscription, SubscriptionStatus
from models.kernel import clock
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

DUE_SOON_DAYS = 7


def _running_on(day: date) -> ColumnElement[bool]:
    """Subscriptions that had started by the end of the day and were not cancelled by then."""
    return and_(
        col(Subscription.status).in_([SubscriptionStatus.active, SubscriptionStatus.cancelled]),
        col(Subscription.started_on) <= day,
        or_(col(Subscription.cancelled_on).is_(None), col(Subscription.cancelled_on) > day),
    )


def _is_parked() -> ColumnElement[bool]:
    return col(Subscription.held_reason) != ""


def _is_cancelling() -> ColumnElement[bool]:
    return col(Subscription.cancels_on).is_not(None)


def _is_planned() -> ColumnElement[bool]:
    return col(Subscription.id).in_(
        select(col(ScheduledChange.subscription_id)).where(
            col(ScheduledChange.status) == ScheduledStatus.planned
        )
    )


def _is_due_soon() -> ColumnElement[bool]:
    """What a run looks at within seven days."""
    return and_(
        col(Subscription.renews_at).is_not(None),
        col(Subscription.renews_at) < clock.now() + timedelta(days=DUE_SOON_DAYS),
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
        statement=statement,
        build=build,
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
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.status,
                note=lambda row: row.flags,
                note_tone=lambda row: "bad" if row.held_reason else "attention",
            ),
            Column("quantity", "Quantity", ColumnKind.number, lambda row: row.quantity),
            Column(
                "mrr",
                "MRR",
                ColumnKind.money,
                lambda row: money_of(row, "mrr") if row.status == SubscriptionStatus.active else None,
                "mrr",
            ),
            Column("started_on", "Started", ColumnKind.date, lambda row: row.started_on, "started_on"),
            Column("next_what", "Next", ColumnKind.text, lambda row: row.next_what),
            Column("next_on", "Next on", ColumnKind.date, lambda row: row.next_on),
            Column("timing", "Billed", ColumnKind.text, lambda row: row.billing_timing.capitalize()),
            Column("collection", "Collection", ColumnKind.text, lambda row: row.collection, is_default=False),
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
                    Choice("unpaid", "Unpaid"),
                    Choice("cancelled", "Cancelled"),
                ),
            ),
            Filter(
                "flag",
                "Flag",
                FilterKind.choice,
                col(Subscription.held_reason),
                (
                    Choice("cancelling", "Cancelling", _is_cancelling),
                    Choice("planned", "Change planned", _is_planned),
                    Choice("parked", "Parked", _is_parked),
                    Choice("due_7_days", "Due in 7 days", _is_due_soon),
                ),
            ),
            Filter(
                "timing",
                "Billed",
                FilterKind.choice,
                col(Subscription.billing_timing),
                (Choice("advance", "In advance"), Choice("arrears", "In arrears")),
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
            View("due", "Due in 7 days", "f=flag:due_7_days"),
            View("trials", "Trials", "f=status:trial"),
            View("cancelling", "Cancelling", "f=flag:cancelling"),
            View("paused", "Paused", "f=status:paused"),
            View("parked", "Parked", "f=flag:parked"),
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
        nouns=frozenset({"tenant", "subscription"}),
    )
)


def get_subscription(session: Session, actor: Actor, subscription_id: UUID) -> SubscriptionRow:
    """One subscription within the actor's reach; NotFound otherwise."""
    row = session.execute(statement(actor).where(col(Subscription.id) == subscription_id)).first()
    if row is None:
        raise NotFound("subscription", subscription_id)
    return build(row)


def list_subscriptions_of(session: Session, actor: Actor, tenant_id: UUID) -> list[SubscriptionRow]:
    """A customer's subscriptions, newest first."""
    found = (
        statement(actor)
        .where(col(Subscription.tenant_id) == tenant_id)
        .order_by(col(Subscription.started_on).desc())
        .limit(50)
    )
    return [build(row) for row in session.execute(found)]
