"""Customers of the CRM vendor (`tenant` in code, "customer" on screens) and the people to talk to there."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Computed, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    status_column,
    tenant_column,
    text_column,
)


class TenantStatus(StrEnum):
    """Where a customer stands with us."""

    trial = "trial"
    active = "active"
    suspended = "suspended"
    closed = "closed"


class Tenant(Dated, table=True):
    """A company that pays us."""

    __tablename__ = "tenant"
    __table_args__ = (
        Index("uq_tenant_external_ref", "external_ref", unique=True),
        Index("ix_tenant_name", "name", "id"),
        Index("ix_tenant_created", "created_at", "id"),
        Index("ix_tenant_owner", "owner_id", "name"),
        Index("ix_tenant_status", "status", "name", "id"),
        Index("ix_tenant_search", "search", postgresql_using="gin"),
        in_values("status", TenantStatus),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_iso"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso"),
    )

    id: UUID = id_column()
    name: str = text_column()
    external_ref: str = text_column()
    email: str = text_column(default="")
    country: str = text_column()
    currency: str = currency_column()
    time_zone: str = text_column(default="UTC")
    locale: str = text_column(default="en")
    status: str = status_column(TenantStatus.trial)
    owner_id: UUID | None = Field(default=None, foreign_key="staff_user.id")
    tags: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )
    version: int = Field(default=1)
    # Words of name, reference and address, each found by its beginning. Signs part words, because PostgreSQL
    # would read `C-12` as the word c and the number -12, and `24/7` as a path.
    search: Any = Field(
        default=None,
        sa_column=Column(
            TSVECTOR,
            Computed(
                "to_tsvector('simple', translate(name || ' ' || external_ref || ' ' || email, '.@-/_+&#:', '         '))",
                persisted=True,
            ),
        ),
    )


class Contact(Dated, table=True):
    """A person at a customer."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_tenant", "tenant_id", "name"),)

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    name: str = text_column()
    email: str = text_column()
    phone: str = text_column(default="")
    role: str = text_column(default="")
    is_primary: bool = Field(default=False)
