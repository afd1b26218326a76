"""Tables of the billing context."""

from models.billing.tables.coupon import Coupon, CouponDuration, CouponStatus, Discount, PromotionCode
from models.billing.tables.credit import (
    BalanceEntry,
    BalanceKind,
    CreditNote,
    CreditNoteLine,
    CreditNoteStatus,
    Refund,
)
from models.billing.tables.invoice import (
    FailedStep,
    Invoice,
    InvoiceApproval,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LegalEntity,
    LineKind,
    NumberSeries,
)
from models.billing.tables.payment import Payment, PaymentChannel, PaymentStatus
from models.billing.tables.plan import Interval, Plan, PlanStatus, Price, PriceModel, TaxBehavior
from models.billing.tables.run import BillingFailure, BillingRun, ParkedStep, RunStatus
from models.billing.tables.subscription import (
    BillingTiming,
    PendingLine,
    ScheduledChange,
    ScheduledStatus,
    Subscription,
    SubscriptionAddOn,
    SubscriptionStatus,
)
from models.billing.tables.tax import BillingProfile, ReviewPolicy, TaxRule

__all__ = [
    "BalanceEntry",
    "BalanceKind",
    "BillingFailure",
    "BillingProfile",
    "BillingRun",
    "BillingTiming",
    "Coupon",
    "CouponDuration",
    "CouponStatus",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteStatus",
    "Discount",
    "FailedStep",
    "Interval",
    "Invoice",
    "InvoiceApproval",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceStatus",
    "LegalEntity",
    "LineKind",
    "NumberSeries",
    "ParkedStep",
    "Payment",
    "PaymentChannel",
    "PaymentStatus",
    "PendingLine",
    "Plan",
    "PlanStatus",
    "Price",
    "PriceModel",
    "PromotionCode",
    "Refund",
    "ReviewPolicy",
    "RunStatus",
    "ScheduledChange",
    "ScheduledStatus",
    "Subscription",
    "SubscriptionAddOn",
    "SubscriptionStatus",
    "TaxBehavior",
    "TaxRule",
]
