"""Every table of the house, imported once so that Alembic and tests see them all."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from models.accounts import tables as accounts
from models.approvals import tables as approvals
from models.billing import tables as billing
from models.channels import tables as channels
from models.dunning import tables as dunning
from models.import_export import tables as import_export
from models.kernel import events
from models.limits import tables as limits
from models.operations import tables as operations
from models.payments import tables as payments
from models.webhooks import tables as webhooks

__all__ = [
    "accounts",
    "approvals",
    "billing",
    "channels",
    "dunning",
    "events",
    "import_export",
    "limits",
    "metadata",
    "operations",
    "payments",
    "webhooks",
]

metadata: MetaData = SQLModel.metadata

# Tables without a customer of their own, each with the reason; a test fails on any other.
WITHOUT_TENANT = {
    "approval_limit": "a rule of ours for all customers",
    "bulk_change": "spans customers; its rows carry them",
    "bank_line": "money whose customer is known once it is matched; its matches carry it",
    "bank_statement": "is of our own account",
    "billing_run": "covers all customers",
    "campaign": "how we chase is ours",
    "campaign_assignment": "how we chase is ours; one may name a customer",
    "campaign_version": "how we chase is ours",
    "coupon": "the catalogue is ours",
    "event": "staff and system events have none; those about a customer carry it",
    "event_delivery": "belongs to an event",
    "export": "belongs to the member of staff who asked; may span customers",
    "inbound_event": "a vendor's message, whose customer is known once it is worked off",
    "job_run": "work of the program",
    "legal_entity": "is us",
    "number_series": "belongs to our own legal entity",
    "mail_template": "our own texts",
    "plan": "the catalogue is ours",
    "price": "the catalogue is ours",
    "promotion_code": "the catalogue is ours",
    "role": "staff",
    "role_grant": "staff",
    "saved_view": "staff",
    "staff_role": "staff",
    "staff_session": "staff",
    "staff_user": "staff",
    "tax_rule": "the law's, not a customer's",
    "tenant": "is the customer",
    "worker_heartbeat": "work of the program",
}
