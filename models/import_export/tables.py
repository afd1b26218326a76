"""Exports of lists: what was asked for, how far it is, and the file."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.kernel.columns import (
    Dated,
    id_column,
    in_values,
    instant_column,
    status_column,
    text_column,
)


class ExportStatus(StrEnum):
    """Where an export stands."""

    waiting = "waiting"
    running = "running"
    ready = "ready"
    expired = "expired"
    failed = "failed"


class ExportFormat(StrEnum):
    """File type of an export."""

    csv = "csv"
    xlsx = "xlsx"
    jsonl = "jsonl"
    # The documents of the rows, not the rows.
    zip = "zip"


class Export(Dated, table=True):
    """A list as a file: exactly the filter, columns and order its maker had on screen."""

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_user", "user_id", "id"),
        in_values("status", ExportStatus),
        in_values("format", ExportFormat),
        CheckConstraint("rows_done >= 0", name="rows_done_not_negative"),
    )

    id: UUID = id_column()
    user_id: UUID = Field(foreign_key="staff_user.id")
    listing: str = text_column()
    params: str = text_column(default="")
    selection: str = text_column(default="")
    format: str = text_column(default=ExportFormat.csv)
    time_zone: str = text_column(default="UTC")
    locale: str = text_column(default="en")
    status: str = status_column(ExportStatus.waiting)
    rows_total: int | None = Field(default=None)
    rows_done: int = Field(default=0)
    file_name: str = text_column(default="")
    file_bytes: int | None = Field(default=None)
    error: str = text_column(default="")
    heartbeat_at: datetime | None = instant_column(nullable=True)
    expires_at: datetime | None = instant_column(nullable=True)
    downloads: int = Field(default=0)
