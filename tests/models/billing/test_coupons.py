"""Coupons: made, given under their limits, archived and ended."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.billing import (
    COUPONS,
    archive_coupon,
    archive_promotion_code,
    create_coupon,
    create_promotion_code,
    end_discount,
    get_coupon,
    redeem_coupon,
    unarchive_coupon,
)
from models.billing.operations.discounts import find_promotion
from models.billing.tables import Coupon, Discount
from models.compliance import list_timeline
from models.kernel.actor import MissingPermission
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import Conflict, DomainError, Invalid, NotFound
from models.kernel.listing import Condition, ListQuery, list_page
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_subscription
from tests.fixtures.clock import FrozenClock

FINANCE = anybody()


def test_a_coupon_is_made_given_counted_and_on_record(session: Session, frozen: FrozenClock) -> None:
    coupon = create_coupon(
        session, FINANCE, name="Welcome, 10 %", percent_off="10", duration="periods", duration_periods="3"
    )
    assert (coupon.key, coupon.percent_off_ppm, coupon.duration_periods) == ("welcome-10", 100_000, 3)
    create_promotion_code(session, FINANCE, coupon_id=coupon.id, code=" welcome10 ", max_redemptions="1")
    tenant = make_tenant(session)
    first, second = (make_subscription(session, tenant=tenant) for _ in range(2))
    discount = redeem_coupon(session, FINANCE, subscription_id=first.id, code="Welcome10")
    assert (discount.tenant_id, discount.given_on, discount.periods_used) == (tenant.id, frozen.now.date(), 0)
    assert first.version == 2, "a preview made before is stale now"
    for subscription, code, refused in (
        (first, "welcome10", "coupon.already_given"),
        (second, "WELCOME10", "promotion_code.limit_reached"),
    ):
        with pytest.raises(Conflict) as refusal:
            redeem_coupon(session, FINANCE, subscription_id=subscription.id, code=code)
        assert refusal.value.code == refused
    redeem_coupon(session, FINANCE, subscription_id=second.id, code="welcome-10")
    row, (code_row,) = get_coupon(session, FINANCE, coupon.id)
    assert (row.used_text, row.running, code_row.redeemed_count) == ("2", 2, 1)
    assert (row.discount_text, row.duration_text, row.status) == ("10 %", "3 periods", "on_sale")
    assert discount.promotion_code_id == code_row.id
    (line,) = list_timeline(session, FINANCE, subject_id=first.id)
    assert (line.sentence, line.after["duration"]) == ("gave the discount", "3 periods")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "coupon.percent_or_amount"),
        ({"percent_off": "10", "amount_off": "5", "currency": "EUR"}, "coupon.percent_or_amount"),
        ({"percent_off": "0"}, "percent.unreadable"),
        ({"percent_off": "100.1"}, "percent.unreadable"),
        ({"percent_off": "12.34567"}, "percent.unreadable"),
        ({"amount_off": "5"}, "currency.not_iso"),
        ({"amount_off": "-5", "currency": "EUR"}, "coupon.not_positive"),
        ({"amount_off": "0.5", "currency": "JPY"}, "money.too_precise"),
        ({"percent_off": "10", "duration": "sometimes"}, "coupon.unknown_duration"),
        ({"percent_off": "10", "duration": "periods"}, "number.out_of_range"),
        ({"percent_off": "10", "max_redemptions": "0"}, "number.out_of_range"),
        ({"percent_off": "10", "redeem_until_on": date(2020, 1, 1)}, "coupon.over_already"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(session: Session, facts: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_coupon(session, FINANCE, name="Some", **facts)  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert session.exec(select(Coupon)).all() == []


def test_what_is_over_is_given_no_more(session: Session, frozen: FrozenClock) -> None:
    tomorrow = frozen.now.date() + timedelta(days=1)
    coupon = create_coupon(
        session, FINANCE, name="Five", amount_off="5", currency="EUR", redeem_until_on=tomorrow
    )
    create_promotion_code(session, FINANCE, coupon_id=coupon.id, code="FIVE")
    dollars = make_subscription(session)
    euros = make_subscription(session, tenant=make_tenant(session, currency="EUR"))
    gone = make_subscription(
        session, tenant=make_tenant(session, currency="EUR"), cancelled_on=date(2026, 2, 1)
    )
    for subscription, code in (
        (dollars, "coupon.wrong_currency"),
        (gone, "discount.subscription_cancelled"),
    ):
        with pytest.raises(Conflict) as refusal:
            redeem_coupon(session, FINANCE, subscription_id=subscription.id, code="FIVE")
        assert refusal.value.code == code
    with pytest.raises(Invalid, match="no code “SIX”"):
        redeem_coupon(session, FINANCE, subscription_id=euros.id, code="SIX")
    archive_coupon(session, FINANCE, coupon_id=coupon.id, reason="Over")
    with pytest.raises(Conflict, match="archived"):
        redeem_coupon(session, FINANCE, subscription_id=euros.id, code="FIVE")
    with pytest.raises(Conflict, match="takes no codes"):
        create_promotion_code(session, FINANCE, coupon_id=coupon.id, code="SIX")
    unarchive_coupon(session, FINANCE, coupon_id=coupon.id, reason="Not yet")
    frozen.advance(days=1)
    with pytest.raises(Conflict) as refusal:
        redeem_coupon(session, FINANCE, subscription_id=euros.id, code="FIVE")
    assert refusal.value.code == "coupon.expired"
    expired = ListQuery(conditions=(Condition("status", "expired"),))
    session.flush()
    assert [row.status for row in list_page(session, FINANCE, COUPONS, expired).rows] == ["expired"]
    assert session.exec(select(Discount)).all() == []


def test_a_code_is_a_word_that_stands_once(session: Session) -> None:
    coupon = create_coupon(session, FINANCE, name="Ten", percent_off="10")
    code = create_promotion_code(session, FINANCE, coupon_id=coupon.id, code="SPRING-26")
    for text in ("", "ab", "TWO WORDS", "X" * 41, "ÄÖÜ", "A--B"):
        with pytest.raises(Invalid) as refusal:
            create_promotion_code(session, FINANCE, coupon_id=coupon.id, code=text)
        assert refusal.value.code == "promotion_code.form"
    with pytest.raises(Conflict, match="SPRING-26 exists already"):
        create_promotion_code(session, FINANCE, coupon_id=coupon.id, code="spring-26")
    archive_promotion_code(session, FINANCE, promotion_code_id=code.id)
    with pytest.raises(Conflict, match="archived"):
        redeem_coupon(session, FINANCE, subscription_id=make_subscription(session).id, code="spring-26")
    assert find_promotion(session, "ten") == (coupon, None)


def test_an_ended_discount_is_over_for_good(session: Session) -> None:
    create_coupon(session, FINANCE, name="Ten", percent_off="10", duration="forever")
    subscription = make_subscription(session)
    discount = redeem_coupon(session, FINANCE, subscription_id=subscription.id, code="ten")
    with pytest.raises(Invalid, match="Give a reason"):
        end_discount(session, FINANCE, discount_id=discount.id, reason=" ")
    end_discount(session, FINANCE, discount_id=discount.id, reason="Agreed")
    assert discount.ended_on is not None
    with pytest.raises(Conflict, match="over already"):
        end_discount(session, FINANCE, discount_id=discount.id, reason="Again")
    with pytest.raises(Conflict, match="given once"):
        redeem_coupon(session, FINANCE, subscription_id=subscription.id, code="ten")


def test_nobody_gives_discounts_out_of_reach(session: Session) -> None:
    create_coupon(session, FINANCE, name="Ten", percent_off="10")
    manager = make_staff(session)
    mine = make_subscription(session, tenant=make_tenant(session, owner_id=manager.id))
    theirs = make_subscription(session)
    own = actor_with(*Permission, scope=Scope.own, user=manager)
    redeem_coupon(session, own, subscription_id=mine.id, code="ten")
    with pytest.raises(NotFound):
        redeem_coupon(session, own, subscription_id=theirs.id, code="ten")
    discount = redeem_coupon(session, FINANCE, subscription_id=theirs.id, code="ten")
    with pytest.raises(NotFound):
        end_discount(session, own, discount_id=discount.id, reason="x")
    with pytest.raises(MissingPermission, match="subscriptions:write"):
        redeem_coupon(session, actor_with(Permission.coupons_write), subscription_id=mine.id, code="ten")
    (row,) = list_page(session, own, COUPONS, ListQuery()).rows
    assert row.running == 1, "only those within reach are counted"


def test_the_last_redemption_is_given_once_however_many_ask(database: Engine) -> None:
    with unit_of_work() as session:
        create_coupon(session, FINANCE, name="Two only", percent_off="10", max_redemptions="2")
        tenant = make_tenant(session)
        subscriptions = [make_subscription(session, tenant=tenant).id for _ in range(6)]
    barrier = threading.Barrier(len(subscriptions))

    def redeem(identifier: object) -> str:
        barrier.wait()
        try:
            with unit_of_work() as session:
                redeem_coupon(session, FINANCE, subscription_id=identifier, code="two-only")  # type: ignore[arg-type]
        except DomainError as refusal:
            return refusal.code
        return "given"

    with ThreadPoolExecutor(len(subscriptions)) as pool:
        outcomes = sorted(pool.map(redeem, subscriptions))
    assert outcomes == ["coupon.limit_reached"] * 4 + ["given"] * 2
    with read_session() as session:
        assert session.exec(select(Coupon)).one().redeemed_count == 2
        assert len(session.exec(select(Discount)).all()) == 2
