"""Attempts to collect what an invoice asks for."""

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


class ChargeStatus(StrEnum):
    """Where an attempt stands; `rules/charge_status.py` says what may follow what."""

    requested = "requested"
    sent = "sent"
    needs_action = "needs_action"
    processing = "processing"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"


# While one of these stands, nobody else may charge the invoice.
LIVE = (ChargeStatus.requested, ChargeStatus.sent, ChargeStatus.needs_action, ChargeStatus.processing)


class ChargeCause(StrEnum):
    """Why an invoice was charged."""

    rule = "rule"
    hand = "hand"
    dunning = "dunning"
    link = "link"
    fallback = "fallback"


_LIVE_NOW = "status IN (" + ", ".join(f"'{each}'" for each in LIVE) + ")"


class Charge(Dated, table=True):
    """One attempt with one method, or one page on which the customer pays.

    Its id is part of the idempotency key, so that one row is one payment at Stripe whatever happens on the way.
    """

    __tablename__ = "charge"
    __table_args__ = (
        Index("ix_charge_tenant", "tenant_id", "id"),
        Index("ix_charge_invoice", "invoice_id", "id"),
        Index("ix_charge_status", "status", "id"),
        Index("ix_charge_check", "check_at", postgresql_where=text(_LIVE_NOW)),
        # Never charged twice: the database refuses a second attempt while one is under way.
        Index("uq_charge_live", "invoice_id", unique=True, postgresql_where=text(_LIVE_NOW)),
        Index("uq_charge_request", "request_key", unique=True, postgresql_where=text("request_key <> ''")),
        in_values("status", ChargeStatus),
        in_values("cause", ChargeCause),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refunded_within"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    payment_method_id: UUID | None = Field(default=None, foreign_key="payment_method.id")
    # The first attempt of those that fell back from method to method.
    round_id: UUID = Field()
    cause: str = text_column()
    status: str = status_column(ChargeStatus.requested)
    currency: str = currency_column()
    amount_minor: int = minor_column()
    refunded_minor: int = minor_column(default=0)
    fee_minor: int | None = minor_column(default=None)
    fee_currency: str | None = currency_column(nullable=True)
    vendor_payment_id: str | None = Field(default=None, unique=True)
    # A page at Stripe on which the customer pays; open until it expires.
    vendor_page_id: str | None = Field(default=None, unique=True)
    page_url: str = text_column(default="")
    page_expires_at: datetime | None = instant_column(nullable=True)
    decline_code: str = text_column(default="")
    decline_class: str = text_column(default="")
    sentence: str = text_column(default="")
    # One key a form: the same form sent twice is one charge.
    request_key: str = text_column(default="")
    send_count: int = Field(default=0)
    sent_at: datetime | None = instant_column(nullable=True)
    # When to look at Stripe for its outcome, should nothing be heard before.
    check_at: datetime | None = instant_column(nullable=True)
    finished_at: datetime | None = instant_column(nullable=True)
