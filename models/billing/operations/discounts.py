"""Discounts: giving a coupon to a subscription, and ending it."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from models.accounts import Tenant, get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.reasons import ensure_reason
from models.billing.queries.forecast import Forecast, forecast
from models.billing.queries.snapshot_parts import build_coupon_terms
from models.billing.queries.snapshots import get_snapshot
from models.billing.rules.coupon_words import discount_words, duration_words
from models.billing.rules.discounts import CouponTerms, why_not_discount, why_not_redeem
from models.billing.rules.outcome import monthly_recurring
from models.billing.rules.snapshot import RunningDiscount, Snapshot
from models.billing.tables import Coupon, Discount, PromotionCode, Subscription
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import can_store_text, new_id
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class RedeemPreview:
    """What a coupon gives, the subscription as it would stand with it, and what is billed next then."""

    coupon: CouponTerms
    snapshot: Snapshot
    ahead: Forecast


def find_promotion(session: Session, code: str) -> tuple[Coupon, PromotionCode | None]:
    """The coupon behind a promotion code or, for staff, behind its own key; refused where there is none."""
    word = code.strip() if can_store_text(code) else ""
    promotion = session.exec(select(PromotionCode).where(PromotionCode.code == word.upper()[:100])).first()
    if promotion is not None:
        return session.get_one(Coupon, promotion.coupon_id), promotion
    coupon = session.exec(select(Coupon).where(Coupon.key == word.lower()[:100])).first()
    if coupon is None:
        raise Invalid(
            "promotion_code.unknown",
            f"There is no code “{word[:40]}”. Check its spelling, or look among the coupons.",
            field="code",
        )
    return coupon, None


def preview_coupon(session: Session, code: str, *, currency: str, zone: str) -> CouponTerms:
    """What a code would give a subscription that is not stored yet; raises the refusals of `redeem_coupon`."""
    coupon, promotion = find_promotion(session, code)
    on = clock.now().astimezone(ZoneInfo(zone)).date()
    refusal = why_not_redeem(coupon, promotion, currency=currency, on=on, is_given=False)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    return build_coupon_terms(coupon)


def preview_redeem(session: Session, actor: Actor, *, subscription_id: UUID, code: str) -> RedeemPreview:
    """What `redeem_coupon` would do now; raises the same refusals, locks and writes nothing."""
    subscription = get_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    _ensure_takes_coupons(subscription)
    coupon, promotion = find_promotion(session, code)
    _ensure_redeemable(session, subscription, coupon, promotion, _today(session, subscription))
    terms, s = build_coupon_terms(coupon), get_snapshot(session, subscription_id)
    # Coupons work in the order they were given: this one last.
    s = replace(s, discounts=(*s.discounts, RunningDiscount(new_id(), terms, 0, None)))
    return RedeemPreview(terms, s, forecast(session, s, 1))


def redeem_coupon(session: Session, actor: Actor, *, subscription_id: UUID, code: str) -> Discount:
    """Give a subscription the coupon of a code: it lowers what is billed from the next invoice on.

    Counts the redemption under the locks of coupon and code, so that a limit holds under any number at once.
    Refused (`why_not_redeem`): archived, expired, used up, of another currency, given before; and on a
    cancelled subscription.
    """
    subscription = lock_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    _ensure_takes_coupons(subscription)
    found, named = find_promotion(session, code)
    # Coupon first, then code, everywhere, so that no two redemptions wait for each other.
    coupon = lock_row(session, Coupon, found.id)
    promotion = lock_row(session, PromotionCode, named.id) if named else None
    today = _today(session, subscription)
    _ensure_redeemable(session, subscription, coupon, promotion, today)
    discount = Discount(
        tenant_id=subscription.tenant_id,
        subscription_id=subscription.id,
        coupon_id=coupon.id,
        promotion_code_id=promotion.id if promotion else None,
        given_on=today,
    )
    for counted in (coupon, promotion):
        if counted is not None:
            counted.redeemed_count += 1
            counted.updated_at = clock.now()
    session.add(discount)
    _touch(session, subscription)
    _record_given(session, actor, subscription, coupon, promotion)
    return discount


def end_discount(session: Session, actor: Actor, *, discount_id: UUID, reason: str) -> Discount:
    """Take a running discount away: the next invoice is without it, issued ones keep it."""
    found = get_scoped(session, actor, Discount, discount_id, Permission.subscriptions_write)
    words = ensure_reason(reason)
    # The subscription first, as in every change of it.
    subscription = lock_row(session, Subscription, found.subscription_id)
    discount = lock_row(session, Discount, discount_id)
    if discount.ended_on is not None:
        raise Conflict("discount.is_over", "This discount is over already. Nothing is left to do.")
    coupon = session.get_one(Coupon, discount.coupon_id)
    discount.ended_on = _today(session, subscription)
    discount.updated_at = clock.now()
    _touch(session, subscription)
    record_event(
        session,
        actor,
        events.DISCOUNT_ENDED,
        _subject(session, subscription),
        reason=words,
        after={
            "coupon": coupon.name,
            "periods_used": discount.periods_used,
            "ended_on": discount.ended_on.isoformat(),
        },
    )
    return discount


def _ensure_takes_coupons(subscription: Subscription) -> None:
    refusal = why_not_discount(subscription.status)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)


def _ensure_redeemable(
    session: Session, subscription: Subscription, coupon: Coupon, promotion: PromotionCode | None, on: date
) -> None:
    known = select(Discount.id).where(
        Discount.subscription_id == subscription.id, Discount.coupon_id == coupon.id
    )
    is_given = session.exec(known).first() is not None
    refusal = why_not_redeem(coupon, promotion, currency=subscription.currency, on=on, is_given=is_given)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)


def _record_given(
    session: Session,
    actor: Actor,
    subscription: Subscription,
    coupon: Coupon,
    promotion: PromotionCode | None,
) -> None:
    record_event(
        session,
        actor,
        events.DISCOUNT_GIVEN,
        _subject(session, subscription),
        after={
            "coupon": coupon.name,
            "code": promotion.code if promotion else "",
            "discount": discount_words(coupon.percent_off_ppm, coupon.amount_off_minor, coupon.currency),
            "duration": duration_words(coupon.duration, coupon.duration_periods),
        },
    )


def _today(session: Session, subscription: Subscription) -> date:
    """The day it is at the customer."""
    tenant = session.get_one(Tenant, subscription.tenant_id)
    return clock.now().astimezone(ZoneInfo(tenant.time_zone)).date()


def _touch(session: Session, subscription: Subscription) -> None:
    """A preview of the subscription made before is stale now, and its monthly worth is another."""
    subscription.version += 1
    subscription.updated_at = clock.now()
    session.flush()
    subscription.mrr_minor = monthly_recurring(get_snapshot(session, subscription.id))


def _subject(session: Session, subscription: Subscription) -> Subject:
    tenant = session.get_one(Tenant, subscription.tenant_id)
    return Subject("subscription", subscription.id, tenant.name, tenant.id)
