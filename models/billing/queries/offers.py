"""Offers of the catalogue, as rules take them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from models.billing.rules.changes import AddAddOn, Change, ChangePlan, OfferKey
from models.billing.rules.offers import Offer
from models.billing.rules.pricing import terms_of
from models.billing.tables import Interval, Plan, PlanStatus, Price, PriceModel, TaxBehavior
from models.kernel.errors import Conflict, Invalid, NotFound

# The columns an offer is built of, in the order of `build_offer`.
OFFER_COLUMNS: tuple[Any, ...] = (
    Price.id,
    Plan.id,
    Plan.name,
    Plan.version,
    Plan.is_add_on,
    Price.currency,
    Price.interval,
    Price.interval_count,
    Price.model,
    Price.unit_amount_minor,
    Price.package_size,
    Price.tiers,
    Plan.tax_code,
    Price.tax_behavior,
)
_WITH_TRIAL: tuple[Any, ...] = (*OFFER_COLUMNS, Plan.trial_days)


def build_offer(row: Any, unit_amount_minor: int | None) -> Offer:
    """The offer of a row of `OFFER_COLUMNS`, at the amount agreed where one is given."""
    amount = row[9] if unit_amount_minor is None else unit_amount_minor
    if amount is None:
        raise Invalid(
            "price.amount_missing",
            f"The price of {row[2]} is agreed with each customer. Enter the amount.",
            field="unit_amount",
        )
    return Offer(
        price_id=row[0],
        plan_id=row[1],
        plan_name=row[2],
        plan_version=row[3],
        is_add_on=row[4],
        currency=row[5],
        interval=Interval(row[6]),
        interval_count=row[7],
        terms=terms_of(PriceModel(row[8]), amount, row[10], row[11]),
        tax_code=row[12],
        is_inclusive=row[13] == TaxBehavior.inclusive,
    )


class Catalogue:
    """Some prices, read once; subscriptions at the same amount share one offer."""

    def __init__(self, session: Session, price_ids: Collection[UUID]) -> None:
        rows = session.execute(
            select(*OFFER_COLUMNS)
            .join(Plan, col(Plan.id) == Price.plan_id)
            .where(col(Price.id).in_(price_ids))
        )
        self._rows = {row[0]: row for row in rows}
        self._offers: dict[tuple[UUID, int | None], Offer] = {}

    def offer(self, price_id: UUID, unit_amount_minor: int | None) -> Offer:
        """The offer at the amount agreed where one is given."""
        key = price_id, unit_amount_minor
        found = self._offers.get(key)
        if found is None:
            found = self._offers[key] = build_offer(self._rows[price_id], unit_amount_minor)
        return found


def offers_for(session: Session, changes: Collection[Change]) -> Mapping[OfferKey, Offer]:
    """The offers that changes name; what was planned before its plan was archived still counts."""
    wanted = {each.offer_key for each in changes if isinstance(each, ChangePlan | AddAddOn)}
    if not wanted:
        return {}
    rows = session.execute(
        select(*OFFER_COLUMNS)
        .join(Plan, col(Plan.id) == Price.plan_id)
        .where(col(Price.id).in_({price_id for price_id, _ in wanted}), col(Plan.status) != PlanStatus.draft)
    )
    found = {row[0]: row for row in rows}
    return {key: build_offer(found[key[0]], key[1]) for key in wanted if key[0] in found}


def find_offer(session: Session, price_id: UUID, unit_amount_minor: int | None) -> tuple[Offer, int]:
    """One offer at the amount agreed where one is given, and the days of trial its plan gives."""
    row = session.execute(
        select(*_WITH_TRIAL).join(Plan, col(Plan.id) == Price.plan_id).where(col(Price.id) == price_id)
    ).first()
    if row is None:
        raise NotFound("price", price_id)
    return build_offer(row, unit_amount_minor), row[-1]


def ensure_on_sale(session: Session, price_id: UUID) -> None:
    """NotFound for an unknown price; Conflict where its plan, or the price itself, is not sold any more."""
    found = session.execute(
        select(col(Plan.name), col(Plan.status), col(Price.archived_at))
        .join(Plan, col(Plan.id) == Price.plan_id)
        .where(col(Price.id) == price_id)
    ).first()
    if found is None:
        raise NotFound("price", price_id)
    if found[1] != PlanStatus.on_sale or found[2] is not None:
        raise Conflict("price.not_on_sale", f"{found[0]} is not on sale at this price. Choose another one.")
