"""Campaigns: the list, one with its versions, and what falls back to the default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlmodel import Session, col

from models.accounts import Tenant
from models.billing import Plan, PlanStatus
from models.dunning.operations.locking import is_open
from models.dunning.rules.campaign import CampaignPlan, from_record
from models.dunning.rules.choice import Assignment
from models.dunning.tables import (
    Campaign,
    CampaignAssignment,
    CampaignStatus,
    CampaignVersion,
    CaseStatus,
    DunningCase,
    TargetKind,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.permissions import Permission

RATE_DAYS = 90


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in the list; the rate is of `closed` cases of the last 90 days."""

    id: UUID
    name: str
    status: str
    version: int
    used_by: str
    is_default: bool
    running: int
    closed: int
    recovered: int
    edited_at: datetime
    edited_by: str


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """A version as it was saved."""

    id: UUID
    number: int
    plan: CampaignPlan
    reason: str
    saved_by: str
    created_at: datetime
    running: int


@dataclass(frozen=True, slots=True)
class CampaignDetail:
    """A campaign with its versions, newest first, and whom it is for."""

    id: UUID
    name: str
    status: str
    current_version: int
    versions: tuple[SavedVersion, ...]
    assignments: tuple[Assignment, ...]


def list_campaigns(session: Session, actor: Actor) -> list[CampaignRow]:
    """Every campaign, those in use first, then by name; there are few."""
    actor.ensure(Permission.dunning_read)
    counts = _counts(session)
    used = _used_by(session)
    rows = session.execute(
        select(Campaign, CampaignVersion)
        .join(CampaignVersion, col(CampaignVersion.campaign_id) == Campaign.id)
        .where(col(CampaignVersion.number) == Campaign.current_version)
        .order_by(col(Campaign.status), func.lower(Campaign.name))
    )
    found = []
    for campaign, version in rows:
        running, closed, recovered = counts.get(campaign.id, (0, 0, 0))
        words, is_default = used.get(campaign.id, ("Nobody", False))
        found.append(
            CampaignRow(
                campaign.id,
                campaign.name,
                campaign.status,
                version.number,
                words,
                is_default,
                running,
                closed,
                recovered,
                version.created_at,
                version.saved_by,
            )
        )
    return found


def get_campaign(session: Session, actor: Actor, campaign_id: UUID) -> CampaignDetail:
    """One campaign; NotFound where there is none."""
    actor.ensure(Permission.dunning_read)
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound("campaign", campaign_id)
    counted = session.execute(
        select(col(DunningCase.version_id), func.count())
        .where(col(DunningCase.campaign_id) == campaign_id, is_open())
        .group_by(col(DunningCase.version_id))
    )
    running = {row[0]: row[1] for row in counted}
    versions = session.scalars(
        select(CampaignVersion)
        .where(col(CampaignVersion.campaign_id) == campaign_id)
        .order_by(col(CampaignVersion.number).desc())
    )
    return CampaignDetail(
        campaign.id,
        campaign.name,
        campaign.status,
        campaign.current_version,
        tuple(
            SavedVersion(
                each.id,
                each.number,
                from_record(each.definition),
                each.reason,
                each.saved_by,
                each.created_at,
                running.get(each.id, 0),
            )
            for each in versions
        ),
        tuple(_assignments(session, campaign_id)),
    )


def list_uncovered_plans(session: Session, actor: Actor) -> list[str]:
    """Plans on sale that no campaign is assigned to: their customers get the default."""
    actor.ensure(Permission.dunning_read)
    covered = (
        select(col(CampaignAssignment.target))
        .join(Campaign, col(Campaign.id) == CampaignAssignment.campaign_id)
        .where(col(CampaignAssignment.kind) == TargetKind.plan, col(Campaign.status) == CampaignStatus.active)
    )
    return list(
        session.scalars(
            select(col(Plan.name))
            .where(
                col(Plan.status) == PlanStatus.on_sale,
                col(Plan.is_add_on).is_(False),
                col(Plan.key).not_in(covered),
            )
            .order_by(col(Plan.name))
        )
    )


def _counts(session: Session) -> dict[UUID, tuple[int, int, int]]:
    since = clock.now() - timedelta(days=RATE_DAYS)
    is_recent = col(DunningCase.closed_at) >= since
    statement = select(
        col(DunningCase.campaign_id),
        func.count().filter(col(DunningCase.closed_at).is_(None)),
        func.count().filter(is_recent),
        func.count().filter(is_recent, col(DunningCase.status) == CaseStatus.recovered),
    ).group_by(col(DunningCase.campaign_id))
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(statement)}


def _used_by(session: Session) -> dict[UUID, tuple[str, bool]]:
    rows = session.execute(
        select(col(CampaignAssignment.campaign_id), col(CampaignAssignment.kind), func.count()).group_by(
            col(CampaignAssignment.campaign_id), col(CampaignAssignment.kind)
        )
    )
    found: dict[UUID, dict[str, int]] = {}
    for campaign_id, kind, number in rows:
        found.setdefault(campaign_id, {})[kind] = number
    return {key: (_used_words(kinds), TargetKind.default in kinds) for key, kinds in found.items()}


def _used_words(kinds: dict[str, int]) -> str:
    words = {"customer": "customer", "plan": "plan", "segment": "tag"}
    parts = ["Default"] if TargetKind.default in kinds else []
    for kind, word in words.items():
        number = kinds.get(kind, 0)
        if number:
            parts.append(f"{number} {word}{'s' if number > 1 else ''}")
    return ", ".join(parts)


def _assignments(session: Session, campaign_id: UUID) -> list[Assignment]:
    rows = session.scalars(
        select(CampaignAssignment)
        .where(col(CampaignAssignment.campaign_id) == campaign_id)
        .order_by(col(CampaignAssignment.kind), col(CampaignAssignment.target))
    )
    return [
        Assignment(row.campaign_id, row.kind, row.target, row.currency or "", row.min_minor) for row in rows
    ]


def list_segments(session: Session, actor: Actor) -> list[str]:
    """Every tag a customer has, for choosing."""
    actor.ensure(Permission.dunning_read)
    return sorted(session.scalars(select(func.unnest(col(Tenant.tags))).distinct()))


def find_customer_ids(session: Session, actor: Actor, references: Sequence[str]) -> list[str]:
    """Ids of the customers of these references or ids; raises Invalid naming the first that is not there."""
    actor.ensure(Permission.dunning_write)
    found = []
    for reference in references:
        row = session.scalar(
            select(col(Tenant.id)).where(
                or_(col(Tenant.external_ref) == reference, cast(col(Tenant.id), String) == reference.lower())
            )
        )
        if row is None:
            raise Invalid(
                "assignment.no_customer",
                f"There is no customer {reference[:60]}. Give its reference.",
                field="customer",
            )
        found.append(str(row))
    return found
