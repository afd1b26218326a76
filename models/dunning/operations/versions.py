"""Versions of campaigns as the rules read them; a version never changes, so it is read once."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.dunning.rules.campaign import CampaignPlan, from_record
from models.dunning.tables import Campaign, CampaignVersion
from models.kernel.errors import NotFound

_kept: dict[UUID, "Version"] = {}
MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a campaign."""

    id: UUID
    campaign_id: UUID
    number: int
    plan: CampaignPlan


def version_of(session: Session, version_id: UUID) -> Version:
    """The version of this id; NotFound where there is none."""
    found = _kept.get(version_id)
    if found is None:
        row = session.get(CampaignVersion, version_id)
        if row is None:
            raise NotFound("campaign_version", version_id)
        found = Version(row.id, row.campaign_id, row.number, from_record(row.definition))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[version_id] = found
    return found


def current_version(session: Session, campaign_id: UUID) -> Version:
    """The version that new cases of the campaign get."""
    found = session.scalar(
        select(CampaignVersion.id)
        .join(Campaign, col(Campaign.id) == CampaignVersion.campaign_id)
        .where(Campaign.id == campaign_id, CampaignVersion.number == Campaign.current_version)
    )
    if found is None:
        raise NotFound("campaign", campaign_id)
    return version_of(session, found)
