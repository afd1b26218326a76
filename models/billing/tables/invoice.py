"""What a customer owes: invoices, their lines and the series their numbers come from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, Text, text
from sqlmodel import Field, SQLModel

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


class InvoiceStatus(StrEnum):
    """Where an invoice stands; `rules/invoice_status.py` says what may follow what."""

    draft = "draft"
    open = "open"
    paid = "paid"
    void = "void"
    uncollectible = "uncollectible"


class Invoice(Dated, table=True):
    """A demand for money in one currency; never changed once issued, only paid, voided or written off."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index("uq_invoice_number", "number", unique=True, postgresql_ops={"number": "text_pattern_ops"}),
        Index("ix_invoice_tenant", "tenant_id", "issued_on", "id"),
        Index("ix_invoice_subscription", "subscription_id", "issued_on"),
        Index("ix_invoice_issued", "issued_on", "id"),
        Index("ix_invoice_total", "total_minor", "id"),
        Index("ix_invoice_status", "status", "issued_on", "id"),
        Index("ix_invoice_open_due", "due_on", "id", postgresql_where=text("status = 'open'")),
        in_values("status", InvoiceStatus),
        CheckConstraint("total_minor = subtotal_minor + tax_minor", name="total_adds_up"),
        CheckConstraint("paid_minor >= 0 AND paid_minor <= total_minor", name="paid_within_total"),
        CheckConstraint("status <> 'paid' OR paid_minor = total_minor", name="paid_is_paid"),
        CheckConstraint("period_until_on > period_start_on", name="period_not_empty"),
        CheckConstraint("due_on >= issued_on", name="due_after_issue"),
        # A search by the beginning of a number walks only the dates of its series.
        CheckConstraint(
            "number !~ '^INV-[0-9]{4}-' OR substr(number, 5, 4)::int = extract(year FROM issued_on)",
            name="number_year",
        ),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    subscription_id: UUID | None = Field(default=None, foreign_key="subscription.id")
    number: str = text_column()
    status: str = status_column(InvoiceStatus.draft)
    currency: str = currency_column()
    subtotal_minor: int = minor_column()
    tax_minor: int = minor_column(default=0)
    total_minor: int = minor_column()
    paid_minor: int = minor_column(default=0)
    # Computed by the database, so that no code can let it disagree with what was paid.
    due_minor: int = Field(
        default=None,
        sa_column=Column(
            BigInteger,
            Computed("CASE WHEN status = 'open' THEN total_minor - paid_minor ELSE 0 END", persisted=True),
        ),
    )
    period_start_on: date = Field()
    period_until_on: date = Field()
    issued_on: date = Field()
    due_on: date = Field()
    paid_at: datetime | None = instant_column(nullable=True)
    voided_at: datetime | None = instant_column(nullable=True)
    version: int = Field(default=1)


class InvoiceLine(SQLModel, table=True):
    """One position of an invoice, with the derivation of its amount."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        Index("uq_invoice_line_position", "invoice_id", "position", unique=True),
        CheckConstraint("position > 0", name="position_positive"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id", ondelete="CASCADE")
    position: int = Field()
    description: str = text_column()
    quantity: int = Field(default=1)
    unit_amount_minor: int = minor_column()
    amount_minor: int = minor_column()
    currency: str = currency_column()
    period_start_on: date = Field()
    period_until_on: date = Field()
    derivation: dict[str, Any] = json_column()


class NumberSeries(SQLModel, table=True):
    """The next number of a gapless series, e.g. `INV-2026`; locked while a number is taken."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("next_number > 0", name="next_number_positive"),)

    series: str = Field(primary_key=True, sa_type=Text)
    next_number: int = Field(default=1)
