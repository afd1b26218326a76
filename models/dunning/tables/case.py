"""Cases: one unpaid invoice that is being chased, and what was done at each step."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

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

OPEN_STATUSES = "status IN ('running', 'paused', 'promised', 'waiting_action')"
# The same by the CHECK below. The planner sees it in any statement, where the words of a list are parameters to it.
OPEN = "closed_at IS NULL"


class CaseStatus(StrEnum):
    """Where a case stands."""

    running = "running"
    paused = "paused"
    promised = "promised"
    waiting_action = "waiting_action"
    recovered = "recovered"
    ended = "ended"
    stopped = "stopped"


class StepKind(StrEnum):
    """What a line of a case's record is."""

    step = "step"  # a step of the campaign
    hand = "hand"  # a try by a person; it uses no try of the campaign
    other = "other"  # a charge that began outside the case


class StepOutcome(StrEnum):
    """How a step ended."""

    done = "done"
    waiting = "waiting"
    succeeded = "succeeded"
    failed = "failed"
    needs_action = "needs_action"
    skipped = "skipped"
    refused = "refused"


class DunningCase(Dated, table=True):
    """One open invoice that is chased by one version of a campaign; an invoice has at most one open case."""

    __tablename__ = "dunning_case"
    __table_args__ = (
        Index("uq_dunning_case_open", "invoice_id", unique=True, postgresql_where=text(OPEN)),
        Index("ix_dunning_case_invoice", "invoice_id", "id"),
        Index("ix_dunning_case_tenant", "tenant_id", "id"),
        Index("ix_dunning_case_due", "next_at", "id", postgresql_where=text(OPEN)),
        Index("ix_dunning_case_status", "status", "next_at", "id"),
        Index("ix_dunning_case_class", "failure_class", "next_at", "id"),
        Index("ix_dunning_case_amount", "amount_minor", "id"),
        Index("ix_dunning_case_opened", "opened_at", "id"),
        Index(
            "ix_dunning_case_person",
            "next_at",
            "id",
            postgresql_where=text(f"needs_person AND {OPEN}"),
        ),
        Index("ix_dunning_case_ending", "ends_at", "id", postgresql_where=text(OPEN)),
        Index("ix_dunning_case_closed", "closed_at", "id", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_dunning_case_campaign", "campaign_id", "status"),
        Index("ix_dunning_case_next", "next_at", "id"),
        # What is at risk, counted without the rows themselves.
        Index("ix_dunning_case_at_risk", "currency", "amount_minor", postgresql_where=text(OPEN)),
        in_values("status", CaseStatus),
        CheckConstraint("tries_used >= 0 AND tries_used <= budget", name="budget_kept"),
        CheckConstraint("position >= 0 AND round > 0", name="position_in_order"),
        CheckConstraint(f"({OPEN_STATUSES}) = ({OPEN})", name="closed_is_closed"),
        CheckConstraint("(status = 'promised') = (promise_on IS NOT NULL)", name="promise_has_day"),
        CheckConstraint("amount_minor >= 0 AND recovered_minor >= 0", name="amounts_not_negative"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    invoice_id: UUID = Field(foreign_key="invoice.id")
    campaign_id: UUID = Field(foreign_key="campaign.id")
    version_id: UUID = Field(foreign_key="campaign_version.id")
    # Why this campaign, in a sentence, as it was chosen.
    chosen_why: str = text_column(default="")
    status: str = status_column(CaseStatus.running)
    currency: str = currency_column()
    # What is due now; kept when the case closes.
    amount_minor: int = minor_column()
    # What had been paid on the invoice when the case was opened.
    paid_before_minor: int = minor_column(default=0)
    opened_at: datetime = instant_column()
    # What the steps count from: the opening, moved by the time that was not counted.
    anchor_at: datetime = instant_column()
    # The step that is next, from 0; the number of steps stands for the end.
    position: int = Field(default=0)
    round: int = Field(default=1)
    # When something happens next; of a closed case the end of time.
    next_at: datetime = instant_column()
    next_action: str = text_column(default="")
    next_why: str = text_column(default="")
    ends_at: datetime = instant_column()
    step_count: int = Field(default=0)
    tries_used: int = Field(default=0)
    budget: int = Field(default=0)
    failure_class: str = text_column(default="")
    failure_code: str = text_column(default="")
    failure: str = text_column(default="")
    failed_at: datetime | None = instant_column(nullable=True)
    # Set while the answer to a charge is awaited: nothing else happens then.
    waiting_charge_id: UUID | None = Field(default=None)
    needs_person: bool = Field(default=False)
    person_why: str = text_column(default="")
    owner_id: UUID | None = Field(default=None, foreign_key="staff_user.id")
    rest_since_at: datetime | None = instant_column(nullable=True)
    rest_reason: str = text_column(default="")
    promise_on: date | None = Field(default=None)
    promise_minor: int = minor_column(default=0)
    closed_at: datetime | None = instant_column(nullable=True)
    closed_why: str = text_column(default="")
    recovered_minor: int = minor_column(default=0)
    # The action of the last step before the money came; empty where none was taken.
    recovered_by: str = text_column(default="")
    recovered_position: int | None = Field(default=None)
    version: int = Field(default=1)


class DunningStep(SQLModel, table=True):
    """What happened at a step of a case: once for each position and round, whoever tries again."""

    __tablename__ = "dunning_step"
    __table_args__ = (
        Index(
            "uq_dunning_step_once",
            "case_id",
            "position",
            "round",
            unique=True,
            postgresql_where=text("kind = 'step'"),
        ),
        Index(
            "uq_dunning_step_charge", "charge_id", unique=True, postgresql_where=text("charge_id IS NOT NULL")
        ),
        Index("ix_dunning_step_case", "case_id", "done_at"),
        Index("ix_dunning_step_tenant", "tenant_id"),
        Index("ix_dunning_step_done", "done_at", "id"),
        in_values("kind", StepKind),
        in_values("outcome", StepOutcome),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    case_id: UUID = Field(foreign_key="dunning_case.id", ondelete="CASCADE")
    kind: str = text_column(default=StepKind.step)
    position: int = Field()
    round: int = Field(default=1)
    action: str = text_column()
    planned_at: datetime = instant_column()
    done_at: datetime = instant_column()
    outcome: str = text_column()
    sentence: str = text_column(default="")
    amount_minor: int = minor_column(default=0)
    currency: str = currency_column()
    charge_id: UUID | None = Field(default=None)
    message_id: UUID | None = Field(default=None)
    decline_code: str = text_column(default="")
    decline_class: str = text_column(default="")
    settled_at: datetime | None = instant_column(nullable=True)
