"""Series by month: billed, collected, recurring revenue, and subscriptions won and lost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    cast,
    func,
    literal_column,
    select,
)
from sqlmodel import Session, col

from models.analytics.queries.figures import NOT_BILLED
from models.billing import (
    Invoice,
    Payment,
    PaymentStatus,
    Subscription,
    SubscriptionStatus,
)
from models.kernel import clock
from models.kernel.clock import months_after

SHOWN_MONTHS = 24


@dataclass(frozen=True, slots=True)
class MonthAmount:
    """An amount of one month, named by its first day."""

    month: date
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MonthMovement:
    """Subscriptions won and lost in one month, with their monthly worth."""

    month: date
    currency: str
    new_subscriptions: int
    new_mrr_minor: int
    cancelled_subscriptions: int
    cancelled_mrr_minor: int


def billed_by_month(session: Session, months: int = SHOWN_MONTHS) -> tuple[MonthAmount, ...]:
    """Invoice totals by month of issue for the last `months`.

    Ordered by currency and month, oldest first; a month without any stands as zero.
    """
    issued = col(Invoice.issued_on)
    statement = (
        _sums(issued, col(Invoice.currency), col(Invoice.total_minor))
        .where(issued >= _window(months)[0], issued <= clock.today())
        .where(col(Invoice.status).not_in(NOT_BILLED))
    )
    return _amounts(session, statement, months)


def collected_by_month(session: Session, months: int = SHOWN_MONTHS) -> tuple[MonthAmount, ...]:
    """Succeeded payments by month of receipt; shape as in `billed_by_month`."""
    received = col(Payment.received_on)
    statement = (
        _sums(received, col(Payment.currency), col(Payment.amount_minor))
        .where(received >= _window(months)[0], received <= clock.today())
        .where(col(Payment.status) == PaymentStatus.succeeded)
    )
    return _amounts(session, statement, months)


def mrr_by_month(session: Session, months: int = SHOWN_MONTHS) -> tuple[MonthAmount, ...]:
    """Recurring revenue at the end of each month, today for the current one; shape as in `billed_by_month`.

    A running sum: what started up to then less what was cancelled up to then.
    """
    started = _worth(session, col(Subscription.started_on))
    cancelled = _worth(session, col(Subscription.cancelled_on))
    window = _window(months)
    series = []
    for currency in _currencies(started):
        changes: Counter[date] = Counter()
        for sign, worth in ((1, started), (-1, cancelled)):
            for (other, month), (_, minor) in worth.items():
                if other == currency:
                    changes[max(month, window[0])] += sign * minor
        running = 0
        for month in window:
            running += changes[month]
            series.append(MonthAmount(month, currency, running))
    return tuple(series)


def subscription_movements_by_month(
    session: Session, months: int = SHOWN_MONTHS
) -> tuple[MonthMovement, ...]:
    """Subscriptions started and cancelled in each month; order as in `billed_by_month`."""
    started = _worth(session, col(Subscription.started_on))
    cancelled = _worth(session, col(Subscription.cancelled_on))
    nothing = (0, 0)
    return tuple(
        MonthMovement(
            month,
            currency,
            *started.get((currency, month), nothing),
            *cancelled.get((currency, month), nothing),
        )
        for currency in _currencies(started)
        for month in _window(months)
    )


def _window(months: int) -> list[date]:
    """First days of the last `months`, the current one last."""
    current = clock.today().replace(day=1)
    return [months_after(current, -back) for back in range(months - 1, -1, -1)]


def _month(day: Any) -> ColumnElement[Any]:
    # Without time zone, so that PostgreSQL does no zone arithmetic for each row.
    plain = cast(day, DateTime(timezone=False))
    return cast(func.date_trunc(literal_column("'month'"), plain), Date)


def _sums(day: Any, currency: Any, amount: Any) -> Select[Any]:
    month = _month(day)
    return select(currency, month, func.sum(amount)).group_by(currency, month)


def _amounts(session: Session, statement: Select[Any], months: int) -> tuple[MonthAmount, ...]:
    found = {(currency, month): int(minor) for currency, month, minor in session.execute(statement)}
    return tuple(
        MonthAmount(month, currency, found.get((currency, month), 0))
        for currency in _currencies(found)
        for month in _window(months)
    )


def _currencies(keys: Iterable[tuple[str, date]]) -> list[str]:
    return sorted({currency for currency, _ in keys})


def _worth(session: Session, day: Any) -> dict[tuple[str, date], tuple[int, int]]:
    """By currency and month of `day`, up to today: number of subscriptions and their monthly worth."""
    month = _month(day)
    currency = col(Subscription.currency)
    counted = (SubscriptionStatus.active, SubscriptionStatus.cancelled)
    statement = (
        select(currency, month, func.count(), func.sum(col(Subscription.mrr_minor)))
        .where(day <= clock.today(), col(Subscription.status).in_(counted))
        .group_by(currency, month)
    )
    return {(code, first): (count, int(minor)) for code, first, count, minor in session.execute(statement)}
