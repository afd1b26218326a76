"""Our own Stripe: a stateful stand-in over HTTP, with its own time, cards, webhooks and faults.

Stripe is another company's system, so nothing here touches our database or our contexts (decision 13).
"""

from jobs.sandbox.stripe.account import API_VERSION
from jobs.sandbox.stripe.cards import CARDS, DEBITS, FURTHER_DECLINES, TestMethod
from jobs.sandbox.stripe.routes import ROUTES
from jobs.sandbox.stripe.server import Sandbox

__all__ = ["API_VERSION", "CARDS", "DEBITS", "FURTHER_DECLINES", "ROUTES", "Sandbox", "TestMethod"]
