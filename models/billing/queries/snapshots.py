"""Subscriptions with everything their billing depends on: a handful of queries for any number of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from models.accounts import Tenant
from models.billing.queries.offers import OFFER_COLUMNS, build_offer
from models.billing.rules.changes import PlannedChange, read_change
from models.billing.rules.discounts import CouponTerms
from models.billing.rules.invoice_plan import TaxContext, read_line
from models.billing.rules.offers import Component
from models.billing.rules.periods import Period, ProrationUnit
from models.billing.rules.snapshot import PendingItem, RunningDiscount, Snapshot
from models.billing.rules.tax import TaxBook, TaxParty, TaxRate, TaxRounding
from models.billing.tables import (
    BillingProfile,
    BillingTiming,
    Coupon,
    CouponDuration,
    Discount,
    LegalEntity,
    PendingLine,
    Plan,
    Price,
    ReviewPolicy,
    ScheduledChange,
    ScheduledStatus,
    Subscription,
    SubscriptionAddOn,
    SubscriptionStatus,
    TaxRule,
)
from models.kernel.errors import NotFound
from models.kernel.settings import get_settings

Grouped = dict[UUID, list[Any]]
MAIN_ENTITY = "main"
# Batches are written past the session, which must not believe what it has read before.
FRESH = {"populate_existing": True}

# The newest invoice of each subscription, and the balances, by index instead of by a sort of all.
LAST_TOTALS = text(
    "SELECT s.id, i.total_minor FROM unnest(CAST(:ids AS uuid[])) AS s(id) CROSS JOIN LATERAL ("
    "SELECT total_minor FROM invoice WHERE subscription_id = s.id AND kind = 'period' AND status <> 'void' "
    "ORDER BY issued_on DESC LIMIT 1) i"
)
BALANCES = text(
    "SELECT DISTINCT ON (tenant_id, currency) tenant_id, currency, balance_after_minor FROM balance_entry "
    "WHERE tenant_id = ANY(CAST(:ids AS uuid[])) ORDER BY tenant_id, currency, id DESC"
)


def get_snapshot(session: Session, subscription_id: UUID) -> Snapshot:
    """One subscription; the caller has seen to scope and lock."""
    found = load_snapshots(session, [subscription_id])
    if subscription_id not in found:
        raise NotFound("subscription", subscription_id)
    return found[subscription_id]


def load_snapshots(session: Session, ids: Sequence[UUID]) -> dict[UUID, Snapshot]:
    """The subscriptions by id, in the order given."""
    rows = session.execute(
        select(Subscription, *_TENANT, *OFFER_COLUMNS)
        .join(Tenant, col(Tenant.id) == Subscription.tenant_id)
        .join(Price, col(Price.id) == Subscription.price_id)
        .join(Plan, col(Plan.id) == Subscription.plan_id)
        .outerjoin(BillingProfile, col(BillingProfile.tenant_id) == Subscription.tenant_id)
        .where(col(Subscription.id).in_(ids))
        .execution_options(**FRESH)
    ).all()
    parts = _Parts(session, ids, [row[0].tenant_id for row in rows])
    found = {row[0].id: parts.build(row) for row in rows}
    return {each: found[each] for each in ids if each in found}


def snapshot_of_new(session: Session, row: Subscription) -> Snapshot:
    """A subscription that is not stored yet, as it would be."""
    facts = session.execute(
        select(*_TENANT, *OFFER_COLUMNS)
        .select_from(Tenant)
        .join(Price, col(Price.id) == row.price_id)
        .join(Plan, col(Plan.id) == Price.plan_id)
        .outerjoin(BillingProfile, col(BillingProfile.tenant_id) == Tenant.id)
        .where(col(Tenant.id) == row.tenant_id)
    ).one()
    return _Parts(session, [row.id], [row.tenant_id]).build((row, *facts))


_TENANT: tuple[Any, ...] = (
    Tenant.name,
    Tenant.country,
    Tenant.time_zone,
    BillingProfile.region,
    BillingProfile.tax_id,
    BillingProfile.exempt_reason,
    BillingProfile.exempt_until_on,
    BillingProfile.net_terms_days,
    BillingProfile.legal_entity,
    BillingProfile.review_policy,
)


class _Parts:
    """Everything of the subscriptions that stands in tables of its own."""

    def __init__(self, session: Session, ids: Sequence[UUID], tenant_ids: Sequence[UUID]) -> None:
        self._add_ons = _add_ons(session, ids)
        self._discounts = _discounts(session, ids)
        self._pending = _pending(session, ids)
        self._planned = _planned(session, ids)
        self._totals = _pairs(session.execute(LAST_TOTALS, {"ids": list(ids)}))
        balances = session.execute(BALANCES, {"ids": list(set(tenant_ids))})
        self._balances = {(tenant, currency): minor for tenant, currency, minor in balances}
        self._rates = TaxBook(load_rates(session))
        self._settings = get_settings()
        self._sellers = _seller_countries(session)

    def build(self, row: Any) -> Snapshot:
        """The snapshot of one row."""
        one: Subscription = row[0]
        customer, country, zone, region, tax_id, exempt, exempt_until, terms, entity, policy = row[1:11]
        entity = entity or MAIN_ENTITY
        base = _component(one, row[11:])
        return Snapshot(
            subscription_id=one.id,
            tenant_id=one.tenant_id,
            customer=customer,
            status=SubscriptionStatus(one.status),
            currency=one.currency,
            timing=BillingTiming(one.billing_timing),
            anchor_day=one.anchor_day,
            period=Period(one.period_start_on, one.period_until_on, zone),
            trial_until_on=one.trial_until_on,
            stopped_on=one.cancelled_on or one.paused_on,
            net_terms_days=one.net_terms_days if terms is None else terms,
            legal_entity=entity,
            components=(base, *self._add_ons.get(one.id, ())),
            discounts=tuple(self._discounts.get(one.id, ())),
            pending=tuple(self._pending.get(one.id, ())),
            planned=tuple(self._planned.get(one.id, ())),
            tax=TaxContext(
                TaxParty(country, region or "", tax_id or "", exempt or "", exempt_until),
                self._sellers.get(entity, "") or self._settings.issuer_country,
                self._rates,
                TaxRounding(self._settings.tax_rounding),
            ),
            proration=ProrationUnit(self._settings.proration_unit),
            balance_minor=self._balances.get((one.tenant_id, one.currency), 0),
            is_first_invoice=one.id not in self._totals,
            last_total_minor=self._totals.get(one.id),
            is_always_reviewed=policy == ReviewPolicy.always,
            held_reason=one.held_reason,
            version=one.version,
        )


def load_rates(session: Session) -> tuple[TaxRate, ...]:
    """All tax rules; there are hundreds at most."""
    return tuple(
        TaxRate(
            each.id,
            each.country,
            each.region,
            each.tax_code,
            each.name,
            each.rate_ppm,
            each.valid_from_on,
            each.valid_until_on,
        )
        for each in session.exec(select(TaxRule).order_by(col(TaxRule.id)))
    )


def _seller_countries(session: Session) -> dict[str, str]:
    return _pairs(session.execute(select(LegalEntity.key, LegalEntity.country)))


def _add_ons(session: Session, ids: Sequence[UUID]) -> Grouped:
    found: Grouped = defaultdict(list)
    rows = session.execute(
        select(SubscriptionAddOn, *OFFER_COLUMNS)
        .join(Price, col(Price.id) == SubscriptionAddOn.price_id)
        .join(Plan, col(Plan.id) == SubscriptionAddOn.plan_id)
        .where(col(SubscriptionAddOn.subscription_id).in_(ids), col(SubscriptionAddOn.removed_on).is_(None))
        .order_by(col(SubscriptionAddOn.id))
        .execution_options(**FRESH)
    )
    for row in rows:
        one: SubscriptionAddOn = row[0]
        found[one.subscription_id].append(_component(one, row[1:]))
    return found


def _component(one: Subscription | SubscriptionAddOn, offer: Any) -> Component:
    return Component(
        one.id,
        build_offer(offer, one.unit_amount_minor),
        one.quantity,
        one.segment_start_at,
        one.billed_gross_minor,
        one.billed_net_minor,
    )


def _discounts(session: Session, ids: Sequence[UUID]) -> Grouped:
    found: Grouped = defaultdict(list)
    rows = session.execute(
        select(Discount, Coupon)
        .join(Coupon, col(Coupon.id) == Discount.coupon_id)
        .where(col(Discount.subscription_id).in_(ids), col(Discount.ended_on).is_(None))
        .order_by(col(Discount.id))
        .execution_options(**FRESH)
    )
    for one, coupon in rows:
        terms = build_coupon_terms(coupon)
        found[one.subscription_id].append(
            RunningDiscount(one.id, terms, one.periods_used, one.last_period_start_on)
        )
    return found


def build_coupon_terms(coupon: Coupon) -> CouponTerms:
    """A coupon as rules take it."""
    return CouponTerms(
        coupon.id,
        coupon.name,
        coupon.percent_off_ppm,
        coupon.amount_off_minor,
        coupon.currency,
        CouponDuration(coupon.duration),
        coupon.duration_periods,
    )


def _pending(session: Session, ids: Sequence[UUID]) -> Grouped:
    found: Grouped = defaultdict(list)
    rows = session.exec(
        select(PendingLine)
        .where(col(PendingLine.subscription_id).in_(ids), col(PendingLine.invoice_id).is_(None))
        .order_by(col(PendingLine.id))
    )
    for one in rows:
        found[one.subscription_id].append(PendingItem(one.id, read_line(one.line)))
    return found


def _planned(session: Session, ids: Sequence[UUID]) -> Grouped:
    found: Grouped = defaultdict(list)
    rows = session.exec(
        select(ScheduledChange)
        .where(
            col(ScheduledChange.subscription_id).in_(ids),
            col(ScheduledChange.status) == ScheduledStatus.planned,
        )
        .order_by(col(ScheduledChange.due_at), col(ScheduledChange.id))
    )
    for one in rows:
        found[one.subscription_id].append(
            PlannedChange(one.id, one.due_on, one.due_at, read_change(one.change))
        )
    return found


def count_due(session: Session, as_of: Any) -> int:
    """How many subscriptions a run as of this instant has to look at."""
    statement = select(func.count()).where(
        col(Subscription.renews_at) <= as_of, col(Subscription.held_reason) == ""
    )
    return int(session.execute(statement).scalar_one())


def _pairs(rows: Iterable[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in rows}
