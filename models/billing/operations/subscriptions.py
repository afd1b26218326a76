"""Starting subscriptions: shown first, then started exactly as shown."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, select

from models.accounts import Tenant, TenantStatus, get_scoped, lock_scoped
from models.billing import events
from models.billing.errors import PreviewStale
from models.billing.operations.changes import (
    facts,
    subscription_subject,
)
from models.billing.operations.discounts import preview_coupon, redeem_coupon
from models.billing.operations.finish import finish_draft
from models.billing.operations.outcomes import apply_outcome
from models.billing.queries.offers import ensure_on_sale, find_offer, offers_for
from models.billing.queries.snapshots import get_snapshot, snapshot_of_new
from models.billing.rules.change_plan import ensure_trial_days
from models.billing.rules.changes import AddAddOn
from models.billing.rules.configure import configure, ensure_currency, ensure_is_plan
from models.billing.rules.offers import Offer
from models.billing.rules.outcome import Outcome, monthly_recurring
from models.billing.rules.periods import local_date, period_after
from models.billing.rules.pricing import ensure_quantity
from models.billing.rules.renewal import plan_renewal
from models.billing.rules.snapshot import RunningDiscount, Snapshot
from models.billing.tables import BillingTiming, Invoice, Subscription, SubscriptionStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import record_event
from models.kernel.permissions import Permission

MAX_BACKDATED_DAYS = 366
MAX_AHEAD_DAYS = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """What a person asks for; `start_on` None is today, `trial_days` None what the plan gives."""

    tenant_id: UUID
    price_id: UUID
    quantity: int = 1
    unit_amount_minor: int | None = None
    start_on: date | None = None
    trial_days: int | None = None
    timing: BillingTiming = BillingTiming.advance
    net_terms_days: int = 14
    collection: str = "invoice"
    add_ons: tuple[AddAddOn, ...] = ()
    coupon_code: str = ""


@dataclass(frozen=True, slots=True)
class StartPreview:
    """How the subscription would stand, and the first invoices it makes; `token` commits exactly this."""

    outcome: Outcome
    following: Outcome | None
    mrr_minor: int
    catches_up: bool
    token: str


def preview_start(session: Session, actor: Actor, *, order: NewSubscription) -> StartPreview:
    """What `start_subscription` would do now; raises the same refusals, writes nothing."""
    get_scoped(session, actor, Tenant, order.tenant_id, Permission.subscriptions_write)
    s = snapshot_of_new(session, _row(session, order))
    if order.coupon_code:
        coupon = preview_coupon(session, order.coupon_code, currency=s.currency, zone=s.period.zone)
        s = replace(s, discounts=(RunningDiscount(new_id(), coupon, 0, None),))
    return _preview(session, s, order)


def start_subscription(
    session: Session, actor: Actor, *, order: NewSubscription, token: str, reason: str = ""
) -> Subscription:
    """The subscription exists; what has begun by today is billed as the preview showed, the rest by runs.

    Raises PreviewStale where the amounts have changed since, Invalid and Conflict for an order that
    does not fit.
    """
    lock_scoped(session, actor, Tenant, order.tenant_id, Permission.subscriptions_write)
    row = _row(session, order)
    session.add(row)
    session.flush()
    if order.coupon_code:
        redeem_coupon(session, actor, subscription_id=row.id, code=order.coupon_code)
    preview = _preview(session, get_snapshot(session, row.id), order)
    if preview.token != token:
        raise PreviewStale
    outcome = preview.outcome
    invoice: Invoice | None = apply_outcome(session, actor, row, outcome, at=clock.now(), reason=reason)
    record_event(
        session,
        actor,
        events.SUBSCRIPTION_STARTED,
        subscription_subject(outcome.after),
        reason=reason,
        after={**facts(outcome.after), "started_on": row.started_on.isoformat()},
    )
    if invoice is not None:
        finish_draft(session, actor, invoice)
    return row


def _row(session: Session, order: NewSubscription) -> Subscription:
    """The subscription before its first day."""
    ensure_quantity(order.quantity)
    ensure_on_sale(session, order.price_id)
    offer, trial_days = find_offer(session, order.price_id, order.unit_amount_minor)
    ensure_is_plan(offer)
    tenant = session.get_one(Tenant, order.tenant_id)
    if tenant.status == TenantStatus.closed:
        raise Conflict(
            "customer.closed", f"{tenant.name} is closed and buys nothing. Change its status to active first."
        )
    today = local_date(clock.now(), tenant.time_zone)
    start_on = _start_on(order.start_on, today)
    days = trial_days if order.trial_days is None else order.trial_days
    ensure_trial_days(days)
    ensure_currency(offer, tenant.currency)
    return _scheduled(order, offer, start_on, days)


def _scheduled(order: NewSubscription, offer: Offer, start_on: date, trial_days: int) -> Subscription:
    anchor = start_on.day
    return Subscription(
        tenant_id=order.tenant_id,
        plan_id=offer.plan_id,
        price_id=offer.price_id,
        status=SubscriptionStatus.scheduled,
        currency=offer.currency,
        quantity=order.quantity,
        unit_amount_minor=offer.terms.unit_amount_minor,
        mrr_minor=0,
        collection=order.collection,
        started_on=start_on,
        anchor_day=anchor,
        period_start_on=start_on,
        period_until_on=period_after(start_on, offer.interval, offer.interval_count, anchor),
        billing_timing=order.timing,
        net_terms_days=order.net_terms_days,
        trial_until_on=start_on + timedelta(days=trial_days) if trial_days else None,
    )


def _start_on(asked: date | None, today: date) -> date:
    start_on = asked or today
    if start_on < today - timedelta(days=MAX_BACKDATED_DAYS):
        raise Invalid(
            "start.too_early",
            "A subscription starts at most 366 days back. Choose a later day.",
            field="start_on",
        )
    if start_on > today + timedelta(days=MAX_AHEAD_DAYS):
        raise Invalid(
            "start.too_late",
            "A subscription starts at most two years ahead. Choose an earlier day.",
            field="start_on",
        )
    return start_on


def _preview(session: Session, s: Snapshot, order: NewSubscription) -> StartPreview:
    s = _with_add_ons(session, s, order.add_ons)
    today = local_date(clock.now(), s.period.zone)
    outcome = plan_renewal(s, {}) if s.period.start_on <= today else Outcome(s, s)
    known = _count_others(session, s)
    following = plan_renewal(outcome.after, {})
    catches_up = following.before.period.until_on <= today
    return StartPreview(
        outcome,
        following,
        monthly_recurring(outcome.after),
        catches_up,
        _token(order, known, outcome, following),
    )


def _count_others(session: Session, s: Snapshot) -> int:
    statement = select(func.count()).where(
        Subscription.tenant_id == s.tenant_id, Subscription.id != s.subscription_id
    )
    return session.exec(statement).one()


def _with_add_ons(session: Session, s: Snapshot, add_ons: Sequence[AddAddOn]) -> Snapshot:
    offers = offers_for(session, add_ons)
    for each in add_ons:
        ensure_on_sale(session, each.price_id)
        s = replace(s, components=configure(s, each, offers))
    return s


def _token(order: NewSubscription, known: int, *outcomes: Outcome) -> str:
    """A hash of the order, of everything that was shown, and of how many subscriptions the customer has.

    The same token twice is one subscription: the first one makes the second stale.
    """
    amounts = [
        [
            [line.draft.description, line.amount_minor, line.tax_minor]
            for line in (each.invoice.lines if each.invoice else ())
        ]
        for each in outcomes
    ]
    shown = [known, asdict(order), amounts, [facts(each.after) for each in outcomes]]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()
