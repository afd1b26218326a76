"""The prices a customer can be moved to, and why not to the others."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case
from sqlmodel import Session, col, select

from models.billing.queries.offers import OFFER_COLUMNS, build_offer
from models.billing.rules.invoice_status import Refusal
from models.billing.rules.offers import Offer
from models.billing.tables import Plan, PlanStatus, Price
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

_COLUMNS: tuple[Any, ...] = (
    *OFFER_COLUMNS,
    Plan.key,
    Plan.trial_days,
    Plan.status,
    Price.archived_at,
)
# More than this and a person searches a list instead; no catalogue of ours comes near.
MAX_CHOICES = 300


@dataclass(frozen=True, slots=True)
class PriceChoice:
    """A price with its plan; `is_agreed` where the amount is agreed with each customer."""

    offer: Offer
    plan_key: str
    trial_days: int
    is_agreed: bool
    refusal: Refusal | None


def list_price_choices(
    session: Session,
    actor: Actor,
    *,
    currency: str,
    is_add_on: bool = False,
    interval: tuple[str, int] | None = None,
    versions_of: UUID | None = None,
) -> list[PriceChoice]:
    """Every price of the catalogue but drafts, those that fit first; the others carry their reason.

    `interval` demands one, as add-ons do; `versions_of` leaves the other versions of that plan.
    """
    actor.ensure(Permission.subscriptions_write)
    fits = case((col(Price.currency) == currency, 0), else_=1)
    statement = (
        select(*_COLUMNS)
        .join(Plan, col(Plan.id) == Price.plan_id)
        .where(col(Plan.status) != PlanStatus.draft, col(Plan.is_add_on) == is_add_on)
        .order_by(fits, col(Plan.name), col(Plan.version).desc(), col(Price.interval), col(Price.id))
        .limit(MAX_CHOICES)
    )
    if versions_of is not None:
        key = session.get_one(Plan, versions_of).key
        statement = statement.where(col(Plan.key) == key, col(Plan.id) != versions_of)
    found = [_choice(row, currency, interval) for row in session.execute(statement)]
    return sorted(found, key=lambda each: each.refusal is not None)


def _choice(row: Any, currency: str, interval: tuple[str, int] | None) -> PriceChoice:
    key, trial_days, status, archived_at = row[len(OFFER_COLUMNS) :]
    is_agreed = row[9] is None and not row[11]
    offer = build_offer(row, row[9] or 0)
    is_sold = status == PlanStatus.on_sale and archived_at is None
    return PriceChoice(
        offer, key, trial_days, is_agreed, _why_not(offer, currency, interval, is_sold=is_sold)
    )


def _why_not(
    offer: Offer, currency: str, interval: tuple[str, int] | None, *, is_sold: bool
) -> Refusal | None:
    if not is_sold:
        return Refusal("price.sold_no_more", "Not on sale any more.")
    if offer.currency != currency:
        return Refusal("price.other_currency", f"In {offer.currency}; this customer pays in {currency}.")
    if interval is not None and (offer.interval, offer.interval_count) != interval:
        return Refusal("price.other_interval", "Billed at another interval than the plan.")
    return None
