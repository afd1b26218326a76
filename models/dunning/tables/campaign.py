"""Campaigns: how failures are chased, in versions that never change, and whom they are for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.kernel.columns import (
    Dated,
    currency_column,
    id_column,
    in_values,
    instant_column,
    json_column,
    minor_column,
    status_column,
    text_column,
)


class CampaignStatus(StrEnum):
    """Whether a campaign takes new cases."""

    active = "active"
    archived = "archived"


class TargetKind(StrEnum):
    """What an assignment names, most special first."""

    customer = "customer"
    plan = "plan"
    segment = "segment"
    default = "default"


class Campaign(Dated, table=True):
    """A way of chasing; what it does stands in its versions."""

    __tablename__ = "campaign"
    __table_args__ = (
        Index("uq_campaign_name", text("lower(name)"), unique=True),
        Index("ix_campaign_created", "created_at", "id"),
        in_values("status", CampaignStatus),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("current_version > 0", name="current_version_positive"),
    )

    id: UUID = id_column()
    name: str = text_column()
    status: str = status_column(CampaignStatus.active)
    current_version: int = Field(default=1)


class CampaignVersion(SQLModel, table=True):
    """What a campaign does, as it was saved once; a trigger refuses to change it."""

    __tablename__ = "campaign_version"
    __table_args__ = (
        Index("uq_campaign_version_number", "campaign_id", "number", unique=True),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: UUID = id_column()
    campaign_id: UUID = Field(foreign_key="campaign.id")
    number: int = Field()
    # A record of `rules/campaign.py`.
    definition: dict[str, Any] = json_column()
    reason: str = text_column()
    saved_by: str = text_column()
    created_at: datetime = instant_column()


class CampaignAssignment(SQLModel, table=True):
    """Whom a campaign is for: a customer, a plan, a segment or everybody, from an amount of a currency on."""

    __tablename__ = "campaign_assignment"
    __table_args__ = (
        Index("ix_campaign_assignment_campaign", "campaign_id"),
        Index(
            "uq_campaign_assignment_target",
            "kind",
            "target",
            text("coalesce(currency, '')"),
            "min_minor",
            unique=True,
        ),
        in_values("kind", TargetKind),
        CheckConstraint("(kind = 'default') = (target = '')", name="target_given"),
        CheckConstraint(
            "min_minor >= 0 AND (min_minor = 0 OR currency IS NOT NULL)", name="threshold_has_currency"
        ),
    )

    id: UUID = id_column()
    campaign_id: UUID = Field(foreign_key="campaign.id")
    kind: str = text_column()
    # A customer's id, a plan's key, a tag; empty for everybody.
    target: str = text_column(default="")
    currency: str | None = currency_column(nullable=True)
    min_minor: int = minor_column(default=0)
    created_at: datetime = instant_column()
