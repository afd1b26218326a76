"""Reading customers: one with its people, and the words a search is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts.scoping import get_scoped, in_scope
from models.accounts.tables import Contact, StaffUser, Tenant
from models.kernel.actor import Actor
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person at a customer."""

    id: UUID
    name: str
    email: str
    phone: str
    role: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class TenantDetail:
    """A customer with its people."""

    id: UUID
    name: str
    external_ref: str
    email: str
    country: str
    currency: str
    time_zone: str
    locale: str
    status: str
    owner_id: UUID | None
    owner_name: str
    tags: tuple[str, ...]
    created_at: datetime
    version: int
    contacts: tuple[ContactRow, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, to choose from."""

    id: UUID
    name: str
    email: str


def get_tenant(session: Session, actor: Actor, tenant_id: UUID) -> TenantDetail:
    """One customer within the actor's reach; NotFound otherwise."""
    tenant = get_scoped(session, actor, Tenant, tenant_id, Permission.customers_read)
    owner = session.get(StaffUser, tenant.owner_id) if tenant.owner_id else None
    contacts = session.exec(
        select_rows(Contact)
        .where(Contact.tenant_id == tenant_id)
        .order_by(col(Contact.is_primary).desc(), Contact.name)
        .limit(50)
    )
    return TenantDetail(
        **{
            name: getattr(tenant, name)
            for name in TenantDetail.__dataclass_fields__
            if name not in {"owner_name", "contacts", "tags"}
        },
        owner_name=owner.name if owner else "",
        tags=tuple(tenant.tags),
        contacts=tuple(
            ContactRow(each.id, each.name, each.email, each.phone, each.role, each.is_primary)
            for each in contacts
        ),
    )


def matches(search: str) -> ColumnElement[bool]:
    """Customers in whose name, reference or address every word of the search begins a word."""
    return col(Tenant.search).op("@@")(_words(search))


def find_tenants(
    session: Session, actor: Actor, search: str, limit: int = 8
) -> list[tuple[UUID, str, str, str]]:
    """Id, name, reference and status of the best matches within the actor's reach."""
    statement = (
        select(Tenant.id, Tenant.name, Tenant.external_ref, Tenant.status)  # type: ignore[call-overload]
        .where(matches(search), in_scope(Tenant.id, actor, Permission.customers_read))
        .order_by(Tenant.name)
        .limit(limit)
    )
    return [tuple(row) for row in session.execute(statement)]


def matching_tenant_ids(session: Session, search: str, limit: int) -> list[UUID]:
    """Ids of customers that match, at most `limit` + 1 so that the caller sees there are more."""
    return list(session.scalars(select(Tenant.id).where(matches(search)).limit(limit + 1)))  # type: ignore[call-overload]


def list_account_managers(session: Session) -> list[Person]:
    """Active staff who own at least one customer or could, by name."""
    statement = select_rows(StaffUser).where(col(StaffUser.is_active)).order_by(StaffUser.name)
    return [Person(each.id, each.name, each.email) for each in session.exec(statement)]


def _words(search: str) -> Any:
    """A prefix query; everything that is not a letter or figure separates words, so nothing is syntax."""
    cleaned = "".join(each if each.isalnum() else " " for each in search)
    words = [word for word in cleaned.split() if word][:8]
    if not words:
        return func.to_tsquery("simple", "")
    return func.to_tsquery("simple", " & ".join(f"'{word}':*" for word in words))
