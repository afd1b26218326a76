"""Plans, subscriptions, invoices and payments: what customers pay and why."""

from models.billing.operations.invoices import (
    VoidPreview,
    invoice_subject,
    preview_void,
    void_invoice,
)
from models.billing.operations.payments import record_payment
from models.billing.queries.customers import (
    CUSTOMERS,
    CustomerMoney,
    CustomerRow,
    get_customer_money,
    next_invoice_of,
)
from models.billing.queries.documents import build_invoice_document
from models.billing.queries.invoices import (
    INVOICES,
    InvoiceDetail,
    InvoiceRow,
    LineRow,
    PaymentRow,
    find_invoices,
    get_invoice,
    list_recent_invoices,
)
from models.billing.queries.payments import PAYMENTS, PaymentListRow
from models.billing.queries.subscriptions import (
    SUBSCRIPTIONS,
    SubscriptionRow,
    get_subscription,
    list_subscriptions_of,
)
from models.billing.rules.invoice_status import Refusal, why_not_payable, why_not_void
from models.billing.tables import (
    Interval,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    NumberSeries,
    Payment,
    PaymentChannel,
    PaymentStatus,
    Plan,
    PlanStatus,
    Price,
    Subscription,
    SubscriptionStatus,
)

__all__ = [
    "CUSTOMERS",
    "INVOICES",
    "PAYMENTS",
    "SUBSCRIPTIONS",
    "CustomerMoney",
    "CustomerRow",
    "Interval",
    "Invoice",
    "InvoiceDetail",
    "InvoiceLine",
    "InvoiceRow",
    "InvoiceStatus",
    "LineRow",
    "NumberSeries",
    "Payment",
    "PaymentChannel",
    "PaymentListRow",
    "PaymentRow",
    "PaymentStatus",
    "Plan",
    "PlanStatus",
    "Price",
    "Refusal",
    "Subscription",
    "SubscriptionRow",
    "SubscriptionStatus",
    "VoidPreview",
    "build_invoice_document",
    "find_invoices",
    "get_customer_money",
    "get_invoice",
    "get_subscription",
    "invoice_subject",
    "list_recent_invoices",
    "list_subscriptions_of",
    "next_invoice_of",
    "preview_void",
    "record_payment",
    "void_invoice",
    "why_not_payable",
    "why_not_void",
]
