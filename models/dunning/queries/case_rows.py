"""A case as a list shows it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from models.accounts import StaffUser, Tenant, scoped
from models.billing import Invoice
from models.dunning.rules.campaign import ACTION_WORDS
from models.dunning.rules.times import zone_of
from models.dunning.tables import Campaign, CampaignVersion, DunningCase
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

ENDING_DAYS = 3


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the queue; amounts in minor units of `currency`."""

    id: UUID
    tenant_id: UUID
    invoice_id: UUID
    status: str
    currency: str
    amount_minor: int
    position: int
    step_count: int
    next_at: datetime
    next_action: str
    next_why: str
    ends_at: datetime
    tries_used: int
    budget: int
    failure_class: str
    failure: str
    needs_person: bool
    person_why: str
    promise_on: date | None
    closed_at: datetime | None
    closed_why: str
    recovered_minor: int
    opened_at: datetime
    customer: str
    zone: str
    number: str
    due_on: date
    campaign: str
    version: int
    owner: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is still chased."""
        return self.closed_at is None

    @property
    def days(self) -> int:
        """Days since the invoice was due."""
        return max((clock.today() - self.due_on).days, 0)

    @property
    def steps(self) -> str:
        """How far the campaign is."""
        return f"{min(self.position, self.step_count)} / {self.step_count}"

    @property
    def next_words(self) -> str:
        """What happens next and exactly when, in the customer's zone; of a closed case why it ended."""
        if not self.is_open:
            return self.closed_why
        local = self.next_at.astimezone(zone_of(self.zone))
        place = self.zone.rpartition("/")[2].replace("_", " ")
        return f"{ACTION_WORDS.get(self.next_action, self.next_action)} \u00b7 {local:%a %d %b %H:%M} {place}"

    @property
    def failure_words(self) -> str:
        """The last failure in plain words."""
        return self.failure or "Nothing was charged."

    @property
    def flag(self) -> tuple[str, str]:
        """What must be seen beside the status, and its colour role; both empty where nothing must."""
        if self.needs_person:
            return "Needs a person", "bad"
        if self.is_open and self.ends_at <= clock.now() + timedelta(days=ENDING_DAYS):
            return "Ending", "attention"
        return "", ""


_columns: tuple[Any, ...] = (
    DunningCase.id,
    DunningCase.tenant_id,
    DunningCase.invoice_id,
    DunningCase.status,
    DunningCase.currency,
    DunningCase.amount_minor,
    DunningCase.position,
    DunningCase.step_count,
    DunningCase.next_at,
    DunningCase.next_action,
    DunningCase.next_why,
    DunningCase.ends_at,
    DunningCase.tries_used,
    DunningCase.budget,
    DunningCase.failure_class,
    DunningCase.failure,
    DunningCase.needs_person,
    DunningCase.person_why,
    DunningCase.promise_on,
    DunningCase.closed_at,
    DunningCase.closed_why,
    DunningCase.recovered_minor,
    DunningCase.opened_at,
    col(Tenant.name).label("customer"),
    Tenant.time_zone,
    Invoice.number,
    Invoice.due_on,
    col(Campaign.name).label("campaign"),
    col(CampaignVersion.number).label("campaign_number"),
    col(StaffUser.name).label("owner"),
)


def case_statement(actor: Actor) -> Select[Any]:
    """Cases within the actor's reach."""
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == DunningCase.tenant_id)
        .join(Invoice, col(Invoice.id) == DunningCase.invoice_id)
        .join(Campaign, col(Campaign.id) == DunningCase.campaign_id)
        .join(CampaignVersion, col(CampaignVersion.id) == DunningCase.version_id)
        .join(StaffUser, col(StaffUser.id) == DunningCase.owner_id, isouter=True)
    )
    return scoped(statement, DunningCase.tenant_id, actor, Permission.dunning_read)


def build_case_row(row: Any) -> CaseRow:
    """The row of one result."""
    return CaseRow(*row[: len(_columns)])
