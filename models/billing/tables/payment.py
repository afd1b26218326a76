"""Money that came in for an invoice."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    minor_column,
    status_column,
    tenant_column,
    text_column,
)


class PaymentStatus(StrEnum):
    """How a payment went."""

    succeeded = "succeeded"
    failed = "failed"


class PaymentChannel(StrEnum):
    """How the money came."""

    bank_transfer = "bank_transfer"
    card = "card"
    check = "check"
    electronic_check = "electronic_check"
    cash = "cash"
    other = "other"


class Payment(Dated, table=True):
    """An amount received for one invoice."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_tenant", "tenant_id", "received_on"),
        Index("ix_payment_invoice", "invoice_id"),
        Index("ix_payment_received", "received_on", "id"),
        Index("uq_payment_request", "request_key", unique=True, postgresql_where=text("request_key <> ''")),
        in_values("status", PaymentStatus),
        in_values("channel", PaymentChannel),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    status: str = status_column(PaymentStatus.succeeded)
    channel: str = text_column(default=PaymentChannel.other)
    currency: str = currency_column()
    amount_minor: int = minor_column()
    received_on: date = Field()
    reference: str = text_column(default="")
    # One key a form: the same form sent twice is one payment.
    request_key: str = text_column(default="")
