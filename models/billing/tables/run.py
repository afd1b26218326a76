"""What a billing run did: its progress, and what it could not do."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
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


class RunStatus(StrEnum):
    """How a run stands."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class ParkedStep(StrEnum):
    """At which step a subscription was parked, before there was an invoice of it."""

    compute = "compute"
    safety = "safety"


class BillingRun(Dated, table=True):
    """One pass over everything due at an instant; taken up again where a killed worker left it."""

    __tablename__ = "billing_run"
    __table_args__ = (
        Index("ix_billing_run_created", "created_at", "id"),
        in_values("status", RunStatus),
        CheckConstraint("least(invoice_count, draft_count, change_count, failed_count) >= 0", name="counts"),
    )

    id: UUID = id_column()
    status: str = status_column(RunStatus.waiting)
    as_of_at: datetime = instant_column()
    started_by: str = text_column(default="")
    cause: str = text_column(default="")
    due_count: int = Field(default=0)
    invoice_count: int = Field(default=0)
    draft_count: int = Field(default=0)
    change_count: int = Field(default=0)
    failed_count: int = Field(default=0)
    started_at: datetime | None = instant_column(nullable=True)
    heartbeat_at: datetime | None = instant_column(nullable=True)
    finished_at: datetime | None = instant_column(nullable=True)
    error: str = text_column(default="")


class BillingFailure(Dated, table=True):
    """A subscription a run could not bill and parked, with the step and the reason."""

    __tablename__ = "billing_failure"
    __table_args__ = (
        Index("ix_billing_failure_tenant", "tenant_id"),
        in_values("step", ParkedStep),
        Index("ix_billing_failure_run", "run_id", "id"),
        Index(
            "uq_billing_failure_open",
            "subscription_id",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    run_id: UUID = Field(foreign_key="billing_run.id")
    subscription_id: UUID = Field(foreign_key="subscription.id")
    step: str = text_column()
    code: str = text_column()
    sentence: str = text_column()
    resolved_at: datetime | None = instant_column(nullable=True)
    resolved_by: str = text_column(default="")
