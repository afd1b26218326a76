"""What we give back: credit notes, refunds, and the customer's balance."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

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


class CreditNoteStatus(StrEnum):
    """Where a credit note stands."""

    issued = "issued"
    void = "void"


class CreditNote(Dated, table=True):
    """A document that takes back all or part of an issued invoice, settled in up to four ways."""

    __tablename__ = "credit_note"
    __table_args__ = (
        Index("uq_credit_note_number", "number", unique=True),
        Index("ix_credit_note_tenant", "tenant_id", "issued_on", "id"),
        Index("ix_credit_note_invoice", "invoice_id"),
        Index("ix_credit_note_issued", "issued_on", "id"),
        Index("ix_credit_note_total", "total_minor", "id"),
        Index("uq_credit_note_request", "request_key", unique=True),
        in_values("status", CreditNoteStatus),
        CheckConstraint("total_minor = subtotal_minor + tax_minor", name="total_adds_up"),
        CheckConstraint("total_minor > 0", name="total_positive"),
        CheckConstraint(
            "reduced_minor + to_balance_minor + refunded_minor + outside_minor = total_minor",
            name="settled_in_full",
        ),
        CheckConstraint(
            "least(reduced_minor, to_balance_minor, refunded_minor, outside_minor) >= 0",
            name="settlements_not_negative",
        ),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    number: str = text_column()
    status: str = status_column(CreditNoteStatus.issued)
    currency: str = currency_column()
    subtotal_minor: int = minor_column()
    tax_minor: int = minor_column(default=0)
    total_minor: int = minor_column()
    reduced_minor: int = minor_column(default=0)
    to_balance_minor: int = minor_column(default=0)
    refunded_minor: int = minor_column(default=0)
    outside_minor: int = minor_column(default=0)
    reason: str = text_column()
    issued_on: date = Field()
    issued_by: str = text_column(default="")
    voided_at: datetime | None = instant_column(nullable=True)
    # One key a form: the same form sent twice is one credit note.
    request_key: str = text_column()


class CreditNoteLine(SQLModel, table=True):
    """How much of which line of the invoice is taken back."""

    __tablename__ = "credit_note_line"
    __table_args__ = (
        Index("ix_credit_note_line_tenant", "tenant_id"),
        Index("ix_credit_note_line_note", "credit_note_id"),
        Index("ix_credit_note_line_line", "invoice_line_id"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    credit_note_id: UUID = Field(foreign_key="credit_note.id", ondelete="CASCADE")
    invoice_line_id: UUID = Field(foreign_key="invoice_line.id")
    description: str = text_column()
    currency: str = currency_column()
    amount_minor: int = minor_column()
    tax_minor: int = minor_column(default=0)


class Refund(Dated, table=True):
    """Money given back for a credit note, made outside until the payment rail makes them."""

    __tablename__ = "refund"
    __table_args__ = (
        Index("ix_refund_tenant", "tenant_id", "refunded_on"),
        Index("ix_refund_invoice", "invoice_id"),
        Index("ix_refund_credit_note", "credit_note_id"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    credit_note_id: UUID = Field(foreign_key="credit_note.id")
    channel: str = text_column()
    reference: str = text_column(default="")
    currency: str = currency_column()
    amount_minor: int = minor_column()
    refunded_on: date = Field()


class BalanceKind(StrEnum):
    """What moved a customer's balance."""

    credit_note = "credit_note"
    invoice = "invoice"
    adjustment = "adjustment"
    overpayment = "overpayment"


class BalanceEntry(SQLModel, table=True):
    """One movement of a customer's balance in one currency; positive is in the customer's favour. Never changed."""

    __tablename__ = "balance_entry"
    __table_args__ = (
        Index("ix_balance_entry_tenant", "tenant_id", "currency", "id"),
        Index("ix_balance_entry_invoice", "invoice_id"),
        Index(
            "uq_balance_entry_request", "request_key", unique=True, postgresql_where=text("request_key <> ''")
        ),
        in_values("kind", BalanceKind),
        CheckConstraint("amount_minor <> 0", name="amount_moves"),
        CheckConstraint("balance_after_minor >= 0", name="balance_not_negative"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    kind: str = text_column()
    currency: str = currency_column()
    amount_minor: int = minor_column()
    balance_after_minor: int = minor_column()
    invoice_id: UUID | None = Field(default=None, foreign_key="invoice.id")
    credit_note_id: UUID | None = Field(default=None, foreign_key="credit_note.id")
    reason: str = text_column(default="")
    # Set where money from outside may be reported twice: it is entered once.
    request_key: str = text_column(default="")
    created_at: datetime = instant_column()
