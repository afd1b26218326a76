"""Reading what billing knows of a customer."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant, get_scoped
from models.billing.tables import BillingProfile, LegalEntity
from models.kernel.actor import Actor
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class BillingProfileRow:
    """A customer's billing details; version 0 where nobody has entered any."""

    tenant_id: UUID
    legal_name: str
    address: str
    region: str
    tax_id: str
    exempt_reason: str
    exempt_until_on: date | None
    net_terms_days: int | None
    legal_entity: str
    review_policy: str
    version: int


def get_billing_profile(session: Session, actor: Actor, tenant_id: UUID) -> BillingProfileRow:
    """The details, or what holds without any; NotFound where the customer is out of reach."""
    get_scoped(session, actor, Tenant, tenant_id, Permission.customers_read)
    found = session.get(BillingProfile, tenant_id) or BillingProfile(tenant_id=tenant_id, version=0)
    return BillingProfileRow(
        **{name: getattr(found, name) for name in BillingProfileRow.__dataclass_fields__}
    )


def list_legal_entities(session: Session, _actor: Actor) -> list[tuple[str, str]]:
    """Key and name of each company of ours that issues invoices."""
    found = session.exec(select(LegalEntity).order_by(col(LegalEntity.key)))
    return [(each.key, each.name or "Our company") for each in found]
