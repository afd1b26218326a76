"""Reading coupons: the list, one with its codes, and the discounts of a subscription."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, null, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts import in_scope
from models.billing.rules.coupon_words import discount_words, duration_words
from models.billing.tables import Coupon, CouponStatus, Discount, PromotionCode
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
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
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon in a list; `status` is on_sale, expired, used_up or archived; `running` None without reach."""

    id: UUID
    key: str
    name: str
    status: str
    percent_off_ppm: int | None
    amount_off_minor: int | None
    currency: str | None
    duration: str
    duration_periods: int | None
    redeemed_count: int
    max_redemptions: int | None
    redeem_until_on: date | None
    created_at: datetime
    running: int | None

    @property
    def discount_text(self) -> str:
        """`10 %` or `5.00 EUR`."""
        return discount_words(self.percent_off_ppm, self.amount_off_minor, self.currency)

    @property
    def duration_text(self) -> str:
        """`once`, `3 periods` or `forever`."""
        return duration_words(self.duration, self.duration_periods)

    @property
    def used_text(self) -> str:
        """`3 of 100`, or `3` where there is no limit."""
        return f"{self.redeemed_count:,}" + (f" of {self.max_redemptions:,}" if self.max_redemptions else "")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A promotion code of a coupon."""

    id: UUID
    code: str
    redeemed_count: int
    max_redemptions: int | None
    redeem_until_on: date | None
    archived_at: datetime | None


def _is_expired() -> ColumnElement[bool]:
    return col(Coupon.redeem_until_on) <= clock.today()


def _is_used_up() -> ColumnElement[bool]:
    return col(Coupon.redeemed_count) >= col(Coupon.max_redemptions)


def _state() -> ColumnElement[str]:
    return case(
        (col(Coupon.status) == CouponStatus.archived, "archived"),
        (_is_expired(), "expired"),
        (_is_used_up(), "used_up"),
        else_="on_sale",
    )


def _in_state(state: str) -> Any:
    return lambda: _state() == state


_facts: tuple[Any, ...] = (
    Coupon.percent_off_ppm,
    Coupon.amount_off_minor,
    Coupon.currency,
    Coupon.duration,
    Coupon.duration_periods,
    Coupon.redeemed_count,
    Coupon.max_redemptions,
    Coupon.redeem_until_on,
    Coupon.created_at,
)


def _statement(actor: Actor) -> Select[Any]:
    actor.ensure(Permission.coupons_read)
    running: ColumnElement[Any] = cast(null(), BigInteger)
    if actor.may(Permission.subscriptions_read):
        running = (
            select(func.count())
            .select_from(Discount)
            .where(
                col(Discount.coupon_id) == Coupon.id,
                col(Discount.ended_on).is_(None),
                in_scope(Discount.tenant_id, actor, Permission.subscriptions_read),
            )
            .correlate(Coupon)
            .scalar_subquery()
        )
    return select(Coupon.id, Coupon.key, Coupon.name, _state().label("state"), *_facts, running)  # type: ignore[call-overload,no-any-return]


def _build(row: Any) -> CouponRow:
    return CouponRow(*row[: 5 + len(_facts)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    with_code = select(PromotionCode.coupon_id).where(  # type: ignore[call-overload]
        col(PromotionCode.code).startswith(text.strip().upper(), autoescape=True)
    )
    return or_(
        col(Coupon.name).icontains(text, autoescape=True),
        col(Coupon.key).icontains(text, autoescape=True),
        col(Coupon.id).in_(with_code),
    )


def _is_ending() -> ColumnElement[bool]:
    return and_(_state() == "on_sale", col(Coupon.redeem_until_on) <= clock.months_after(clock.today(), 1))


COUPONS: Listing[CouponRow] = register(
    Listing(
        key="coupons",
        title="Coupons",
        noun="coupon",
        path="/billing/coupons",
        permission=Permission.coupons_read,
        export_permission=Permission.coupons_read,
        statement=_statement,
        build=_build,
        identifier=col(Coupon.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "name",
                "Coupon",
                ColumnKind.link,
                lambda row: row.name,
                "name",
                href=lambda row: f"/billing/coupons/{row.id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("discount", "Discount", ColumnKind.text, lambda row: row.discount_text),
            Column("duration", "Duration", ColumnKind.text, lambda row: row.duration_text.capitalize()),
            Column("used", "Used", ColumnKind.text, lambda row: row.used_text, "used"),
            Column("running", "Running discounts", ColumnKind.number, lambda row: row.running),
            Column("redeem_until_on", "Can be given until", ColumnKind.date, lambda row: row.redeem_until_on),
            Column(
                "created_at",
                "Created",
                ColumnKind.instant,
                lambda row: row.created_at,
                "created_at",
                is_default=False,
            ),
            Column("key", "Key", ColumnKind.code, lambda row: row.key, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("created_at", col(Coupon.created_at), datetime.fromisoformat),
            SortKey("name", col(Coupon.name), str),
            SortKey("used", col(Coupon.redeemed_count), int),
        ),
        default_sort="-created_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Coupon.status),
                (
                    Choice("on_sale", "On sale", _in_state("on_sale")),
                    Choice("ending", "Ending within a month", _is_ending),
                    Choice("expired", "Expired", _in_state("expired")),
                    Choice("used_up", "Used up", _in_state("used_up")),
                    Choice("archived", "Archived", _in_state("archived")),
                ),
            ),
            Filter("key", "Key", FilterKind.text, col(Coupon.key)),
            Filter("redeem_until_on", "Can be given until", FilterKind.date, col(Coupon.redeem_until_on)),
        ),
        search=_search,
        search_hint="Name, key or code",
        views=(
            View("all", "All", ""),
            View("active", "Active", "f=status:on_sale"),
            View("ending", "Ending", "f=status:ending"),
            View("used_up", "Used up", "f=status:used_up"),
            View("archived", "Archived", "f=status:archived"),
        ),
        empty="A coupon lowers the next invoices of a subscription.",
        nouns=frozenset({"coupon", "subscription"}),
    )
)


def get_coupon(session: Session, actor: Actor, coupon_id: UUID) -> tuple[CouponRow, tuple[CodeRow, ...]]:
    """One coupon with its codes; NotFound where there is none."""
    row = session.execute(_statement(actor).where(col(Coupon.id) == coupon_id)).first()
    if row is None:
        raise NotFound("coupon", coupon_id)
    codes = session.exec(
        select_rows(PromotionCode).where(PromotionCode.coupon_id == coupon_id).order_by(PromotionCode.code)
    )
    return _build(row), tuple(
        CodeRow(**{name: getattr(each, name) for name in CodeRow.__dataclass_fields__}) for each in codes
    )
