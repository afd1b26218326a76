"""Subscriptions with everything their billing depends on: a handful of queries for any number of them.

Columns are read instead of rows of the session: a run reads thousands a second, and writes past the session.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, text
from sqlmodel import Session, col, select

from models.accounts import Tenant
from models.billing.queries.offers import Catalogue
from models.billing.queries.snapshot_parts import (
    Grouped,
    among,
    load_discounts,
    load_pending,
    load_planned,
)
from models.billing.queries.tax_context import MAIN_ENTITY, load_rates, load_sellers
from models.billing.rules.invoice_plan import TaxContext
from models.billing.rules.offers import Component
from models.billing.rules.periods import Period, ProrationUnit
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.tax import TaxParty, TaxRounding
from models.billing.tables import (
    BillingProfile,
    BillingTiming,
    ReviewPolicy,
    Subscription,
    SubscriptionAddOn,
    SubscriptionStatus,
)
from models.kernel.errors import NotFound
from models.kernel.settings import get_settings

# The newest invoice of each subscription, and the balances, by index instead of by a sort of all.
LAST_TOTALS = text(
    "SELECT s.id, i.total_minor FROM unnest(CAST(:ids AS uuid[])) AS s(id) CROSS JOIN LATERAL ("
    "SELECT total_minor FROM invoice WHERE subscription_id = s.id AND kind = 'period' AND status <> 'void' "
    "ORDER BY issued_on DESC LIMIT 1) i"
)
# Who was ever issued an invoice.
KNOWN = text(
    "SELECT t.id FROM unnest(CAST(:ids AS uuid[])) AS t(id) WHERE EXISTS ("
    "SELECT 1 FROM invoice WHERE tenant_id = t.id AND status NOT IN ('draft', 'generating'))"
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
        select(*_SUBSCRIPTION, *_TENANT)
        .join(Tenant, col(Tenant.id) == Subscription.tenant_id)
        .outerjoin(BillingProfile, col(BillingProfile.tenant_id) == Subscription.tenant_id)
        .where(among(Subscription.id)),
        {"ids": list(ids)},
    ).all()
    parts = _Parts(session, ids, rows)
    found = {row.id: parts.build(row) for row in rows}
    return {each: found[each] for each in ids if each in found}


def snapshot_of_new(session: Session, row: Subscription) -> Snapshot:
    """A subscription that is not stored yet, as it would be."""
    facts = session.execute(
        select(
            *(literal(getattr(row, each.key), each.type).label(each.key) for each in _SUBSCRIPTION), *_TENANT
        )
        .select_from(Tenant)
        .outerjoin(BillingProfile, col(BillingProfile.tenant_id) == Tenant.id)
        .where(col(Tenant.id) == row.tenant_id)
    ).one()
    return _Parts(session, [row.id], [facts]).build(facts)


_SUBSCRIPTION: tuple[Any, ...] = (
    Subscription.id,
    Subscription.tenant_id,
    Subscription.price_id,
    Subscription.status,
    Subscription.currency,
    Subscription.quantity,
    Subscription.unit_amount_minor,
    Subscription.anchor_day,
    Subscription.period_start_on,
    Subscription.period_until_on,
    Subscription.cancelled_on,
    Subscription.billing_timing,
    Subscription.net_terms_days,
    Subscription.trial_until_on,
    Subscription.paused_on,
    Subscription.held_reason,
    Subscription.segment_start_at,
    Subscription.billed_gross_minor,
    Subscription.billed_net_minor,
    Subscription.version,
)
_TENANT: tuple[Any, ...] = (
    col(Tenant.name).label("customer"),
    Tenant.country,
    Tenant.time_zone,
    func.coalesce(BillingProfile.region, "").label("region"),
    func.coalesce(BillingProfile.tax_id, "").label("tax_id"),
    func.coalesce(BillingProfile.exempt_reason, "").label("exempt_reason"),
    BillingProfile.exempt_until_on,
    col(BillingProfile.net_terms_days).label("agreed_terms_days"),
    func.coalesce(BillingProfile.legal_entity, MAIN_ENTITY).label("legal_entity"),
    BillingProfile.review_policy,
)
_ADD_ON: tuple[Any, ...] = (
    SubscriptionAddOn.id,
    SubscriptionAddOn.subscription_id,
    SubscriptionAddOn.price_id,
    SubscriptionAddOn.unit_amount_minor,
    SubscriptionAddOn.quantity,
    SubscriptionAddOn.segment_start_at,
    SubscriptionAddOn.billed_gross_minor,
    SubscriptionAddOn.billed_net_minor,
)


class _Parts:
    """Everything of the subscriptions that stands in tables of its own."""

    def __init__(self, session: Session, ids: Sequence[UUID], rows: Sequence[Any]) -> None:
        add_ons = session.execute(
            select(*_ADD_ON)
            .where(among(SubscriptionAddOn.subscription_id), col(SubscriptionAddOn.removed_on).is_(None))
            .order_by(col(SubscriptionAddOn.id)),
            {"ids": list(ids)},
        ).all()
        self._offers = Catalogue(session, {each.price_id for each in (*rows, *add_ons)})
        self._add_ons: Grouped = defaultdict(list)
        for each in add_ons:
            self._add_ons[each.subscription_id].append(self._component(each))
        self._discounts = load_discounts(session, ids)
        self._pending = load_pending(session, ids)
        self._planned = load_planned(session, ids)
        totals = session.execute(LAST_TOTALS, {"ids": list(ids)})
        self._totals: dict[UUID, int] = {row.id: row.total_minor for row in totals}
        tenants = {"ids": list({each.tenant_id for each in rows})}
        self._known = set(session.execute(KNOWN, tenants).scalars())
        balances = session.execute(BALANCES, tenants)
        self._balances = {(tenant, currency): minor for tenant, currency, minor in balances}
        self._rates = load_rates(session)
        self._settings = get_settings()
        self._sellers = load_sellers(session)

    def _component(self, row: Any) -> Component:
        return Component(
            row.id,
            self._offers.offer(row.price_id, row.unit_amount_minor),
            row.quantity,
            row.segment_start_at,
            row.billed_gross_minor,
            row.billed_net_minor,
        )

    def build(self, row: Any) -> Snapshot:
        """The snapshot of one row."""
        settings = self._settings
        return Snapshot(
            subscription_id=row.id,
            tenant_id=row.tenant_id,
            customer=row.customer,
            status=SubscriptionStatus(row.status),
            currency=row.currency,
            timing=BillingTiming(row.billing_timing),
            anchor_day=row.anchor_day,
            period=Period(row.period_start_on, row.period_until_on, row.time_zone),
            trial_until_on=row.trial_until_on,
            stopped_on=row.cancelled_on or row.paused_on,
            net_terms_days=row.net_terms_days if row.agreed_terms_days is None else row.agreed_terms_days,
            legal_entity=row.legal_entity,
            components=(self._component(row), *self._add_ons.get(row.id, ())),
            discounts=tuple(self._discounts.get(row.id, ())),
            pending=tuple(self._pending.get(row.id, ())),
            planned=tuple(self._planned.get(row.id, ())),
            tax=TaxContext(
                TaxParty(row.country, row.region, row.tax_id, row.exempt_reason, row.exempt_until_on),
                self._sellers.get(row.legal_entity, settings.issuer_country),
                self._rates,
                TaxRounding(self._settings.tax_rounding),
            ),
            proration=ProrationUnit(settings.proration_unit),
            balance_minor=self._balances.get((row.tenant_id, row.currency), 0),
            is_first_invoice=row.tenant_id not in self._known,
            last_total_minor=self._totals.get(row.id),
            is_always_reviewed=row.review_policy == ReviewPolicy.always,
            held_reason=row.held_reason,
            version=row.version,
        )


def count_due(session: Session, as_of: Any) -> int:
    """How many subscriptions a run as of this instant has to look at."""
    statement = select(func.count()).where(
        col(Subscription.renews_at) <= as_of, col(Subscription.held_reason) == ""
    )
    return int(session.execute(statement).scalar_one())
