"""What the worker did: one row a task run, kept for the Jobs page."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from models.kernel.columns import (
    id_column,
    in_values,
    instant_column,
    json_column,
    status_column,
    text_column,
)


class JobStatus(StrEnum):
    """How a task run stands."""

    running = "running"
    done = "done"
    failed = "failed"
    retrying = "retrying"


class JobRun(SQLModel, table=True):
    """One try of one task; arguments are ids only."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_status", "status", "id"),
        Index("ix_job_run_task", "task_id"),
        in_values("status", JobStatus),
    )

    id: UUID = id_column()
    task_id: str = text_column()
    task: str = text_column()
    arguments: dict[str, Any] = json_column()
    status: str = status_column(JobStatus.running)
    worker: str = text_column(default="")
    started_at: datetime = instant_column()
    finished_at: datetime | None = instant_column(nullable=True)
    error: str = text_column(default="")


class WorkerHeartbeat(SQLModel, table=True):
    """A worker process that is alive; the Jobs page and /readyz read it."""

    __tablename__ = "worker_heartbeat"

    worker: str = Field(primary_key=True, sa_type=Text)
    started_at: datetime = instant_column()
    seen_at: datetime = instant_column()
