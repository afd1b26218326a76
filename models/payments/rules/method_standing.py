"""Where a payment method stands for those who watch it: valid, soon to expire, expired, failing."""

from datetime import date, timedelta
from enum import StrEnum

from models.kernel import clock
from models.payments.rules.method_words import is_expired
from models.payments.tables import MethodStatus

SOON_DAYS = 30


class MethodStanding(StrEnum):
    """What a list says of a method; a bank account never expires."""

    valid = "valid"
    expiring = "expiring"
    expired = "expired"
    failing = "failing"
    removed = "removed"


def method_standing(status: str, month: int | None, year: int | None, today: date) -> MethodStanding:
    """The most pressing of its facts: removed, failing, expired, expiring within 30 days.

    >>> method_standing("usable", 11, 2026, date(2026, 11, 21)).value
    'expiring'
    """
    if status != MethodStatus.usable:
        return MethodStanding(status)
    if is_expired(month, year, today):
        return MethodStanding.expired
    is_soon = month is not None and year is not None and year * 100 + month <= last_expiring(today)
    return MethodStanding.expiring if is_soon else MethodStanding.valid


def last_expiring(today: date) -> int:
    """The last month, as 202611, whose cards end within 30 days: a card is good until its month is over.

    >>> last_expiring(date(2026, 11, 21)), last_expiring(date(2026, 12, 1)), last_expiring(date(2026, 11, 30))
    (202611, 202612, 202611)
    """
    until = today + timedelta(days=SOON_DAYS)
    first = until.replace(day=1)
    is_month_over = until == clock.months_after(first, 1) - timedelta(days=1)
    last = first if is_month_over else first - timedelta(days=1)
    return last.year * 100 + last.month
