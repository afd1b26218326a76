"""The outbox: every message to a customer, as it was written and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    id_column,
    in_values,
    instant_column,
    status_column,
    tenant_column,
    text_column,
)


class MessageStatus(StrEnum):
    """Where a message stands."""

    queued = "queued"
    sent = "sent"
    kept = "kept"
    failed = "failed"
    bounced = "bounced"


def _addresses() -> Any:
    return Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}"))


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")))


class Message(Dated, table=True):
    """A mail, rendered when it was asked for; `dedupe_key` makes one cause one message.

    `next_attempt_at` is when a worker may take it; one that has taken it moves it to the end of its lease
    and sets `claimed_at`. `history` is a list of {"at", "outcome", "detail"}.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_tenant", "tenant_id", "id"),
        Index("ix_message_created", "created_at", "id"),
        Index("ix_message_status", "status", "created_at", "id"),
        Index("ix_message_about", "about_id", "id"),
        Index("ix_message_to", "to_addresses", postgresql_using="gin"),
        Index("ix_message_due", "next_attempt_at", postgresql_where=text("status = 'queued'")),
        Index("uq_message_dedupe", "dedupe_key", unique=True),
        Index("uq_message_reference", "reference", unique=True),
        in_values("status", MessageStatus),
        CheckConstraint("cardinality(to_addresses) > 0", name="to_given"),
        CheckConstraint("status <> 'sent' OR sent_at IS NOT NULL", name="sent_when"),
        CheckConstraint("status <> 'bounced' OR bounced_at IS NOT NULL", name="bounced_when"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    template: str = text_column()
    template_version: int = Field(default=0)
    locale: str = text_column()
    is_test: bool = Field(default=False)
    to_addresses: list[str] = _addresses()
    cc_addresses: list[str] = _addresses()
    subject: str = text_column()
    body_text: str = text_column()
    body_html: str = text_column()
    attachments: list[dict[str, Any]] = _list()
    about_type: str = text_column(default="")
    about_id: UUID | None = Field(default=None)
    about_label: str = text_column(default="")
    status: str = status_column(MessageStatus.queued)
    attempts: int = Field(default=0)
    lost_attempts: int = Field(default=0)
    next_attempt_at: datetime = instant_column()
    claimed_at: datetime | None = instant_column(nullable=True)
    sent_at: datetime | None = instant_column(nullable=True)
    bounced_at: datetime | None = instant_column(nullable=True)
    error: str = text_column(default="")
    history: list[dict[str, Any]] = _list()
    # The Message-ID header without its angle brackets; the same one at every attempt.
    reference: str = text_column()
    dedupe_key: str = text_column()
    resent_of: UUID | None = Field(default=None, foreign_key="message.id")
