"""Reading one subscription with all that its page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing.queries.forecast import Forecast, forecast
from models.billing.queries.offers import OFFER_COLUMNS, build_offer
from models.billing.queries.snapshots import get_snapshot
from models.billing.queries.subscription_rows import SubscriptionRow
from models.billing.queries.subscriptions import get_subscription
from models.billing.rules.changes import AddAddOn, Change, ChangePlan, OfferKey, read_change
from models.billing.rules.lines import coupons_now
from models.billing.rules.offers import Offer, Worth, compute_worths
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.subscription_actions import SubscriptionAction, list_actions
from models.billing.tables import Plan, Price, ScheduledChange, ScheduledStatus
from models.kernel.actor import Actor
from models.kernel.errors import Invalid

MAX_SETTLED = 20


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A change that waits, or what became of one; `change` is None where its record cannot be read."""

    id: UUID
    due_on: date
    status: str
    change: Change | None
    reason: str
    planned_by: str
    planned_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class SubscriptionDetail:
    """A subscription, what it is worth, what can be done, what is planned, and the next invoices."""

    row: SubscriptionRow
    snapshot: Snapshot
    worths: tuple[Worth, ...]
    actions: tuple[SubscriptionAction, ...]
    planned: tuple[PlannedRow, ...]
    settled: tuple[PlannedRow, ...]
    # The offers that planned changes name.
    offers: Mapping[OfferKey, Offer]
    ahead: Forecast


def get_subscription_detail(
    session: Session, actor: Actor, subscription_id: UUID, *, periods: int = 1
) -> SubscriptionDetail:
    """One subscription within the actor's reach with its next periods; NotFound otherwise."""
    row = get_subscription(session, actor, subscription_id)
    s = get_snapshot(session, subscription_id)
    changes = [
        _planned(each)
        for each in session.exec(
            select(ScheduledChange)
            .where(ScheduledChange.subscription_id == subscription_id)
            .order_by(col(ScheduledChange.due_at), col(ScheduledChange.id))
        )
    ]
    settled = [each for each in changes if each.status != ScheduledStatus.planned]
    return SubscriptionDetail(
        row=row,
        snapshot=s,
        worths=tuple(compute_worths(s.components, coupons_now(s))),
        actions=list_actions(s),
        planned=tuple(each for each in changes if each.status == ScheduledStatus.planned),
        settled=tuple(settled[-MAX_SETTLED:][::-1]),
        offers=_offers(session, [each.change for each in changes]),
        ahead=forecast(session, s, periods),
    )


def _planned(row: ScheduledChange) -> PlannedRow:
    try:
        change = read_change(row.change)
    except Invalid:
        change = None
    return PlannedRow(
        row.id, row.due_on, row.status, change, row.reason, row.planned_by, row.created_at, row.error
    )


def _offers(session: Session, changes: list[Change | None]) -> Mapping[OfferKey, Offer]:
    """Also of plans that are sold no more, because what was done once keeps its name."""
    wanted = {each.offer_key for each in changes if isinstance(each, ChangePlan | AddAddOn)}
    if not wanted:
        return {}
    rows: Any = session.execute(
        select(*OFFER_COLUMNS)
        .join(Plan, col(Plan.id) == Price.plan_id)
        .where(col(Price.id).in_({price_id for price_id, _ in wanted}))
    )
    found = {row[0]: row for row in rows}
    # An amount agreed later is not known here, and a name needs none.
    return {
        (price_id, minor): build_offer(found[price_id], minor or found[price_id][9] or 0)
        for price_id, minor in wanted
        if price_id in found
    }
