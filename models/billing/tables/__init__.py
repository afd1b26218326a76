"""Tables of the billing context."""

from models.billing.tables.invoice import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    NumberSeries,
)
from models.billing.tables.payment import Payment, PaymentChannel, PaymentStatus
from models.billing.tables.plan import Interval, Plan, PlanStatus, Price
from models.billing.tables.subscription import Subscription, SubscriptionStatus

__all__ = [
    "Interval",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "NumberSeries",
    "Payment",
    "PaymentChannel",
    "PaymentStatus",
    "Plan",
    "PlanStatus",
    "Price",
    "Subscription",
    "SubscriptionStatus",
]
