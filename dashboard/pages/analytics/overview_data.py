"""What the overview shows: tiles that lead to their rows, and charts with a table under each."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from dashboard.shell.formats import short_money
from models.analytics import (
    DEFINITIONS,
    Figures,
    MonthAmount,
    MonthMovement,
    Receivables,
    billed_by_month,
    collected_by_month,
    figures_by_currency,
    mrr_by_month,
    receivables,
    subscription_movements_by_month,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission

MONTHS = 24
# Sums over all invoices; a page load within this time shows the same figures and says of when they are.
FRESH_SECONDS = 15.0

SUBSCRIPTIONS, INVOICES, PAYMENTS = "/billing/subscriptions", "/billing/invoices", "/billing/payments"
BILLED = "f=status:!draft,void"


@dataclass(frozen=True)
class Tile:
    """One figure: its value, the exact one, its definition, and the list behind it."""

    key: str
    label: str
    value: str
    exact: str
    definition: str
    href: str


@dataclass(frozen=True)
class ChartCell:
    """One figure of a chart's table, and the list behind it."""

    text: str
    href: str


@dataclass(frozen=True)
class ChartRow:
    """One month of a chart's table."""

    label: str
    cells: list[ChartCell]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page reads, as of one instant."""

    at: datetime
    figures: Sequence[Figures]
    receivables: Sequence[Receivables]
    mrr: Sequence[MonthAmount]
    billed: Sequence[MonthAmount]
    collected: Sequence[MonthAmount]
    movements: Sequence[MonthMovement]


_lock = threading.Lock()
_kept: list[tuple[float, Overview]] = []


def load_overview(session: Session, actor: Actor) -> Overview:
    """The figures of the whole company, computed at most every 15 seconds in this process."""
    actor.ensure(Permission.overview_read)
    with _lock:
        if _kept and _kept[0][0] > time.monotonic():
            return _kept[0][1]
        found = Overview(
            at=clock.now(),
            figures=figures_by_currency(session),
            receivables=receivables(session),
            mrr=mrr_by_month(session, MONTHS),
            billed=billed_by_month(session, MONTHS),
            collected=collected_by_month(session, MONTHS),
            movements=subscription_movements_by_month(session, MONTHS),
        )
        _kept[:] = [(time.monotonic() + FRESH_SECONDS, found)]
        return found


def tiles(overview: Overview, locale: str) -> list[Tile]:
    """The tiles of every currency in use."""
    owed = {each.currency: each for each in overview.receivables}
    return [
        tile
        for figures in overview.figures
        for tile in _tiles(figures, owed.get(figures.currency), locale, is_only=len(overview.figures) == 1)
    ]


def _tiles(figures: Figures, owed: Receivables | None, locale: str, *, is_only: bool) -> list[Tile]:
    currency, suffix = figures.currency, "" if is_only else f" {figures.currency}"

    def money(key: str, label: str, minor: int, href: str) -> Tile:
        amount = Money(minor, currency)
        return Tile(
            key, label + suffix, short_money(amount, locale), amount.format(locale), DEFINITIONS[key], href
        )

    def count(key: str, label: str, number: int, href: str) -> Tile:
        return Tile(key, label + suffix, f"{number:,}", f"{number:,}", DEFINITIONS[key], href)

    active = f"{SUBSCRIPTIONS}?f=status:active"
    return [
        money("mrr_minor", "MRR", figures.mrr_minor, active),
        money("arr_minor", "ARR", figures.arr_minor, active),
        count("customers", "Customers", figures.customers, "/customers"),
        count("active_subscriptions", "Active subscriptions", figures.active_subscriptions, active),
        count(
            "cancelled_subscriptions",
            "Lost subscriptions",
            figures.cancelled_subscriptions,
            f"{SUBSCRIPTIONS}?f=status:cancelled",
        ),
        count("invoices", "Invoices", figures.invoices, f"{INVOICES}?f=status:!draft"),
        money("billed_minor", "Billed", figures.billed_minor, f"{INVOICES}?{BILLED}"),
        count("open_invoices", "Open invoices", figures.open_invoices, f"{INVOICES}?f=status:open"),
        money("open_minor", "Open", owed.open_minor if owed else 0, f"{INVOICES}?f=status:open"),
        money("overdue_minor", "Overdue", owed.overdue_minor if owed else 0, f"{INVOICES}?f=status:overdue"),
    ]


def main_currency(overview: Overview) -> str:
    """The currency with the most recurring revenue; charts show one at a time."""
    best = max(overview.figures, key=lambda each: each.mrr_minor, default=None)
    return best.currency if best else ""


def month_label(month: date) -> str:
    """`Oct 2026`."""
    return f"{month:%b %Y}"


def _last_day(month: date) -> date:
    return min(clock.months_after(month, 1) - timedelta(days=1), max(clock.today(), month))


def _within(field: str, month: date) -> str:
    return f"f={field}:{month}..{clock.months_after(month, 1) - timedelta(days=1)}"


def mrr_rows(overview: Overview, locale: str) -> list[ChartRow]:
    """MRR at the end of each month, newest first."""
    return [
        ChartRow(
            month_label(each.month),
            [
                ChartCell(
                    Money(each.amount_minor, each.currency).format(locale),
                    f"{SUBSCRIPTIONS}?f=running_on:{_last_day(each.month)}",
                )
            ],
        )
        for each in reversed(_of_main(overview.mrr, overview))
    ]


def cash_rows(overview: Overview, locale: str) -> list[ChartRow]:
    """Billed and collected in each month, newest first."""
    collected = {each.month: each for each in _of_main(overview.collected, overview)}
    rows = []
    for each in reversed(_of_main(overview.billed, overview)):
        received = collected[each.month].amount_minor if each.month in collected else 0
        billed = Money(each.amount_minor, each.currency).format(locale)
        rows.append(
            ChartRow(
                month_label(each.month),
                [
                    ChartCell(billed, f"{INVOICES}?{BILLED}&{_within('issued_on', each.month)}"),
                    ChartCell(
                        Money(received, each.currency).format(locale),
                        f"{PAYMENTS}?f=status:succeeded&{_within('received_on', each.month)}",
                    ),
                ],
            )
        )
    return rows


def movement_rows(overview: Overview) -> list[ChartRow]:
    """Subscriptions started and lost in each month, newest first."""
    return [
        ChartRow(
            month_label(each.month),
            [
                ChartCell(
                    f"{each.new_subscriptions:,}",
                    f"{SUBSCRIPTIONS}?f=status:active,cancelled&{_within('started_on', each.month)}",
                ),
                ChartCell(
                    f"{each.cancelled_subscriptions:,}",
                    f"{SUBSCRIPTIONS}?{_within('cancelled_on', each.month)}",
                ),
            ],
        )
        for each in reversed([row for row in overview.movements if row.currency == main_currency(overview)])
    ]


def _of_main(series: Sequence[MonthAmount], overview: Overview) -> list[MonthAmount]:
    currency = main_currency(overview)
    return [each for each in series if each.currency == currency]
