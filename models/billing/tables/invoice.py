"""What a customer owes: invoices, their lines and the series their numbers come from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
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

    generating = "generating"
    draft = "draft"
    open = "open"
    paid = "paid"
    void = "void"
    uncollectible = "uncollectible"


class FailedStep(StrEnum):
    """At which step the making of an invoice failed; empty where none did."""

    none = ""
    tax = "tax"
    number = "number"


class InvoiceKind(StrEnum):
    """What made an invoice."""

    period = "period"
    change = "change"
    one_off = "one_off"


class LineKind(StrEnum):
    """What a line is for."""

    recurring = "recurring"
    unused = "unused"
    remaining = "remaining"
    elapsed = "elapsed"
    one_off = "one_off"
    mirror = "mirror"


class Invoice(Dated, table=True):
    """A demand for money in one currency; never changed once issued, only paid, credited, voided or written off.

    A draft carries a provisional number `DRAFT-…`; issuing it takes the next one of its series.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        Index("uq_invoice_number", "number", unique=True),
        # No period of a subscription is billed twice; a void invoice may be replaced.
        Index(
            "uq_invoice_period",
            "subscription_id",
            "period_start_on",
            unique=True,
            postgresql_where=text("kind = 'period' AND status <> 'void'"),
        ),
        Index("ix_invoice_tenant", "tenant_id", "issued_on", "id"),
        Index("ix_invoice_subscription", "subscription_id", "issued_on"),
        Index("ix_invoice_issued", "issued_on", "id"),
        Index("ix_invoice_total", "total_minor", "id"),
        Index("ix_invoice_status", "status", "issued_on", "id"),
        Index("ix_invoice_open_due", "due_on", "id", postgresql_where=text("status = 'open'")),
        Index("ix_invoice_run", "run_id", "issued_on", "id", postgresql_where=text("run_id IS NOT NULL")),
        Index(
            "uq_invoice_replaces",
            "replaces_id",
            unique=True,
            postgresql_where=text("replaces_id IS NOT NULL"),
        ),
        Index(
            "ix_invoice_review", "issued_on", "id", postgresql_where=text("status IN ('draft', 'generating')")
        ),
        in_values("status", InvoiceStatus),
        in_values("kind", InvoiceKind),
        in_values("failed_step", FailedStep),
        CheckConstraint("status <> 'generating' OR failed_step <> ''", name="stuck_at_a_step"),
        CheckConstraint("total_minor = subtotal_minor + tax_minor", name="total_adds_up"),
        CheckConstraint(
            "paid_minor >= 0 AND paid_minor <= greatest(total_minor, 0)", name="paid_within_total"
        ),
        CheckConstraint(
            "credited_minor >= 0 AND credited_minor <= greatest(total_minor, 0)", name="credited_within_total"
        ),
        CheckConstraint(
            "reduced_minor >= 0 AND reduced_minor <= credited_minor", name="reduced_within_credited"
        ),
        CheckConstraint(
            "status <> 'paid' OR paid_minor + balance_minor + reduced_minor = total_minor",
            name="paid_is_paid",
        ),
        CheckConstraint(
            "status <> 'open' OR total_minor - balance_minor - reduced_minor - paid_minor >= 0",
            name="due_not_negative",
        ),
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
    kind: str = text_column(default=InvoiceKind.period)
    # Compared byte by byte, so that one index finds the beginning of a number and gives the order by it.
    number: str = Field(sa_type=Text(collation="C"))
    legal_entity: str = text_column(default="main")
    status: str = status_column(InvoiceStatus.draft)
    currency: str = currency_column()
    subtotal_minor: int = minor_column()
    tax_minor: int = minor_column(default=0)
    total_minor: int = minor_column()
    # Taken from the customer's balance, or given to it where the total is negative.
    balance_minor: int = minor_column(default=0)
    paid_minor: int = minor_column(default=0)
    # All that credit notes gave back, and the part of it that lowered what is due here.
    credited_minor: int = minor_column(default=0)
    reduced_minor: int = minor_column(default=0)
    # Computed by the database, so that no code can let it disagree with what was paid.
    due_minor: int = Field(
        default=None,
        sa_column=Column(
            BigInteger,
            Computed(
                "CASE WHEN status = 'open' "
                "THEN total_minor - balance_minor - reduced_minor - paid_minor ELSE 0 END",
                persisted=True,
            ),
        ),
    )
    period_start_on: date = Field()
    period_until_on: date = Field()
    issued_on: date = Field()
    due_on: date = Field()
    paid_at: datetime | None = instant_column(nullable=True)
    voided_at: datetime | None = instant_column(nullable=True)
    written_off_at: datetime | None = instant_column(nullable=True)
    tax_note: str = text_column(default="")
    memo: str = text_column(default="")
    # Why a person must look at the draft, as records of `rules/review.py`; empty for a routine one.
    review: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    approvals_needed: int = Field(default=0)
    held_reason: str = text_column(default="")
    # The step that failed while the invoice was made, and why in a sentence.
    failed_step: str = text_column(default=FailedStep.none)
    failure: str = text_column(default="")
    edited_by: UUID | None = Field(default=None, foreign_key="staff_user.id")
    run_id: UUID | None = Field(default=None, foreign_key="billing_run.id")
    # The void invoice this one was made in the place of.
    replaces_id: UUID | None = Field(default=None, foreign_key="invoice.id")
    version: int = Field(default=1)


class InvoiceLine(SQLModel, table=True):
    """One position of an invoice, with the derivation of its amount; `amount_minor` is net of discount and tax."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        Index("uq_invoice_line_position", "invoice_id", "position", unique=True),
        CheckConstraint("position > 0", name="position_positive"),
        in_values("kind", LineKind),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id", ondelete="CASCADE")
    position: int = Field()
    kind: str = text_column(default=LineKind.recurring)
    # The subscription or add-on that is billed.
    component_id: UUID | None = Field(default=None)
    description: str = text_column()
    quantity: int = Field(default=1)
    unit_amount_minor: int = minor_column()
    discount_minor: int = minor_column(default=0)
    amount_minor: int = minor_column()
    tax_minor: int = minor_column(default=0)
    currency: str = currency_column()
    period_start_on: date = Field()
    period_until_on: date = Field()
    # Which rate took how much of which base: records of `rules/tax.py`.
    taxes: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    derivation: dict[str, Any] = json_column()
    mirrors_line_id: UUID | None = Field(default=None)


class InvoiceApproval(SQLModel, table=True):
    """One person's yes to a draft as it stood; an edit of the draft makes it void."""

    __tablename__ = "invoice_approval"
    __table_args__ = (
        Index("uq_invoice_approval_person", "invoice_id", "staff_id", "invoice_version", unique=True),
        Index("ix_invoice_approval_tenant", "tenant_id"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id", ondelete="CASCADE")
    staff_id: UUID = Field(foreign_key="staff_user.id")
    invoice_version: int = Field()
    approved_at: datetime = instant_column()


class LegalEntity(Dated, table=True):
    """Who of us issues: its name and address as printed, its country for tax, the prefixes of its numbers.

    The row `main` with an empty name is the issuer of the settings.
    """

    __tablename__ = "legal_entity"
    __table_args__ = (
        Index("uq_legal_entity_invoice_prefix", "invoice_prefix", unique=True),
        Index("uq_legal_entity_credit_note_prefix", "credit_note_prefix", unique=True),
        CheckConstraint("invoice_prefix ~ '^[A-Z]+(-[A-Z]+)*$'", name="invoice_prefix_form"),
    )

    key: str = Field(primary_key=True, sa_type=Text)
    name: str = text_column(default="")
    address: str = text_column(default="")
    country: str = text_column(default="")
    tax_id: str = text_column(default="")
    invoice_prefix: str = text_column()
    credit_note_prefix: str = text_column()


class NumberSeries(SQLModel, table=True):
    """The next number of a gapless series, e.g. `INV-2026`; locked while a number is taken."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("next_number > 0", name="next_number_positive"),)

    series: str = Field(primary_key=True, sa_type=Text)
    next_number: int = Field(default=1)
