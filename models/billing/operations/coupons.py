"""Coupons and the codes that give them: making and archiving; never deleting."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from models.billing import events
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.coupon_words import discount_words, duration_words, read_code, read_worth
from models.billing.rules.reading import MAX_COUNT, read_key, read_name, read_whole
from models.billing.tables import Coupon, CouponDuration, CouponStatus, PromotionCode
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name, lock_row
from models.kernel.permissions import Permission

MAX_PERIODS = 120


def create_coupon(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    name: str,
    key: str = "",
    percent_off: str = "",
    amount_off: str = "",
    currency: str = "",
    duration: str = CouponDuration.once,
    duration_periods: str = "",
    max_redemptions: str = "",
    redeem_until_on: date | None = None,
) -> Coupon:
    """Make a coupon: a percentage or an amount off, once, for n periods or forever.

    `percent_off` and `amount_off` are text as typed; just one is given. `redeem_until_on` is the first day on
    which it can no longer be given. Refused where another coupon has the key.
    """
    actor.ensure(Permission.coupons_write)
    plain = read_name(name)
    percent, amount, code = read_worth(percent_off, amount_off, currency)
    coupon = Coupon(
        key=read_key(key, name=plain),
        name=plain,
        percent_off_ppm=percent,
        amount_off_minor=amount,
        currency=code,
        duration=duration,
        duration_periods=_periods(duration, duration_periods),
        max_redemptions=_limit(max_redemptions),
        redeem_until_on=_open_until(redeem_until_on),
    )
    _ensure_key_free(session, coupon.key)
    session.add(coupon)
    session.flush()
    record_event(session, actor, events.COUPON_CREATED, coupon_subject(coupon), after=_facts(coupon))
    return coupon


def archive_coupon(session: Session, actor: Actor, *, coupon_id: UUID, reason: str) -> Coupon:
    """Give a coupon no more; discounts that run keep it."""
    coupon = _lock(session, actor, coupon_id)
    if coupon.status == CouponStatus.archived:
        raise Conflict("coupon.is_archived", "This coupon is archived already. Nothing is left to do.")
    return _become(session, actor, coupon, CouponStatus.archived, reason)


def unarchive_coupon(session: Session, actor: Actor, *, coupon_id: UUID, reason: str) -> Coupon:
    """Let an archived coupon be given again, within its limits."""
    coupon = _lock(session, actor, coupon_id)
    if coupon.status != CouponStatus.archived:
        raise Conflict("coupon.not_archived", "This coupon is available already. Nothing is left to do.")
    return _become(session, actor, coupon, CouponStatus.on_sale, reason)


def create_promotion_code(
    session: Session,
    actor: Actor,
    *,
    coupon_id: UUID,
    code: str,
    max_redemptions: str = "",
    redeem_until_on: date | None = None,
) -> PromotionCode:
    """A word that gives the coupon, with limits of its own; refused where the word is taken."""
    coupon = _lock(session, actor, coupon_id)
    if coupon.status == CouponStatus.archived:
        raise Conflict("coupon.takes_no_codes", "An archived coupon takes no codes. Make it available first.")
    promotion = PromotionCode(
        coupon_id=coupon.id,
        code=read_code(code),
        max_redemptions=_limit(max_redemptions),
        redeem_until_on=_open_until(redeem_until_on),
    )
    lock_name(session, f"promotion_code:{promotion.code}")
    if session.exec(select(PromotionCode.id).where(PromotionCode.code == promotion.code)).first() is not None:
        raise Conflict(
            "promotion_code.taken", f"The code {promotion.code} exists already. Choose another.", field="code"
        )
    session.add(promotion)
    session.flush()
    record_event(
        session,
        actor,
        events.PROMOTION_CODE_CREATED,
        coupon_subject(coupon),
        after={
            "code": promotion.code,
            "max_redemptions": promotion.max_redemptions,
            "redeem_until_on": _iso(promotion.redeem_until_on),
        },
    )
    return promotion


def archive_promotion_code(session: Session, actor: Actor, *, promotion_code_id: UUID) -> PromotionCode:
    """Let a code give nothing more; what it gave stays."""
    actor.ensure(Permission.coupons_write)
    found = session.get(PromotionCode, promotion_code_id)
    if found is None:
        raise NotFound("promotion_code", promotion_code_id)
    # The coupon first, as in a redemption, so that the two never wait for each other.
    coupon = lock_row(session, Coupon, found.coupon_id)
    promotion = lock_row(session, PromotionCode, promotion_code_id)
    if promotion.archived_at is not None:
        raise Conflict("promotion_code.is_archived", "This code is archived already. Nothing is left to do.")
    promotion.archived_at = promotion.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.PROMOTION_CODE_ARCHIVED,
        coupon_subject(coupon),
        after={"code": promotion.code},
    )
    return promotion


def coupon_subject(coupon: Coupon) -> Subject:
    """The coupon as the subject of an event."""
    return Subject("coupon", coupon.id, coupon.name)


def _lock(session: Session, actor: Actor, coupon_id: UUID) -> Coupon:
    actor.ensure(Permission.coupons_write)
    return lock_row(session, Coupon, coupon_id)


def _become(session: Session, actor: Actor, coupon: Coupon, status: CouponStatus, reason: str) -> Coupon:
    words = ensure_reason(reason)
    before, coupon.status = coupon.status, status
    coupon.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.COUPON_ARCHIVED if status is CouponStatus.archived else events.COUPON_UNARCHIVED,
        coupon_subject(coupon),
        reason=words,
        before={"status": before},
        after={"status": status},
    )
    return coupon


def _periods(duration: str, text: str) -> int | None:
    if duration not in set(CouponDuration):
        raise Invalid("coupon.unknown_duration", "Choose for how long the discount holds.", field="duration")
    if duration != CouponDuration.periods:
        return None
    return read_whole(text, field="duration_periods", least=1, most=MAX_PERIODS)


def _ensure_key_free(session: Session, key: str) -> None:
    lock_name(session, f"coupon:{key}")
    if session.exec(select(Coupon.id).where(Coupon.key == key)).first() is not None:
        raise Conflict(
            "coupon.key_taken",
            f"There is a coupon with the key {key} already. Choose another key.",
            field="key",
        )


def _facts(coupon: Coupon) -> dict[str, Any]:
    return {
        "discount": discount_words(coupon.percent_off_ppm, coupon.amount_off_minor, coupon.currency),
        "duration": duration_words(coupon.duration, coupon.duration_periods),
        "max_redemptions": coupon.max_redemptions,
        "redeem_until_on": _iso(coupon.redeem_until_on),
    }


def _limit(text: str) -> int | None:
    return read_whole(text, field="max_redemptions", least=1, most=MAX_COUNT) if text.strip() else None


def _open_until(day: date | None) -> date | None:
    if day is not None and day <= clock.today():
        raise Invalid(
            "coupon.over_already",
            f"From {day} on it could not be given, and that is not in the future. Choose a later day.",
            field="redeem_until_on",
        )
    return day


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
