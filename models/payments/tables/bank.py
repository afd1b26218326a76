"""Bank statements, the money that came on them, and the invoices it was matched to."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
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


class BankLineStatus(StrEnum):
    """Whether somebody has said what the money is for."""

    open = "open"
    matched = "matched"
    ignored = "ignored"


class BankStatement(Dated, table=True):
    """One uploaded file; the counts say what became of its lines."""

    __tablename__ = "bank_statement"

    id: UUID = id_column()
    account: str = text_column()
    file_name: str = text_column()
    file_format: str = text_column()
    uploaded_by: str = text_column()
    new_lines: int = Field()
    known_lines: int = Field()
    outgoing_lines: int = Field()


class BankLine(Dated, table=True):
    """Money that came on one account, once however many statements name it."""

    __tablename__ = "bank_line"
    __table_args__ = (
        Index("uq_bank_line_entry", "account", "entry_key", unique=True),
        Index("ix_bank_line_booked", "booked_on", "id"),
        Index("ix_bank_line_status", "status", "booked_on", "id"),
        Index("ix_bank_line_amount", "amount_minor", "id"),
        Index("ix_bank_line_statement", "statement_id"),
        in_values("status", BankLineStatus),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(status = 'ignored') = (ignored_reason <> '')", name="ignored_says_why"),
    )

    id: UUID = id_column()
    statement_id: UUID = Field(foreign_key="bank_statement.id")
    account: str = text_column()
    entry_key: str = text_column()
    # Where it stands in the file, counted from 1.
    place: int = Field()
    booked_on: date = Field()
    currency: str = currency_column()
    amount_minor: int = minor_column()
    payer: str = text_column()
    payer_account: str = text_column()
    reference: str = text_column()
    status: str = status_column(BankLineStatus.open)
    ignored_reason: str = text_column(default="")
    settled_at: datetime | None = instant_column(nullable=True)
    settled_by: str = text_column(default="")


class BankMatch(Dated, table=True):
    """The part of a line that went to one invoice; `to_balance_minor` of it was more than was due."""

    __tablename__ = "bank_match"
    __table_args__ = (
        Index("ix_bank_match_tenant", "tenant_id", "id"),
        Index("uq_bank_match_pair", "line_id", "invoice_id", unique=True),
        Index("ix_bank_match_invoice", "invoice_id"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("to_balance_minor BETWEEN 0 AND amount_minor", name="to_balance_within"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    line_id: UUID = Field(foreign_key="bank_line.id")
    invoice_id: UUID = Field(foreign_key="invoice.id")
    currency: str = currency_column()
    amount_minor: int = minor_column()
    to_balance_minor: int = minor_column(default=0)
