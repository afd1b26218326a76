"""What vendors have told us, stored before anything is done about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from models.kernel.columns import (
    id_column,
    in_values,
    instant_column,
    json_column,
    status_column,
    text_column,
)


class InboundStatus(StrEnum):
    """Where a message stands: `ignored` concerns nothing of ours, `dead` was given up after its last try."""

    stored = "stored"
    done = "done"
    ignored = "ignored"
    retrying = "retrying"
    dead = "dead"


class InboundEvent(SQLModel, table=True):
    """One message of a vendor, once however often it was delivered; only its object's id is ever believed."""

    __tablename__ = "inbound_event"
    __table_args__ = (
        Index("uq_inbound_event_external", "source", "external_id", unique=True),
        Index("ix_inbound_event_status", "status", "id"),
        Index("ix_inbound_event_object", "object_id"),
        Index("ix_inbound_event_happened", "source", "happened_at"),
        Index("ix_inbound_event_due", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        in_values("status", InboundStatus),
        CheckConstraint("deliveries > 0", name="deliveries_positive"),
    )

    id: UUID = id_column()
    source: str = Field(sa_type=Text)
    external_id: str = Field(sa_type=Text)
    kind: str = text_column()
    api_version: str = text_column(default="")
    object_type: str = text_column(default="")
    object_id: str = text_column(default="")
    payload: dict[str, Any] = json_column()
    status: str = status_column(InboundStatus.stored)
    # How it came: pushed by the vendor, or asked for because it was missing.
    is_fetched: bool = Field(default=False)
    deliveries: int = Field(default=1)
    tries: int = Field(default=0)
    outcome: str = text_column(default="")
    happened_at: datetime = instant_column()
    received_at: datetime = instant_column()
    due_at: datetime | None = instant_column(nullable=True)
    finished_at: datetime | None = instant_column(nullable=True)
