"""Requests for a second person's yes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

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


class RequestStatus(StrEnum):
    """Where a request stands; `rules/deciding.py` says what may follow what."""

    waiting = "waiting"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"
    expired = "expired"


class ApprovalRequest(Dated, table=True):
    """What somebody asked for, exactly as it would be carried out, and what became of it.

    `asked` holds the arguments of the operation that `procedure` names, `preview` what a person reads, `token` the
    fingerprint of everything the preview was computed from.
    """

    __tablename__ = "approval_request"
    __table_args__ = (
        # The same thing is asked for once at a time.
        Index(
            "uq_approval_request_waiting",
            "procedure",
            "subject_id",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_approval_request_tenant", "tenant_id", "created_at"),
        Index("ix_approval_request_subject", "subject_id", "created_at"),
        Index("ix_approval_request_requester", "requested_by", "created_at"),
        Index("ix_approval_request_status", "status", "expires_at", "id"),
        Index("ix_approval_request_expires", "expires_at", "id"),
        Index("ix_approval_request_created", "created_at", "id"),
        Index("ix_approval_request_amount", "amount_minor", "id"),
        in_values("status", RequestStatus),
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint(
            "status NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> requested_by)",
            name="decided_by_another",
        ),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    kind: str = text_column()
    procedure: str = text_column()
    subject_type: str = text_column()
    subject_id: UUID = Field()
    subject_label: str = text_column()
    currency: str = currency_column()
    amount_minor: int = minor_column()
    limit_minor: int = minor_column()
    asked: dict[str, Any] = json_column()
    preview: dict[str, Any] = json_column()
    token: str = text_column()
    reason: str = text_column()
    requested_by: UUID = Field(foreign_key="staff_user.id")
    expires_at: datetime = instant_column()
    status: str = status_column(RequestStatus.waiting)
    decided_by: UUID | None = Field(default=None, foreign_key="staff_user.id")
    decided_at: datetime | None = instant_column(nullable=True)
    note: str = text_column(default="")
    # Why the last try to carry it out failed; the request stays open.
    error: str = text_column(default="")
    reminded_at: datetime | None = instant_column(nullable=True)
