"""What a customer pays with."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.integrations.stripe import MethodKind
from models.kernel.columns import (
    Dated,
    id_column,
    in_values,
    instant_column,
    status_column,
    tenant_column,
    text_column,
)


class PaymentAccount(SQLModel, table=True):
    """A customer's account at Stripe, and whether invoices are charged as they are issued."""

    __tablename__ = "payment_account"

    tenant_id: UUID = Field(foreign_key="tenant.id", primary_key=True)
    vendor_id: str = Field(unique=True)
    is_automatic: bool = Field(default=True)
    # Set when it was deleted at Stripe: nothing can be charged until a new one is made.
    deleted_at: datetime | None = instant_column(nullable=True)
    created_at: datetime = instant_column()


class MethodStatus(StrEnum):
    """Whether a method can be charged; `failing` was refused for good and waits for its owner."""

    usable = "usable"
    failing = "failing"
    removed = "removed"


class PaymentMethod(Dated, table=True):
    """A saved card or bank account; its number is known to Stripe alone."""

    __tablename__ = "payment_method"
    __table_args__ = (
        Index("ix_payment_method_tenant", "tenant_id", "status"),
        Index("ix_payment_method_expiry", "expires_year", "expires_month", "id"),
        Index(
            "uq_payment_method_default",
            "tenant_id",
            unique=True,
            postgresql_where=text("is_default AND status <> 'removed'"),
        ),
        in_values("kind", MethodKind),
        in_values("status", MethodStatus),
        CheckConstraint("expires_month BETWEEN 1 AND 12", name="expires_month_known"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    vendor_id: str = Field(unique=True)
    kind: str = text_column()
    brand: str = text_column(default="")
    last4: str = text_column(default="")
    expires_month: int | None = Field(default=None)
    expires_year: int | None = Field(default=None)
    fingerprint: str = text_column(default="")
    status: str = status_column(MethodStatus.usable)
    is_default: bool = Field(default=False)
    # Why it fails, in words; empty while it works.
    failure: str = text_column(default="")
    failed_at: datetime | None = instant_column(nullable=True)
    removed_at: datetime | None = instant_column(nullable=True)
