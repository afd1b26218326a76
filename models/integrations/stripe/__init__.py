"""Stripe: payments, methods, refunds, disputes, hosted pages and events, in our words.

`get_stripe()` is the account that the settings name. Calls are synchronous and never made inside a unit of work.
Every refusal is one of three (see `errors`): `DefiniteRefusal`, `OutcomeUnknown`, `StripeUnavailable`.
"""

from models.integrations.stripe.breaker import Breaker
from models.integrations.stripe.client import (
    Stripe,
    StripeMode,
    find_sandbox,
    get_stripe,
    read_webhook,
    stripe_mode,
)
from models.integrations.stripe.connection import API_VERSION, Connection
from models.integrations.stripe.customers import Customers, Mandate, Methods, Setups
from models.integrations.stripe.errors import (
    AmountTooSmall,
    CardDeclined,
    DefiniteRefusal,
    EventForged,
    EventUnreadable,
    KeyRefused,
    KeyReused,
    MissingAtStripe,
    OutcomeUnknown,
    RequestRejected,
    StripeUnavailable,
)
from models.integrations.stripe.events import Events, read_event
from models.integrations.stripe.pages import Checkouts, Portals
from models.integrations.stripe.payments import Disputes, Payments, Refunds
from models.integrations.stripe.sandbox import SandboxState, StripeSandbox
from models.integrations.stripe.shapes import (
    CheckoutMode,
    CheckoutStatus,
    DisputeStatus,
    MethodKind,
    PaymentStatus,
    RefundReason,
    RefundStatus,
    SetupStatus,
    VendorCheckout,
    VendorCustomer,
    VendorDecline,
    VendorDispute,
    VendorEvent,
    VendorMethod,
    VendorPayment,
    VendorPortal,
    VendorRefund,
    VendorSetup,
)

__all__ = [
    "API_VERSION",
    "AmountTooSmall",
    "Breaker",
    "CardDeclined",
    "CheckoutMode",
    "CheckoutStatus",
    "Checkouts",
    "Connection",
    "Customers",
    "DefiniteRefusal",
    "DisputeStatus",
    "Disputes",
    "EventForged",
    "EventUnreadable",
    "Events",
    "KeyRefused",
    "KeyReused",
    "Mandate",
    "MethodKind",
    "Methods",
    "MissingAtStripe",
    "OutcomeUnknown",
    "PaymentStatus",
    "Payments",
    "Portals",
    "RefundReason",
    "RefundStatus",
    "Refunds",
    "RequestRejected",
    "SandboxState",
    "SetupStatus",
    "Setups",
    "Stripe",
    "StripeMode",
    "StripeSandbox",
    "StripeUnavailable",
    "VendorCheckout",
    "VendorCustomer",
    "VendorDecline",
    "VendorDispute",
    "VendorEvent",
    "VendorMethod",
    "VendorPayment",
    "VendorPortal",
    "VendorRefund",
    "VendorSetup",
    "find_sandbox",
    "get_stripe",
    "read_event",
    "read_webhook",
    "stripe_mode",
]
