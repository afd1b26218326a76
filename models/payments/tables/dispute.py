"""Payments that a payer's bank takes back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.integrations.stripe import DisputeStatus
from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    instant_column,
    json_column,
    minor_column,
    status_column,
    tenant_column,
    text_column,
)


class Dispute(Dated, table=True):
    """A dispute of one charge, as Stripe has it, and what we answer."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index("ix_dispute_tenant", "tenant_id", "id"),
        Index("ix_dispute_charge", "charge_id"),
        Index("ix_dispute_due", "evidence_due_at", "id"),
        in_values("status", DisputeStatus),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    charge_id: UUID = Field(foreign_key="charge.id")
    vendor_id: str = Field(unique=True)
    status: str = status_column(DisputeStatus.needs_response)
    reason: str = text_column()
    currency: str = currency_column()
    amount_minor: int = minor_column()
    evidence_due_at: datetime | None = instant_column(nullable=True)
    # Texts for the bank by Stripe's names, kept until they are sent.
    evidence: dict[str, Any] = json_column()
    submitted_at: datetime | None = instant_column(nullable=True)
    opened_at: datetime = instant_column()
