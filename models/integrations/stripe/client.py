"""Stripe as the rest of the house sees it, connected as the settings say."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from models.integrations.stripe.connection import Connection
from models.integrations.stripe.customers import Customers, Methods, Setups
from models.integrations.stripe.errors import StripeUnavailable
from models.integrations.stripe.events import Events, read_event
from models.integrations.stripe.pages import Checkouts, Portals
from models.integrations.stripe.payments import Disputes, Payments, Refunds
from models.integrations.stripe.sandbox import StripeSandbox
from models.integrations.stripe.shapes import VendorEvent
from models.kernel.settings import Settings, get_settings

# The sandbox takes any test key.
SANDBOX_KEY = "sk_test_sandbox"


class StripeMode(StrEnum):
    """What stands behind our payments: real money, Stripe's test mode, our sandbox, or nothing."""

    live = "live"
    test = "test"
    sandbox = "sandbox"
    off = "off"


@dataclass(frozen=True, slots=True)
class Stripe:
    """An account at Stripe. None of its calls may be made inside a unit of work."""

    customers: Customers
    methods: Methods
    setups: Setups
    payments: Payments
    refunds: Refunds
    disputes: Disputes
    checkouts: Checkouts
    portals: Portals
    events: Events

    @classmethod
    def on(cls, connection: Connection) -> "Stripe":
        """The account behind a connection."""
        return cls(
            customers=Customers(connection),
            methods=Methods(connection),
            setups=Setups(connection),
            payments=Payments(connection),
            refunds=Refunds(connection),
            disputes=Disputes(connection),
            checkouts=Checkouts(connection),
            portals=Portals(connection),
            events=Events(connection),
        )


def stripe_mode(settings: Settings | None = None) -> StripeMode:
    """What the settings connect to; a key always means Stripe itself, else an address means the sandbox."""
    found = settings or get_settings()
    key = found.stripe_secret_key.get_secret_value()
    if key:
        return StripeMode.live if "_live_" in key else StripeMode.test
    return StripeMode.sandbox if found.stripe_api_base else StripeMode.off


def get_stripe() -> Stripe:
    """The account that the settings name; `StripeUnavailable` where they name none."""
    settings = get_settings()
    if stripe_mode(settings) is StripeMode.off:
        raise StripeUnavailable("No payments: neither STRIPE_SECRET_KEY nor STRIPE_API_BASE is set.")
    key = settings.stripe_secret_key.get_secret_value()
    # A key never leaves for another server than Stripe's own.
    return _connect(key or SANDBOX_KEY, "" if key else settings.stripe_api_base)


def find_sandbox() -> StripeSandbox | None:
    """The sandbox that stands behind our payments, or None where something else does."""
    settings = get_settings()
    if stripe_mode(settings) is not StripeMode.sandbox:
        return None
    return StripeSandbox(settings.stripe_api_base)


def read_webhook(payload: bytes, signature: str) -> VendorEvent:
    """A webhook as it came in, verified with STRIPE_WEBHOOK_SECRET; refuses `EventForged`, `EventUnreadable`."""
    secrets = get_settings().stripe_webhook_secret.get_secret_value().split(",")
    return read_event(payload, signature, secrets=[each.strip() for each in secrets if each.strip()])


@lru_cache(maxsize=4)
def _connect(secret_key: str, api_base: str) -> Stripe:
    return Stripe.on(Connection(secret_key=secret_key, api_base=api_base))
