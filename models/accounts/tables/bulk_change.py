"""One change of many customers: what was asked for, and what became of each."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.kernel.columns import Dated, id_column, in_values, json_column, status_column, text_column


class BulkAction(StrEnum):
    """What is done to each customer."""

    assign = "assign"
    tag = "tag"


class BulkStatus(StrEnum):
    """Where a change of many stands."""

    waiting = "waiting"
    done = "done"
    undoing = "undoing"
    undone = "undone"
    failed = "failed"


class BulkOutcome(StrEnum):
    """What became of one customer; `kept` is one whose change was not undone."""

    waiting = "waiting"
    done = "done"
    skipped = "skipped"
    undone = "undone"
    kept = "kept"


def _tags() -> Any:
    return Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}"))


class BulkChange(Dated, table=True):
    """A member of staff assigns or tags many customers at once."""

    __tablename__ = "bulk_change"
    __table_args__ = (
        Index("ix_bulk_change_user", "user_id", "id"),
        in_values("action", BulkAction),
        in_values("status", BulkStatus),
        CheckConstraint("rows_total >= 0", name="rows_total_not_negative"),
    )

    id: UUID = id_column()
    user_id: UUID = Field(foreign_key="staff_user.id")
    action: str = text_column()
    owner_id: UUID | None = Field(default=None, foreign_key="staff_user.id")
    tags_added: list[str] = _tags()
    tags_removed: list[str] = _tags()
    status: str = status_column(BulkStatus.waiting)
    rows_total: int = Field(default=0)


class BulkChangeRow(SQLModel, table=True):
    """One customer of it; `before` holds what an undo puts back."""

    __tablename__ = "bulk_change_row"
    __table_args__ = (
        Index("ix_bulk_change_row_tenant", "tenant_id"),
        Index("ix_bulk_change_row_outcome", "bulk_id", "outcome"),
        in_values("outcome", BulkOutcome),
    )

    bulk_id: UUID = Field(primary_key=True, foreign_key="bulk_change.id", ondelete="CASCADE")
    tenant_id: UUID = Field(primary_key=True, foreign_key="tenant.id", ondelete="CASCADE")
    outcome: str = status_column(BulkOutcome.waiting)
    reason: str = text_column(default="")
    before: dict[str, Any] | None = json_column(nullable=True)
