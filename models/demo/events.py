"""Events of the demo data."""

from models.kernel.events import declare

DEMO_LOADED = declare(
    "demo.loaded",
    "loaded the demo data",
    "file",
    "customers",
    "subscriptions",
    "invoices",
    "payments",
)
