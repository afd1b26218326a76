"""Reading plans: the list of all versions with prices, subscriptions and MRR."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, null, or_, select
from sqlmodel import Session, col

from models.accounts import in_scope
from models.billing.rules.price_draft import PriceFact, prices_words
from models.billing.tables import Plan, Price, Subscription, SubscriptionAddOn, SubscriptionStatus
from models.kernel.actor import Actor
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    register,
)
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A version of a plan in a list; counts and MRR are those within the reader's reach, None without any."""

    id: UUID
    key: str
    version: int
    name: str
    status: str
    description: str
    trial_days: int
    is_add_on: bool
    tax_code: str
    created_at: datetime
    updated_at: datetime
    prices: tuple[PriceFact, ...]
    subscriptions: int | None
    mrr: tuple[Money, ...]

    @property
    def prices_text(self) -> str:
        """`29 EUR/mo, 290 EUR/yr +3`."""
        return prices_words(self.prices)

    @property
    def mrr_text(self) -> str:
        """MRR currency by currency; never added together."""
        return " + ".join(amount.format() for amount in self.mrr)


_facts: tuple[Any, ...] = (
    Plan.id,
    Plan.key,
    Plan.version,
    Plan.name,
    Plan.status,
    Plan.description,
    Plan.trial_days,
    Plan.is_add_on,
    Plan.tax_code,
    Plan.created_at,
    Plan.updated_at,
)
_prices = (
    select(
        func.coalesce(
            func.jsonb_agg(
                func.jsonb_build_array(
                    Price.currency,
                    Price.interval,
                    Price.interval_count,
                    Price.model,
                    Price.unit_amount_minor,
                    Price.package_size,
                    func.coalesce(col(Price.tiers)[0]["unit_amount"].astext, ""),
                )
            ),
            func.jsonb_build_array(),
        )
    )
    .where(col(Price.plan_id) == Plan.id, col(Price.archived_at).is_(None))
    .correlate(Plan)
    .scalar_subquery()
)


def _counted(*where: ColumnElement[bool]) -> ColumnElement[int]:
    """Active subscriptions of the version, and add-ons of it that are still held."""
    base = select(func.count()).where(
        col(Subscription.plan_id) == Plan.id,
        col(Subscription.status) == SubscriptionStatus.active,
        *where,
    )
    held = (
        select(func.count())
        .join(Subscription, col(Subscription.id) == SubscriptionAddOn.subscription_id)
        .where(
            col(SubscriptionAddOn.plan_id) == Plan.id,
            col(SubscriptionAddOn.removed_on).is_(None),
            col(Subscription.status) == SubscriptionStatus.active,
            *where,
        )
    )
    return cast(
        base.correlate(Plan).scalar_subquery()
        + held.select_from(SubscriptionAddOn).correlate(Plan).scalar_subquery(),
        BigInteger,
    )


def _worth(*where: ColumnElement[bool]) -> ColumnElement[Any]:
    by_currency = (
        select(Subscription.currency, func.sum(Subscription.mrr_minor).label("worth"))  # type: ignore[call-overload]
        .where(
            col(Subscription.plan_id) == Plan.id,
            col(Subscription.status) == SubscriptionStatus.active,
            *where,
        )
        .group_by(Subscription.currency)
        .correlate(Plan)
        .subquery()
    )
    pairs = func.jsonb_object_agg(by_currency.c.currency, by_currency.c.worth)
    return func.coalesce(select(pairs).scalar_subquery(), func.jsonb_build_object())


_everywhere = _counted()


def _statement(actor: Actor) -> Select[Any]:
    actor.ensure(Permission.plans_read)
    if not actor.may(Permission.subscriptions_read):
        return select(*_facts, _prices, cast(null(), BigInteger), func.jsonb_build_object())
    reach = in_scope(Subscription.tenant_id, actor, Permission.subscriptions_read)
    return select(*_facts, _prices, _counted(reach), _worth(reach))


def _build(row: Any) -> PlanRow:
    size = len(_facts)
    prices, subscriptions, worth = row[size : size + 3]
    values = [
        *row[:size],
        tuple(PriceFact(*each) for each in prices),
        subscriptions,
        tuple(Money(int(minor), code) for code, minor in sorted(worth.items())),
    ]
    return PlanRow(*values)


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    return or_(
        col(Plan.name).icontains(text, autoescape=True), col(Plan.key).icontains(text, autoescape=True)
    )


def _is_add_on() -> ColumnElement[bool]:
    return col(Plan.is_add_on).is_(True)


def _is_base() -> ColumnElement[bool]:
    return col(Plan.is_add_on).is_(False)


def _trial_text(row: PlanRow) -> str:
    return f"{row.trial_days} days" if row.trial_days else ""


PLANS: Listing[PlanRow] = register(
    Listing(
        key="plans",
        title="Plans",
        noun="plan",
        path="/billing/plans",
        permission=Permission.plans_read,
        export_permission=Permission.plans_read,
        statement=_statement,
        build=_build,
        identifier=col(Plan.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "name",
                "Plan",
                ColumnKind.link,
                lambda row: row.name,
                "name",
                href=lambda row: f"/billing/plans/{row.id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("version", "Version", ColumnKind.number, lambda row: row.version),
            Column("prices", "Prices", ColumnKind.text, lambda row: row.prices_text),
            Column(
                "subscriptions",
                "Active subscriptions",
                ColumnKind.number,
                lambda row: row.subscriptions,
                "subscriptions",
            ),
            Column("mrr", "MRR", ColumnKind.text, lambda row: row.mrr_text),
            Column("trial", "Trial", ColumnKind.text, _trial_text),
            Column(
                "kind",
                "Kind",
                ColumnKind.text,
                lambda row: "Add-on" if row.is_add_on else "Plan",
                is_default=False,
            ),
            Column("created_at", "Created", ColumnKind.instant, lambda row: row.created_at, "created_at"),
            Column("key", "Key", ColumnKind.code, lambda row: row.key, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("subscriptions", _everywhere, int),
            SortKey("name", col(Plan.name), str),
            SortKey("created_at", col(Plan.created_at), datetime.fromisoformat),
        ),
        default_sort="-subscriptions",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Plan.status),
                (Choice("draft", "Draft"), Choice("on_sale", "On sale"), Choice("archived", "Archived")),
            ),
            Filter(
                "kind",
                "Kind",
                FilterKind.choice,
                col(Plan.is_add_on),
                (Choice("plan", "Plan", _is_base), Choice("add_on", "Add-on", _is_add_on)),
            ),
            Filter("key", "Key", FilterKind.text, col(Plan.key)),
        ),
        search=_search,
        search_hint="Name or key",
        views=(
            View("all", "All", ""),
            View("on_sale", "On sale", "f=status:on_sale"),
            View("add_ons", "Add-ons", "f=kind:add_on"),
            View("draft", "Draft", "f=status:draft"),
            View("archived", "Archived", "f=status:archived"),
        ),
        empty="Subscriptions need a plan. A plan has prices, one for each currency and rhythm.",
        nouns=frozenset({"plan", "subscription"}),
    )
)


def find_plan_row(session: Session, actor: Actor, plan_id: UUID) -> PlanRow | None:
    """One version as the list has it."""
    row = session.execute(_statement(actor).where(col(Plan.id) == plan_id)).first()
    return _build(row) if row else None
