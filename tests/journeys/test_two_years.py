"""Subscriptions over two years, invoice by invoice, as a customer would read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.billing import (
    Interval,
    Invoice,
    Subscription,
    SubscriptionStatus,
    bill_everything_due,
    schedule_change,
)
from models.billing.rules.changes import Cancel, ChangePlan, ChangeQuantity, Pause, Resume
from models.billing.rules.derivation import replay, share
from models.billing.rules.pricing import monthly_worth
from models.kernel import clock
from models.kernel.money import allocate, allocate_remainder_to_last
from tests.factories.accounts import make_tenant
from tests.factories.engine import ACTOR, change, lines_of, make_listed_price, run, start, timing


def _invoices(session: Session, subscription: Subscription) -> list[Invoice]:
    return list(
        session.exec(
            select(Invoice).where(Invoice.subscription_id == subscription.id).order_by(Invoice.id)  # type: ignore[arg-type]
        )
    )


def _starts(session: Session, subscription: Subscription) -> list[date]:
    return [each.period_start_on for each in _invoices(session, subscription) if each.kind == "period"]


def _run_monthly(session: Session, first: date, months: int) -> None:
    for month in range(months + 1):
        run(session, clock.months_after(first, month, anchor_day=31))


def test_from_trial_to_the_end_in_24_months(session: Session) -> None:
    small = make_listed_price(session, 2_900, trial_days=14)
    large = make_listed_price(session, 9_900)
    yearly = make_listed_price(session, 99_000, interval=Interval.year)
    one = start(session, small, on=date(2025, 1, 1))
    run(session, date(2025, 1, 15))
    _run_monthly(session, date(2025, 2, 1), 1)
    change(session, one, ChangePlan(large.id), datetime(2025, 3, 31, tzinfo=UTC))
    run(session, date(2025, 5, 15))
    change(session, one, Pause(), datetime(2025, 5, 15, tzinfo=UTC))
    run(session, date(2025, 7, 31))
    change(session, one, Resume(), datetime(2025, 8, 1, 8, tzinfo=UTC))
    with clock.pinned(datetime(2025, 8, 2, tzinfo=UTC)):
        schedule_change(
            session, ACTOR, subscription_id=one.id, change=ChangePlan(yearly.id), due_on=None, reason="a year"
        )
    run(session, date(2026, 9, 1))
    with clock.pinned(datetime(2026, 10, 1, tzinfo=UTC)):
        schedule_change(session, ACTOR, subscription_id=one.id, change=Cancel(), due_on=None, reason="done")
    run(session, date(2027, 9, 30))
    session.refresh(one)
    assert (one.status, one.cancelled_on) == (SubscriptionStatus.cancelled, date(2027, 9, 1))
    assert [(each.period_start_on.isoformat(), each.total_minor) for each in _invoices(session, one)] == [
        ("2025-01-15", 2_900),
        ("2025-02-15", 2_900),
        ("2025-03-15", 2_900),
        # 15 of 31 days are left: 29.00 gives back 14.03, 99.00 costs 47.90.
        ("2025-03-31", 4_790 - 1_403),
        ("2025-04-15", 9_900),
        # Paused on the day the period from 15 May begins: it is billed and given back whole.
        ("2025-05-15", 9_900),
        ("2025-05-15", -9_900),
        ("2025-08-01", 9_900),
        ("2025-09-01", 99_000),
        ("2026-09-01", 99_000),
    ]
    for line in lines_of(session, one.id):
        assert replay(line.derivation) == line.amount_minor


@pytest.mark.parametrize("day", [date(2024, 1, 31), date(2024, 2, 29), date(2025, 12, 30)])
def test_the_anchor_survives_short_months_and_leap_days(session: Session, day: date) -> None:
    one = start(session, make_listed_price(session), on=day)
    run(session, day + timedelta(days=365 * 2))
    starts = _starts(session, one)
    assert starts == [clock.months_after(day, month) for month in range(len(starts))]
    assert len(starts) == 25 if day == date(2024, 2, 29) else len(starts) >= 24
    session.refresh(one)
    assert one.anchor_day == day.day


def test_a_leap_day_comes_back_every_fourth_year(session: Session) -> None:
    one = start(session, make_listed_price(session, interval=Interval.year), on=date(2024, 2, 29))
    run(session, date(2028, 3, 1))
    assert _starts(session, one) == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_a_day_of_23_hours_is_shorter_and_billed_so(session: Session) -> None:
    """Berlin, 29 March 2026: from the middle of the month's seconds, one hour is missing."""
    tenant = make_tenant(session, currency="USD", time_zone="Europe/Berlin")
    daily = make_listed_price(session, 2_300, interval=Interval.day)
    one = start(session, daily, on=date(2026, 3, 29), tenant=tenant)
    change(session, one, ChangeQuantity(one.id, 2), datetime(2026, 3, 29, 10, tzinfo=UTC))
    lines = lines_of(session, one.id)
    # The day began at 23:00 UTC and ends at 22:00: 12 of its 23 hours are left.
    assert [(line.kind, line.amount_minor) for line in lines] == [
        ("recurring", 2_300),
        ("unused", -1_200),
        ("remaining", 2_400),
    ]
    assert (lines[1].derivation["part"], lines[1].derivation["whole"]) == (12 * 3_600, 23 * 3_600)


def test_a_period_begins_at_the_customers_midnight(session: Session) -> None:
    tenant = make_tenant(session, currency="USD", time_zone="Asia/Tokyo")
    one = start(session, make_listed_price(session), on=date(2026, 11, 1), tenant=tenant)
    assert one.renews_at == datetime(2026, 11, 30, 15, tzinfo=UTC)
    run(session, date(2026, 11, 29))
    assert len(_invoices(session, one)) == 1
    with clock.pinned(datetime(2026, 11, 30, 15, tzinfo=UTC)):
        bill_everything_due(session, ACTOR, as_of=clock.now())
    assert [each.issued_on for each in _invoices(session, one)] == [date(2026, 11, 1), date(2026, 12, 1)]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 980), ("KWD", 12_345)])
def test_currencies_without_and_with_three_decimals_add_up(
    session: Session, currency: str, amount: int
) -> None:
    tenant = make_tenant(session, currency=currency)
    small = make_listed_price(session, amount, currency=currency)
    large = make_listed_price(session, amount * 3, currency=currency)
    one = start(session, small, on=date(2026, 1, 31), tenant=tenant)
    change(session, one, ChangePlan(large.id), datetime(2026, 2, 7, tzinfo=UTC))
    run(session, date(2026, 3, 31))
    lines = lines_of(session, one.id)
    assert [line.amount_minor for line in lines] == [
        amount,
        -share(amount, 21, 28),
        share(amount * 3, 21, 28),
        amount * 3,
        amount * 3,
    ]
    for invoice in _invoices(session, one):
        mine = [line for line in lines if line.invoice_id == invoice.id]
        assert sum(line.amount_minor + line.tax_minor for line in mine) == invoice.total_minor


def test_in_arrears_two_years_are_billed_once_each_month(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2025, 1, 31), timing=timing("arrears"))
    run(session, date(2027, 1, 31))
    assert _starts(session, one) == [clock.months_after(date(2025, 1, 31), month) for month in range(24)]
    run(session, date(2027, 1, 31))
    assert len(_invoices(session, one)) == 24, "a run done twice changes nothing"


def test_golden_figures_of_other_systems() -> None:
    """Sources: Stripe's documentation of prorations and coupons, and its recorded ties."""
    assert (-share(1_000, 1, 2), share(2_000, 1, 2)) == (-500, 1_000)
    assert (-share(2_000, 1, 3), share(1_000, 1, 3)) == (-667, 333)
    parity = "half_down_to_minus_infinity"
    assert (share(-1_000, 1, 400, parity), share(1_800, 1, 400, parity)) == (-3, 4)
    assert (share(-1_000, 1, 400, parity), share(3_000, 1, 400, parity)) == (-3, 7)
    assert allocate(500, [1_000, 2_000]) == [167, 333]
    assert allocate_remainder_to_last(500, [1_000, 2_000]) == [166, 334]
    yearly = monthly_worth(60_000, Interval.year, 1)
    assert 100 * monthly_worth(10_000, Interval.month, 1) + 50 * yearly == 1_250_000
