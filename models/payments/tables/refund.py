"""Money on its way back to a customer."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    instant_column,
    minor_column,
    status_column,
    tenant_column,
    text_column,
)


class TransferStatus(StrEnum):
    """Where a refund stands; one that succeeded may still fail when the bank sends it back."""

    requested = "requested"
    sent = "sent"
    pending = "pending"
    succeeded = "succeeded"
    failed = "failed"


class RefundTransfer(Dated, table=True):
    """The part of a credit note that goes back through one charge."""

    __tablename__ = "refund_transfer"
    __table_args__ = (
        Index("ix_refund_transfer_tenant", "tenant_id", "id"),
        Index("ix_refund_transfer_charge", "charge_id"),
        Index("ix_refund_transfer_note", "credit_note_id"),
        Index(
            "ix_refund_transfer_check",
            "check_at",
            postgresql_where=text("status IN ('requested', 'sent', 'pending')"),
        ),
        in_values("status", TransferStatus),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    charge_id: UUID = Field(foreign_key="charge.id")
    credit_note_id: UUID = Field(foreign_key="credit_note.id")
    status: str = status_column(TransferStatus.requested)
    currency: str = currency_column()
    amount_minor: int = minor_column()
    vendor_id: str | None = Field(default=None, unique=True)
    sentence: str = text_column(default="")
    sent_at: datetime | None = instant_column(nullable=True)
    check_at: datetime | None = instant_column(nullable=True)
    finished_at: datetime | None = instant_column(nullable=True)
