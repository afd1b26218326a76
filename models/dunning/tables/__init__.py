"""Tables of the dunning context."""

from models.dunning.tables.campaign import (
    Campaign,
    CampaignAssignment,
    CampaignStatus,
    CampaignVersion,
    TargetKind,
)
from models.dunning.tables.case import CaseStatus, DunningCase, DunningStep, StepKind, StepOutcome

__all__ = [
    "Campaign",
    "CampaignAssignment",
    "CampaignStatus",
    "CampaignVersion",
    "CaseStatus",
    "DunningCase",
    "DunningStep",
    "StepKind",
    "StepOutcome",
    "TargetKind",
]
