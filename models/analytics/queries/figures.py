"""The figures of the whole business as it stands now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from models.accounts import Tenant
from models.analytics.errors import NoSuchCurrency, SeveralCurrencies
from models.billing import Invoice, InvoiceStatus, Subscription, SubscriptionStatus

# The months of a year: MRR times this is ARR.
MONTHS = 12
# Invoices in these states demand no money.
NOT_BILLED = (InvoiceStatus.draft, InvoiceStatus.void)


@dataclass(frozen=True, slots=True)
class Figures:
    """How the business stands in one currency; `DEFINITIONS` says what each figure counts."""

    currency: str
    customers: int = 0
    active_subscriptions: int = 0
    cancelled_subscriptions: int = 0
    invoices: int = 0
    open_invoices: int = 0
    billed_minor: int = 0
    mrr_minor: int = 0
    arr_minor: int = 0


def figures_by_currency(session: Session) -> tuple[Figures, ...]:
    """The figures of each currency in use, by code."""
    found: dict[str, dict[str, int]] = {}
    for statement in (_customers(), _subscriptions(), _invoices()):
        for row in session.execute(statement).mappings():
            found.setdefault(row["currency"], {}).update(_whole(row))
    return tuple(
        Figures(currency, **values, arr_minor=values.get("mrr_minor", 0) * MONTHS)
        for currency, values in sorted(found.items())
    )


def compute_figures(session: Session, currency: str | None = None) -> Figures:
    """The figures of the one currency in use or of the named one; zeros and no currency in an empty database.

    Raises `SeveralCurrencies` where none is named and more than one is in use, and `NoSuchCurrency`.
    """
    found = {figures.currency: figures for figures in figures_by_currency(session)}
    if currency is not None:
        if currency not in found:
            raise NoSuchCurrency(currency)
        return found[currency]
    if len(found) > 1:
        raise SeveralCurrencies(list(found))
    return next(iter(found.values()), Figures(currency=""))


def _whole(row: Mapping[Any, Any]) -> dict[str, int]:
    """PostgreSQL adds BIGINTs up to NUMERIC, which arrives as Decimal."""
    return {key: int(value) for key, value in row.items() if key != "currency"}


def _customers() -> Select[*tuple[Any, ...]]:
    return select(col(Tenant.currency), func.count().label("customers")).group_by(col(Tenant.currency))


def _subscriptions() -> Select[*tuple[Any, ...]]:
    status = col(Subscription.status)
    is_active = status == SubscriptionStatus.active
    return select(
        col(Subscription.currency),
        func.count().filter(is_active).label("active_subscriptions"),
        func.count().filter(status == SubscriptionStatus.cancelled).label("cancelled_subscriptions"),
        func.coalesce(func.sum(col(Subscription.mrr_minor)).filter(is_active), 0).label("mrr_minor"),
    ).group_by(col(Subscription.currency))


def _invoices() -> Select[*tuple[Any, ...]]:
    status = col(Invoice.status)
    is_billed = status.not_in(NOT_BILLED)
    return select(
        col(Invoice.currency),
        func.count().filter(status != InvoiceStatus.draft).label("invoices"),
        func.count().filter(status == InvoiceStatus.open).label("open_invoices"),
        func.coalesce(func.sum(col(Invoice.total_minor)).filter(is_billed), 0).label("billed_minor"),
    ).group_by(col(Invoice.currency))
