"""What came back: recovered amount and rate by campaign, by step and by decline code."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, case, cast, func, literal, select
from sqlmodel import Session, col

from models.accounts import in_scope
from models.dunning.rules.campaign import ACTION_WORDS
from models.dunning.tables import Campaign, CampaignVersion, CaseStatus, DunningCase
from models.kernel.actor import Actor
from models.kernel.permissions import Permission


class ResultKey(StrEnum):
    """What results are grouped by."""

    campaign = "campaign"
    step = "step"
    code = "code"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """Closed cases of one group in one currency; amounts in its minor units."""

    group: str
    currency: str
    closed: int
    recovered: int
    chased_minor: int
    recovered_minor: int

    @property
    def rate_permille(self) -> int:
        """Recovered cases of those that closed."""
        return self.recovered * 1_000 // self.closed if self.closed else 0

    @property
    def amount_permille(self) -> int:
        """Recovered money of what was chased."""
        return self.recovered_minor * 1_000 // self.chased_minor if self.chased_minor else 0


def list_results(session: Session, actor: Actor, *, by: ResultKey, since: datetime) -> list[ResultRow]:
    """Cases closed since then, by group and currency, most money first.

    By step: the last one that reached the customer or their bank before the money came; the rate is of all cases
    that closed, because each of them could have been recovered there. Stopped cases were not ours to recover and do
    not count.
    """
    reach = in_scope(DunningCase.tenant_id, actor, Permission.dunning_read)
    group = _group(by)
    got = func.count().filter(col(DunningCase.status) == CaseStatus.recovered)
    money = func.sum(col(DunningCase.recovered_minor))
    chased = func.sum(func.greatest(col(DunningCase.amount_minor), col(DunningCase.recovered_minor)))
    statement = (
        select(group, col(DunningCase.currency), func.count(), got, chased, money)
        .join(Campaign, col(Campaign.id) == DunningCase.campaign_id)
        .join(CampaignVersion, col(CampaignVersion.id) == DunningCase.version_id)
        .where(
            col(DunningCase.closed_at) >= since,
            col(DunningCase.status).in_([CaseStatus.recovered, CaseStatus.ended]),
            reach,
        )
        .group_by(group, col(DunningCase.currency))
        .order_by(money.desc(), got.desc())
    )
    return [
        ResultRow(_words(by, row[0]), row[1], row[2], row[3], int(row[4]), int(row[5]))
        for row in session.execute(statement)
    ]


def _group(by: ResultKey) -> Any:
    if by is ResultKey.campaign:
        return col(Campaign.name) + literal(" v") + cast(CampaignVersion.number, String)
    if by is ResultKey.step:
        step = func.coalesce(cast(col(DunningCase.recovered_position) + 1, String), literal(""))
        return case(
            (col(DunningCase.status) != CaseStatus.recovered, literal("unpaid")),
            else_=step + literal(" ") + col(DunningCase.recovered_by),
        )
    return col(DunningCase.failure_code)


def _words(by: ResultKey, group: str) -> str:
    if by is ResultKey.code:
        return group.replace("_", " ").capitalize() or "Only overdue, nothing was charged"
    if by is ResultKey.step:
        if group == "unpaid":
            return "Ended unpaid"
        position, _, action = group.strip().rpartition(" ")
        words = ACTION_WORDS.get(action, action)
        return f"Step {position}: {words.lower()}" if position else words or "Before any step"
    return group
