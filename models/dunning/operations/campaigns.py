"""Campaigns: saving a version, whom they are for, taking them out of use."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from models.dunning import events
from models.dunning.rules.campaign import CampaignPlan, to_record
from models.dunning.rules.check import find_problems
from models.dunning.rules.choice import Assignment
from models.dunning.rules.standard import NAME, REASON, STANDARD
from models.dunning.tables import (
    Campaign,
    CampaignAssignment,
    CampaignStatus,
    CampaignVersion,
    TargetKind,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import can_store_text
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import ensure_version, lock_name, lock_row
from models.kernel.permissions import Permission

MAX_NAME = 80
MAX_REASON = 500


def save_campaign(
    session: Session,
    actor: Actor,
    *,
    plan: CampaignPlan,
    reason: str,
    templates: Collection[str],
    campaign_id: UUID | None = None,
    name: str = "",
    expected_version: int | None = None,
) -> CampaignVersion:
    """A new campaign in version 1, or the next version of one; running cases keep theirs.

    `templates` are the mails there are. Raises Invalid with the first problem of the plan (all of them in its data),
    Conflict where somebody saved another version meanwhile, or where nothing differs.
    """
    actor.ensure(Permission.dunning_write)
    why = _one_line(reason, MAX_REASON, "reason", "Give a reason; it stands beside the version.")
    _ensure_sound(plan, templates)
    campaign = _kept_or_new(session, campaign_id, name, expected_version)
    record = to_record(plan)
    if campaign_id is not None:
        _ensure_different(session, campaign, record)
        campaign.current_version += 1
        campaign.updated_at = clock.now()
    version = CampaignVersion(
        campaign_id=campaign.id,
        number=campaign.current_version,
        definition=record,
        reason=why,
        saved_by=actor.name,
    )
    session.add(campaign)
    session.flush()
    session.add(version)
    session.flush()
    after = {"version": version.number, "definition": record}
    record_event(session, actor, events.CAMPAIGN_SAVED, subject_of(campaign), reason=why, after=after)
    return version


def _ensure_sound(plan: CampaignPlan, templates: Collection[str]) -> None:
    problems = [each for each in find_problems(plan, templates) if not each.is_warning]
    if problems:
        first = problems[0]
        where = f"Step {first.step + 1}: " if first.step is not None else ""
        raise Invalid(first.code, f"{where}{first.sentence}", field="steps", count=len(problems))


def assign_campaign(
    session: Session, actor: Actor, *, campaign_id: UUID, assignments: Sequence[Assignment], reason: str
) -> None:
    """Whom the campaign is for, all at once; new cases follow it.

    What another campaign has is refused, but for the default, which is taken over.
    """
    actor.ensure(Permission.dunning_write)
    lock_name(session, "dunning:assignments")
    campaign = lock_row(session, Campaign, campaign_id)
    why = _one_line(reason, MAX_REASON, "reason", "Give a reason; it stands on the timeline.")
    for each in assignments:
        _ensure_target(each)
        _take_over(session, campaign, each)
    mine = col(CampaignAssignment.campaign_id) == campaign.id
    before = [_words(_read(row)) for row in session.exec(select(CampaignAssignment).where(mine))]
    session.exec(delete(CampaignAssignment).where(mine))
    for each in dict.fromkeys(assignments):
        session.add(
            CampaignAssignment(
                campaign_id=campaign.id,
                kind=each.kind,
                target=each.target,
                currency=each.currency or None,
                min_minor=each.min_minor,
            )
        )
    session.flush()
    _ensure_default(session)
    record_event(
        session,
        actor,
        events.CAMPAIGN_ASSIGNED,
        subject_of(campaign),
        reason=why,
        before={"assignments": before},
        after={"assignments": [_words(each) for each in assignments]},
    )


def archive_campaign(session: Session, actor: Actor, *, campaign_id: UUID, reason: str) -> None:
    """New cases get it no longer; running ones go on. Refused for the default, which somebody must have."""
    campaign = _turned(session, actor, campaign_id, CampaignStatus.archived)
    why = _one_line(reason, MAX_REASON, "reason", "Give a reason; it stands on the timeline.")
    _ensure_default(session)
    after = {"status": campaign.status}
    record_event(session, actor, events.CAMPAIGN_ARCHIVED, subject_of(campaign), reason=why, after=after)


def unarchive_campaign(session: Session, actor: Actor, *, campaign_id: UUID) -> None:
    """New cases may get it again."""
    campaign = _turned(session, actor, campaign_id, CampaignStatus.active)
    after = {"status": campaign.status}
    record_event(session, actor, events.CAMPAIGN_UNARCHIVED, subject_of(campaign), after=after)


def ensure_standard_campaign(session: Session, actor: Actor, *, templates: Collection[str]) -> bool:
    """Give an installation without any campaign the standard one as its default; whether it did."""
    actor.ensure(Permission.dunning_write)
    lock_name(session, "dunning:assignments")
    if session.exec(select(Campaign.id).limit(1)).first() is not None:
        return False
    version = save_campaign(session, actor, plan=STANDARD, reason=REASON, templates=templates, name=NAME)
    assign_campaign(
        session,
        actor,
        campaign_id=version.campaign_id,
        assignments=[Assignment(version.campaign_id, TargetKind.default)],
        reason=REASON,
    )
    return True


def subject_of(campaign: Campaign) -> Subject:
    """The campaign as an event's subject."""
    return Subject("campaign", campaign.id, campaign.name)


def _kept_or_new(
    session: Session, campaign_id: UUID | None, name: str, expected_version: int | None
) -> Campaign:
    if campaign_id is not None:
        campaign = lock_row(session, Campaign, campaign_id)
        ensure_version(expected_version, campaign.current_version, "campaign")
        return campaign
    title = _one_line(name, MAX_NAME, "name", f"Give it a name of at most {MAX_NAME} letters.")
    if session.exec(select(Campaign.id).where(func.lower(Campaign.name) == title.lower())).first():
        raise Conflict("campaign.name_taken", f"There is a campaign called “{title}” already.", field="name")
    return Campaign(name=title)


def _ensure_different(session: Session, campaign: Campaign, record: dict[str, Any]) -> None:
    current = session.scalar(
        select(CampaignVersion.definition).where(
            CampaignVersion.campaign_id == campaign.id, CampaignVersion.number == campaign.current_version
        )
    )
    if _plain(current) == _plain(record):
        raise Conflict("campaign.unchanged", "Nothing differs from the version in use. Change a step first.")


def _plain(record: Any) -> Any:
    if isinstance(record, dict):
        return {key: _plain(value) for key, value in record.items()}
    return [_plain(each) for each in record] if isinstance(record, list | tuple) else record


def _turned(session: Session, actor: Actor, campaign_id: UUID, status: CampaignStatus) -> Campaign:
    actor.ensure(Permission.dunning_write)
    lock_name(session, "dunning:assignments")
    campaign = lock_row(session, Campaign, campaign_id)
    if campaign.status == status:
        raise Conflict("campaign.same_status", f"This campaign is {status} already.")
    campaign.status, campaign.updated_at = status, clock.now()
    session.flush()
    return campaign


def _ensure_default(session: Session) -> None:
    found = session.exec(
        select(CampaignAssignment.id)
        .join(Campaign, col(Campaign.id) == CampaignAssignment.campaign_id)
        .where(
            CampaignAssignment.kind == TargetKind.default,
            col(CampaignAssignment.currency).is_(None),
            Campaign.status == CampaignStatus.active,
        )
    ).first()
    if found is None:
        raise Conflict(
            "campaign.no_default",
            "Then no campaign would be the default. Make another one the default first.",
        )


def _ensure_target(each: Assignment) -> None:
    if each.kind not in set(TargetKind) or (each.kind == TargetKind.default) != (not each.target):
        raise Invalid("assignment.unreadable", "Name the customer, plan or tag.", field="target")
    if each.min_minor < 0 or (each.min_minor and not each.currency):
        raise Invalid("assignment.no_currency", "A least amount needs its currency.", field="currency")


def _take_over(session: Session, campaign: Campaign, each: Assignment) -> None:
    """Refuse what another campaign has; only the default is taken over, because somebody must have it."""
    same: tuple[Any, ...] = (
        CampaignAssignment.campaign_id != campaign.id,
        CampaignAssignment.kind == each.kind,
        CampaignAssignment.target == each.target,
        func.coalesce(CampaignAssignment.currency, "") == each.currency,
        CampaignAssignment.min_minor == each.min_minor,
    )
    if each.kind == TargetKind.default:
        session.exec(delete(CampaignAssignment).where(*same))
        return
    taken = session.exec(
        select(Campaign.name)
        .join(CampaignAssignment, col(CampaignAssignment.campaign_id) == Campaign.id)
        .where(*same)
    ).first()
    if taken:
        raise Conflict(
            "assignment.taken", f"{_words(each)} is given to “{taken}” already. Take it from there first."
        )


def _read(row: CampaignAssignment) -> Assignment:
    return Assignment(row.campaign_id, row.kind, row.target, row.currency or "", row.min_minor)


def _words(each: Assignment) -> str:
    amount = f" from {each.min_minor} {each.currency}" if each.min_minor else f" {each.currency}".rstrip()
    return f"{each.kind} {each.target}".strip().capitalize() + amount


def _one_line(text: str, most: int, field: str, sentence: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > most or not can_store_text(found):
        raise Invalid(f"campaign.{field}", sentence, field=field)
    return found
