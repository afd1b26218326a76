"""Messages with the few facts a test is about."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import Tenant
from models.channels import Message, TemplateKey, queue_message
from models.channels.rules.catalogue import COMMON, template_kind
from models.kernel.columns import new_id
from tests.factories.accounts import anybody, make_tenant


def example_facts(key: str = TemplateKey.payment_reminder) -> dict[str, Any]:
    """Everything the mail may speak of."""
    found = template_kind(key).placeholders
    return {name: each.example for name, each in found.items() if name not in COMMON}


def write_message(session: Session, *, tenant: Tenant | None = None, **facts: Any) -> Message:
    """A reminder in the outbox, written by the operation."""
    tenant = tenant or make_tenant(session, email="billing@northwind.test")
    key = facts.pop("template", TemplateKey.payment_reminder)
    wanted = {"dedupe_key": f"test:{new_id()}", "context": example_facts(key), **facts}
    identifier: UUID = queue_message(session, anybody(), template=key, tenant_id=tenant.id, **wanted)
    return session.get_one(Message, identifier)
