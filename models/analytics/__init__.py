"""Figures of the business, computed from the database, each with its definition."""

from models.analytics.definitions import DEFINITIONS
from models.analytics.errors import NoSuchCurrency, SeveralCurrencies
from models.analytics.queries.figures import (
    Figures,
    compute_figures,
    figures_by_currency,
)
from models.analytics.queries.months import (
    MonthAmount,
    MonthMovement,
    billed_by_month,
    collected_by_month,
    mrr_by_month,
    subscription_movements_by_month,
)
from models.analytics.queries.receivables import Age, Receivables, receivables

__all__ = [
    "DEFINITIONS",
    "Age",
    "Figures",
    "MonthAmount",
    "MonthMovement",
    "NoSuchCurrency",
    "Receivables",
    "SeveralCurrencies",
    "billed_by_month",
    "collected_by_month",
    "compute_figures",
    "figures_by_currency",
    "mrr_by_month",
    "receivables",
    "subscription_movements_by_month",
]
