"""Reading billing runs: the list, one with its progress, and what it parked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session, col

from models.accounts import Tenant, scoped
from models.billing.tables import BillingFailure, BillingRun, RunStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    register,
)
from models.kernel.permissions import Permission

UNDER_WAY = frozenset({RunStatus.waiting, RunStatus.running})


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list."""

    id: UUID
    status: str
    as_of_at: datetime
    due_count: int
    invoice_count: int
    draft_count: int
    change_count: int
    failed_count: int
    started_by: str
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    error: str

    @property
    def steps(self) -> int:
        """What it has done: one subscription may take several, one a missed period."""
        return self.invoice_count + self.draft_count + self.change_count + self.failed_count

    @property
    def is_under_way(self) -> bool:
        """Whether more is to come."""
        return self.status in UNDER_WAY

    @property
    def milliseconds(self) -> int:
        """How long it has worked."""
        if self.started_at is None:
            return 0
        took = (self.finished_at or clock.now()) - self.started_at
        return max(0, took.days * 86_400_000 + took.seconds * 1_000 + took.microseconds // 1_000)

    @property
    def speed(self) -> int:
        """Steps a second, so far."""
        return self.steps * 1_000 // self.milliseconds if self.milliseconds else 0

    @property
    def percent_done(self) -> int:
        """Of what was due at its start; 100 only where it has ended well."""
        if self.status == RunStatus.done:
            return 100
        return min(99, self.steps * 100 // self.due_count) if self.due_count else 0

    @property
    def seconds_left(self) -> int | None:
        """At the speed so far; None where that says nothing yet."""
        left = self.due_count - self.steps
        return left // self.speed if self.is_under_way and self.speed and left > 0 else None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A subscription a run could not bill."""

    id: UUID
    subscription_id: UUID
    tenant_id: UUID
    customer: str
    step: str
    code: str
    sentence: str
    resolved_at: datetime | None
    resolved_by: str


_columns: tuple[Any, ...] = tuple(getattr(BillingRun, name) for name in RunRow.__dataclass_fields__)
_failure_columns: tuple[Any, ...] = (
    BillingFailure.id,
    BillingFailure.subscription_id,
    BillingFailure.tenant_id,
    Tenant.name,
    BillingFailure.step,
    BillingFailure.code,
    BillingFailure.sentence,
    BillingFailure.resolved_at,
    BillingFailure.resolved_by,
)


def _statement(actor: Actor) -> Select[Any]:
    actor.ensure(Permission.billing_runs_read)
    return select(*_columns)


def _build(row: Any) -> RunRow:
    return RunRow(*row[: len(_columns)])


def _took(row: RunRow) -> str:
    seconds = row.milliseconds // 1_000
    if row.started_at is None:
        return "—"
    return f"{seconds // 60} min {seconds % 60:02} s" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004 -- seconds of a minute


BILLING_RUNS: Listing[RunRow] = register(
    Listing(
        key="billing_runs",
        title="Runs",
        noun="run",
        path="/billing/runs",
        permission=Permission.billing_runs_read,
        export_permission=Permission.billing_runs_read,
        statement=_statement,
        build=_build,
        identifier=col(BillingRun.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "as_of",
                "As of",
                ColumnKind.link,
                lambda row: f"{row.as_of_at:%Y-%m-%d %H:%M} UTC",
                href=lambda row: f"/billing/runs/{row.id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status, note=lambda row: row.error),
            Column("due", "Due", ColumnKind.number, lambda row: row.due_count),
            Column("invoices", "Invoices", ColumnKind.number, lambda row: row.invoice_count),
            Column("drafts", "Drafts", ColumnKind.number, lambda row: row.draft_count),
            Column("changes", "Changes", ColumnKind.number, lambda row: row.change_count),
            Column("failures", "Failures", ColumnKind.number, lambda row: row.failed_count),
            Column("speed", "A second", ColumnKind.number, lambda row: row.speed),
            Column("took", "Took", ColumnKind.text, _took),
            Column("started_by", "Started by", ColumnKind.text, lambda row: row.started_by),
            Column("created_at", "Asked for", ColumnKind.instant, lambda row: row.created_at, "created_at"),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(SortKey("created_at", col(BillingRun.created_at), datetime.fromisoformat),),
        default_sort="-created_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(BillingRun.status),
                tuple(Choice(each.value, each.value.capitalize()) for each in RunStatus),
            ),
            Filter("created_at", "Asked for", FilterKind.date, col(BillingRun.created_at)),
            Filter("failures", "Failures", FilterKind.number, col(BillingRun.failed_count)),
        ),
        views=(
            View("all", "All", ""),
            View("under_way", "Under way", "f=status:waiting,running"),
            View("failures", "With failures", "f=failures:>0"),
        ),
        empty="A run bills what is due. The schedule starts one every five minutes where something is.",
        nouns=frozenset({"billing_run"}),
    )
)


def get_run_row(session: Session, actor: Actor, run_id: UUID) -> RunRow:
    """One run with its progress; NotFound where there is none."""
    row = session.execute(_statement(actor).where(col(BillingRun.id) == run_id)).first()
    if row is None:
        raise NotFound("billing_run", run_id)
    return _build(row)


def list_failures(session: Session, actor: Actor, *, run_id: UUID, limit: int = 200) -> list[FailureRow]:
    """What a run parked within the actor's reach, by reason."""
    statement = (
        select(*_failure_columns)
        .join(Tenant, col(Tenant.id) == BillingFailure.tenant_id)
        .where(col(BillingFailure.run_id) == run_id)
        .order_by(col(BillingFailure.code), col(BillingFailure.id))
        .limit(limit)
    )
    statement = scoped(statement, BillingFailure.tenant_id, actor, Permission.billing_runs_read)
    return [FailureRow(*row) for row in session.execute(statement)]
