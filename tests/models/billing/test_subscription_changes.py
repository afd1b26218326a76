"""The life of a subscription, each step as its preview showed."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from models.accounts import TenantStatus
from models.billing import (
    CouponDuration,
    Interval,
    Invoice,
    InvoiceStatus,
    NewSubscription,
    SubscriptionStatus,
    change_subscription,
    preview_change,
    preview_start,
    schedule_change,
    start_subscription,
    undo_cancellation,
)
from models.billing.rules.changes import (
    AddAddOn,
    Cancel,
    ChangePlan,
    ChangeQuantity,
    EndTrial,
    ExtendTrial,
    Pause,
    RemoveAddOn,
    Resume,
    Settlement,
)
from models.billing.rules.derivation import replay
from models.billing.tables import Coupon
from models.kernel import clock
from models.kernel.errors import Conflict, Invalid
from tests.factories.accounts import make_tenant
from tests.factories.engine import ACTOR, change, issue_all, lines_of, make_listed_price, run, start, timing

HALF_OF_NOVEMBER = datetime(2026, 11, 16, tzinfo=UTC)


def _amounts(session: Session, subscription_id: object) -> list[tuple[str, int]]:
    return [(line.kind, line.amount_minor) for line in lines_of(session, subscription_id)]  # type: ignore[arg-type]


def test_an_upgrade_half_way_gives_back_the_unused_half_and_bills_the_other(session: Session) -> None:
    small, large = make_listed_price(session, 1_000), make_listed_price(session, 2_000)
    one = start(session, small, on=date(2026, 11, 1))
    invoice = change(session, one, ChangePlan(large.id), HALF_OF_NOVEMBER)
    assert _amounts(session, one.id) == [("recurring", 1_000), ("unused", -500), ("remaining", 1_000)]
    assert invoice is not None
    assert (invoice.total_minor, invoice.status) == (500, InvoiceStatus.draft)
    issue_all(session, one, HALF_OF_NOVEMBER)
    assert (invoice.status, invoice.due_minor) == (InvoiceStatus.open, 500)
    assert (one.price_id, one.mrr_minor) == (large.id, 2_000)
    back = change(session, one, ChangePlan(small.id), HALF_OF_NOVEMBER)
    assert back is not None
    assert invoice.total_minor + back.total_minor == 0


def test_a_downgrade_with_a_third_left_is_rounded_line_by_line(session: Session) -> None:
    large, small = make_listed_price(session, 2_000), make_listed_price(session, 1_000)
    one = start(session, large, on=date(2026, 11, 1))
    invoice = change(session, one, ChangePlan(small.id), datetime(2026, 11, 21, tzinfo=UTC))
    assert _amounts(session, one.id)[1:] == [("unused", -667), ("remaining", 333)]
    assert invoice is not None
    assert [each["code"] for each in invoice.review] == ["not_positive", "change"]
    issue_all(session, one, datetime(2026, 11, 21, tzinfo=UTC))
    assert (invoice.total_minor, invoice.balance_minor, invoice.due_minor) == (-334, -334, 0)
    run(session, date(2026, 12, 1))
    december = session.exec(select(Invoice).where(Invoice.period_start_on == date(2026, 12, 1))).one()
    issue_all(session, one, datetime(2026, 12, 1, tzinfo=UTC))
    assert (december.total_minor, december.balance_minor, december.due_minor) == (1_000, 334, 666)


def test_in_arrears_what_ran_is_billed_at_its_own_price(session: Session) -> None:
    small, large = make_listed_price(session, 1_000), make_listed_price(session, 2_000)
    one = start(session, small, on=date(2026, 11, 1), timing=timing("arrears"))
    assert (
        change(session, one, ChangePlan(large.id, settlement=Settlement.next_invoice), HALF_OF_NOVEMBER)
        is None
    )
    run(session, date(2026, 12, 1))
    assert _amounts(session, one.id) == [("elapsed", 500), ("recurring", 1_000)]
    invoices = session.exec(select(Invoice).where(Invoice.subscription_id == one.id)).all()
    assert [each.total_minor for each in invoices] == [1_500]


def test_a_preview_is_what_is_committed_or_it_is_refused(session: Session) -> None:
    price = make_listed_price(session)
    one = start(session, price, on=date(2026, 11, 1), quantity=2)
    what = ChangeQuantity(one.id, 5)
    with clock.pinned(HALF_OF_NOVEMBER):
        token = preview_change(session, ACTOR, subscription_id=one.id, change=what).token
    change(session, one, ChangeQuantity(one.id, 3), HALF_OF_NOVEMBER)
    with clock.pinned(HALF_OF_NOVEMBER), pytest.raises(Conflict, match=r"preview\.stale"):
        change_subscription(
            session, ACTOR, subscription_id=one.id, change=what, token=token, reason="more seats"
        )
    assert one.quantity == 3


def test_add_ons_come_and_go_and_every_line_can_be_computed_again(session: Session) -> None:
    price = make_listed_price(session, 3_000)
    support = make_listed_price(session, 900, is_add_on=True)
    one = start(session, price, on=date(2026, 11, 1))
    change(session, one, AddAddOn(support.id, 2), HALF_OF_NOVEMBER)
    run(session, date(2026, 12, 1))
    add_on = next(line for line in lines_of(session, one.id) if line.amount_minor == 900)
    assert add_on.component_id is not None
    change(session, one, RemoveAddOn(add_on.component_id), datetime(2026, 12, 1, tzinfo=UTC))
    amounts = _amounts(session, one.id)
    assert amounts == [
        ("recurring", 3_000),
        ("remaining", 900),
        ("recurring", 3_000),
        ("recurring", 1_800),
        ("unused", -1_800),
    ]
    assert [replay(line.derivation) for line in lines_of(session, one.id)] == [each for _, each in amounts]


def test_a_trial_ends_early_late_or_by_itself(session: Session) -> None:
    price = make_listed_price(session, trial_days=14)
    one = start(session, price, on=date(2026, 11, 1))
    assert (one.status, one.mrr_minor, _amounts(session, one.id)) == (SubscriptionStatus.trial, 1_000, [])
    change(session, one, ExtendTrial(date(2026, 11, 20)), datetime(2026, 11, 10, tzinfo=UTC))
    run(session, date(2026, 11, 15))
    assert one.status == SubscriptionStatus.trial
    run(session, date(2026, 11, 20))
    session.refresh(one)
    assert (one.status, one.period_start_on, one.anchor_day) == (
        SubscriptionStatus.active,
        date(2026, 11, 20),
        20,
    )
    two = start(session, price, on=date(2026, 11, 1))
    change(session, two, EndTrial(), datetime(2026, 11, 5, 9, tzinfo=UTC))
    assert _amounts(session, two.id) == [("recurring", 1_000)]
    assert (two.period_start_on, two.period_until_on) == (date(2026, 11, 5), date(2026, 12, 5))


def test_a_cancellation_at_the_end_can_be_undone_until_then(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    with clock.pinned(HALF_OF_NOVEMBER):
        schedule_change(
            session, ACTOR, subscription_id=one.id, change=Cancel(), due_on=None, reason="too expensive"
        )
        assert one.cancels_on == date(2026, 12, 1)
        with pytest.raises(Conflict, match=r"change\.collides"):
            schedule_change(
                session,
                ACTOR,
                subscription_id=one.id,
                change=ChangeQuantity(one.id, 3),
                due_on=date(2026, 12, 5),
                reason="more",
            )
        undo_cancellation(session, ACTOR, subscription_id=one.id, reason="stays")
        assert one.cancels_on is None
        schedule_change(session, ACTOR, subscription_id=one.id, change=Cancel(), due_on=None, reason="goes")
    run(session, date(2026, 12, 31))
    session.refresh(one)
    assert (one.status, one.cancelled_on, one.renews_at) == (
        SubscriptionStatus.cancelled,
        date(2026, 12, 1),
        None,
    )
    assert _amounts(session, one.id) == [("recurring", 1_000)]
    with (
        clock.pinned(datetime(2027, 1, 10, tzinfo=UTC)),
        pytest.raises(Conflict, match="reactivate it first"),
    ):
        preview_change(session, ACTOR, subscription_id=one.id, change=ChangeQuantity(one.id, 3))


def test_pause_and_resume_leave_no_time_billed_twice(session: Session) -> None:
    one = start(session, make_listed_price(session, 3_000), on=date(2026, 11, 1))
    change(session, one, Pause(resumes_on=date(2026, 11, 25)), datetime(2026, 11, 11, tzinfo=UTC))
    assert (one.status, one.resumes_on) == (SubscriptionStatus.paused, date(2026, 11, 25))
    run(session, date(2026, 11, 26))
    session.refresh(one)
    assert (one.status, one.period_start_on) == (SubscriptionStatus.active, date(2026, 11, 25))
    assert _amounts(session, one.id) == [("recurring", 3_000), ("unused", -2_000), ("recurring", 3_000)]
    change(session, one, Cancel(), datetime(2026, 11, 30, 10, tzinfo=UTC))
    change(session, one, Resume(), datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert one.status == SubscriptionStatus.active
    assert len(lines_of(session, one.id)) == 3, "what was paid for goes on"


def test_a_change_that_does_not_fit_is_refused_with_the_way_on(session: Session) -> None:
    monthly = make_listed_price(session)
    euros = make_listed_price(session, currency="EUR")
    add_on = make_listed_price(session, is_add_on=True)
    one = start(session, monthly, on=date(2026, 11, 1))
    for what, code in (
        (ChangePlan(euros.id), "change.other_currency"),
        (ChangePlan(add_on.id), "change.is_add_on"),
        (ChangePlan(monthly.id), "change.nothing"),
        (AddAddOn(monthly.id), "change.not_add_on"),
        (ChangeQuantity(one.id, 0), "quantity"),
        (ChangeQuantity(one.id, 10**9), "quantity"),
        (RemoveAddOn(one.id), "change.plan_stays"),
    ):
        with clock.pinned(HALF_OF_NOVEMBER), pytest.raises(Invalid, match=code):
            preview_change(session, ACTOR, subscription_id=one.id, change=what)
    with clock.pinned(datetime(2026, 12, 2, tzinfo=UTC)), pytest.raises(Conflict, match="Run the billing"):
        preview_change(session, ACTOR, subscription_id=one.id, change=ChangeQuantity(one.id, 2))


def test_a_coupon_lowers_the_first_invoice_as_shown_and_is_refused_once_used_up(session: Session) -> None:
    coupon = Coupon(
        key="half", name="Half", percent_off_ppm=500_000, duration=CouponDuration.once, max_redemptions=1
    )
    session.add(coupon)
    session.flush()
    price = make_listed_price(session, 3_000)
    tenant = make_tenant(session, currency="USD")
    order = NewSubscription(tenant_id=tenant.id, price_id=price.id, coupon_code="half")
    with clock.pinned(HALF_OF_NOVEMBER):
        shown = preview_start(session, ACTOR, order=order)
        assert shown.outcome.invoice is not None
        assert shown.outcome.invoice.total_minor == 1_500
        assert shown.following is not None
        assert shown.following.invoice is not None
        assert shown.following.invoice.total_minor == 3_000
        coupon.redeemed_count = 1
        session.flush()
        with pytest.raises(Conflict, match=r"coupon\.limit_reached"):
            start_subscription(session, ACTOR, order=order, token=shown.token)
        coupon.redeemed_count = 0
    one = start(session, price, on=date(2026, 11, 16), tenant=tenant, coupon_code="half")
    run(session, date(2026, 12, 16))
    assert _amounts(session, one.id) == [("recurring", 1_500), ("recurring", 3_000)]
    assert coupon.redeemed_count == 1


def test_the_same_order_twice_is_one_subscription_and_a_closed_customer_buys_nothing(
    session: Session,
) -> None:
    price = make_listed_price(session)
    tenant = make_tenant(session, currency="USD")
    order = NewSubscription(tenant_id=tenant.id, price_id=price.id)
    with clock.pinned(HALF_OF_NOVEMBER):
        token = preview_start(session, ACTOR, order=order).token
        start_subscription(session, ACTOR, order=order, token=token)
        with pytest.raises(Conflict, match=r"preview\.stale"):
            start_subscription(session, ACTOR, order=order, token=token)
        tenant.status = TenantStatus.closed
        with pytest.raises(Conflict, match=r"customer\.closed"):
            preview_start(session, ACTOR, order=order)


def test_what_changes_nothing_or_cannot_wait_is_refused(session: Session) -> None:
    price, yearly = make_listed_price(session), make_listed_price(session, 9_500, interval=Interval.year)
    one = start(session, price, on=date(2026, 11, 1), quantity=2)
    with pytest.raises(Invalid, match=r"change\.no_effect"):
        change(session, one, ChangeQuantity(one.id, 2), HALF_OF_NOVEMBER)
    with clock.pinned(HALF_OF_NOVEMBER), pytest.raises(Invalid, match=r"change\.interval_bills_now"):
        preview_change(
            session,
            ACTOR,
            subscription_id=one.id,
            change=ChangePlan(yearly.id, settlement=Settlement.none),
        )
