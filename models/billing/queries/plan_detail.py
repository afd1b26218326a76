"""Reading one version of a plan: its prices, its other versions, and what a quantity would cost."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.billing.queries.plans import PlanRow, find_plan_row
from models.billing.rules.plan_diff import OfferDifference, compare_offers
from models.billing.rules.price_draft import PriceDraft, PriceFact, amount_words, price_words, show_terms
from models.billing.rules.price_terms import PriceTerms, terms_of
from models.billing.rules.pricing import Charge, compute_charge, monthly_worth
from models.billing.tables import (
    Interval,
    Plan,
    Price,
    Subscription,
    SubscriptionAddOn,
    TaxBehavior,
)
from models.kernel.actor import Actor
from models.kernel.errors import NotFound

_ORDER = list(Interval)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of a plan with how many subscriptions ever took it."""

    id: UUID
    currency: str
    interval: str
    interval_count: int
    model: str
    unit_amount_minor: int | None
    package_size: int
    tiers: tuple[dict[str, Any], ...]
    tax_behavior: str
    archived_at: datetime | None
    uses: int = 0

    @property
    def offer(self) -> tuple[str, str, int]:
        """What makes it the same offer in another version."""
        return self.currency, self.interval, self.interval_count

    @property
    def words(self) -> str:
        """`29 EUR/mo`."""
        first = str(self.tiers[0]["unit_amount"]) if self.tiers else ""
        return price_words(
            PriceFact(
                self.currency,
                self.interval,
                self.interval_count,
                self.model,
                self.unit_amount_minor,
                self.package_size,
                first,
            )
        )

    @property
    def full_words(self) -> str:
        """The words with all tiers and how tax is meant: equal just where the terms are."""
        tiers = ", ".join(
            f"{'to ' + format(each['up_to'], ',') if each['up_to'] else 'further'} "
            f"{amount_words(Fraction(str(each['unit_amount'])), self.currency)}"
            + (
                f" + {amount_words(Fraction(each['flat_minor']), self.currency)}"
                if each["flat_minor"]
                else ""
            )
            for each in self.tiers
        )
        tail = ", tax contained" if self.tax_behavior == TaxBehavior.inclusive else ""
        return f"{self.words} {self.model.replace('_', ' ')}{f' ({tiers})' if tiers else ''}{tail}"

    @property
    def terms(self) -> PriceTerms | None:
        """How a quantity becomes an amount; None where that is agreed with each customer."""
        if self.unit_amount_minor is None and not self.tiers:
            return None
        return terms_of(self.model, self.unit_amount_minor, self.package_size, self.tiers)

    def charge(self, quantity: int) -> Charge | None:
        """What a full period costs, by the rule that bills; None where it is agreed with each customer."""
        terms = self.terms
        return compute_charge(terms, quantity) if terms else None

    def monthly_worth(self, amount_minor: int) -> int:
        """What an amount of each period is worth a month."""
        return monthly_worth(amount_minor, Interval(self.interval), self.interval_count)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """Another version of the same plan."""

    id: UUID
    version: int
    name: str
    status: str
    trial_days: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A version with its prices and all versions of the plan, newest first."""

    row: PlanRow
    prices: tuple[PriceRow, ...]
    versions: tuple[VersionRow, ...]


def get_plan(session: Session, actor: Actor, plan_id: UUID) -> PlanDetail:
    """One version of a plan; NotFound where there is none."""
    row = find_plan_row(session, actor, plan_id)
    if row is None:
        raise NotFound("plan", plan_id)
    versions = session.exec(select(Plan).where(Plan.key == row.key).order_by(col(Plan.version).desc()))
    return PlanDetail(
        row,
        list_prices(session, plan_id),
        tuple(
            VersionRow(each.id, each.version, each.name, each.status, each.trial_days, each.created_at)
            for each in versions
        ),
    )


def show_draft(price: PriceRow) -> PriceDraft:
    """A price as a person would have typed it; an agreed amount is empty."""
    terms = price.terms
    return PriceDraft(
        price.currency,
        price.interval,
        str(price.interval_count),
        tax_behavior=price.tax_behavior,
        **(show_terms(terms, price.currency) if terms else {}),
    )


def offer_differences(before: PlanDetail, after: PlanDetail) -> list[OfferDifference]:
    """What became of each offer between two versions; archived prices are no offers."""
    return compare_offers(_offers(before), _offers(after))


def list_prices(session: Session, plan_id: UUID) -> tuple[PriceRow, ...]:
    """The prices of a version, by currency and rhythm, archived ones last."""
    uses = _uses(session, plan_id)
    found = session.exec(select(Price).where(Price.plan_id == plan_id))
    rows = [
        PriceRow(
            each.id,
            each.currency,
            each.interval,
            each.interval_count,
            each.model,
            each.unit_amount_minor,
            each.package_size,
            tuple(each.tiers),
            each.tax_behavior,
            each.archived_at,
            uses.get(each.id, 0),
        )
        for each in found
    ]
    return tuple(
        sorted(
            rows,
            key=lambda each: (
                each.archived_at is not None,
                each.currency,
                _ORDER.index(Interval(each.interval)),
                each.interval_count,
            ),
        )
    )


def _offers(plan: PlanDetail) -> dict[tuple[str, str, int], str]:
    return {price.offer: price.full_words for price in plan.prices if price.archived_at is None}


def _uses(session: Session, plan_id: UUID) -> dict[UUID, int]:
    counted: dict[UUID, int] = {}
    for table in (Subscription, SubscriptionAddOn):
        rows = session.execute(
            select(table.price_id, func.count()).where(table.plan_id == plan_id).group_by(col(table.price_id))
        )
        for price_id, number in rows:
            counted[price_id] = counted.get(price_id, 0) + number
    return counted
