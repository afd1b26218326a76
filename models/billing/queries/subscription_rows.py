"""A subscription as lists and pages show it: its facts, flags, and what happens next."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from models.accounts import StaffUser, Tenant, scoped
from models.billing.rules.outcome import RUNNING
from models.billing.tables import Plan, ScheduledChange, ScheduledStatus, Subscription, SubscriptionStatus
from models.kernel.actor import Actor
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
    billing_timing: str
    trial_until_on: date | None
    resumes_on: date | None
    cancels_on: date | None
    held_reason: str
    planned_on: date | None

    @property
    def flags(self) -> str:
        """What a person should know beside the status."""
        found = ["Parked"] if self.held_reason else []
        if self.cancels_on:
            found.append(f"Cancels {self.cancels_on:%-d %b}")
        elif self.planned_on:
            found.append(f"Change on {self.planned_on:%-d %b}")
        return ", ".join(found)

    @property
    def next_on(self) -> date | None:
        """The next day on which something happens to it; None where nothing will."""
        return self._next[0] if self._next else None

    @property
    def next_what(self) -> str:
        """What happens on that day."""
        return self._next[1] if self._next else ""

    @property
    def _next(self) -> tuple[date, str] | None:
        """The first of what lies ahead; of two on one day the one that changes more."""
        is_running = self.status in RUNNING
        is_trial = self.status == SubscriptionStatus.trial
        renews = self.period_start_on if self.status == SubscriptionStatus.scheduled else self.period_until_on
        ahead = [
            (self.cancels_on, "Cancels"),
            (self.resumes_on, "Resumes"),
            (self.planned_on, "Changes"),
            (self.trial_until_on if is_trial else None, "Trial ends"),
            (renews if is_running else None, "Starts" if renews == self.period_start_on else "Renews"),
        ]
        return min(((day, what) for day, what in ahead if day), key=lambda each: each[0], default=None)

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
    Subscription.billing_timing,
    Subscription.trial_until_on,
    Subscription.resumes_on,
    Subscription.cancels_on,
    Subscription.held_reason,
    select(func.min(ScheduledChange.due_on))
    .where(
        col(ScheduledChange.subscription_id) == col(Subscription.id),
        col(ScheduledChange.status) == ScheduledStatus.planned,
    )
    .scalar_subquery()
    .label("planned_on"),
)


def statement(actor: Actor) -> Select[Any]:
    """Subscriptions in the actor's scope, as `build` reads them."""
    found = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == Subscription.tenant_id)
        .join(Plan, col(Plan.id) == Subscription.plan_id)
        .outerjoin(StaffUser, col(StaffUser.id) == Tenant.owner_id)
    )
    return scoped(found, Subscription.tenant_id, actor, Permission.subscriptions_read)


def build(row: Any) -> SubscriptionRow:
    """The row of one result of `statement`."""
    return SubscriptionRow(*row[: len(_columns)])
