"""Moving open cases to another campaign or version, with each one's next step before and after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import in_scope
from models.dunning import events
from models.dunning.operations.cases import case_facts, note, plan_ahead
from models.dunning.operations.facts import InvoiceFacts, facts_of
from models.dunning.operations.locking import lock_open_cases_of
from models.dunning.operations.versions import Version, current_version
from models.dunning.rules.campaign import CampaignPlan
from models.dunning.tables import Campaign, CampaignStatus, DunningCase
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.permissions import Permission

MOST_MOVED = 2_000


@dataclass(frozen=True, slots=True)
class Moved:
    """A case's next step as it was and as it is after the move."""

    case_id: UUID
    number: str
    customer: str
    before_action: str
    before_at: str
    after_action: str
    after_at: str


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What a move does; `token` pins the cases and versions it was computed from."""

    rows: tuple[Moved, ...]
    token: str


def move_cases(
    session: Session,
    actor: Actor,
    *,
    campaign_id: UUID,
    reason: str,
    case_ids: Sequence[UUID] | None = None,
    token: str = "",
) -> MoveResult:
    """Move the cases, or all open ones of the campaign in other versions, to the version in use.

    Steps whose day has passed count as taken; tries that were used stay used. With a preview's `token` the cases
    must still be what it showed. Rehearse it for a preview. Raises Conflict where nothing is to be moved.
    """
    cases, version = _chosen(session, actor, campaign_id, case_ids)
    found = _token(cases, version)
    if token and token != found:
        raise Conflict(
            "dunning_case.move_stale", "Cases have changed since the preview. Look at the new preview first."
        )
    known = facts_of(session, cases)
    why = " ".join(reason.split()) or "Moved to another campaign."
    rows = [_moved(session, actor, case, known[case.invoice_id], version, why) for case in cases]
    session.flush()
    return MoveResult(tuple(rows), found)


def _chosen(
    session: Session, actor: Actor, campaign_id: UUID, case_ids: Sequence[UUID] | None
) -> tuple[list[DunningCase], Version]:
    """The cases to move, locked, and the version they move to."""
    scope = in_scope(DunningCase.tenant_id, actor, Permission.dunning_act)
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.status != CampaignStatus.active:
        raise Conflict("campaign.not_in_use", "This campaign is not in use. Choose another.")
    version = current_version(session, campaign_id)
    which = (
        (DunningCase.campaign_id == campaign_id)
        if case_ids is None
        else col(DunningCase.id).in_(case_ids[: MOST_MOVED + 1])
    )
    cases = lock_open_cases_of(session, scope, which, DunningCase.version_id != version.id)
    if not cases:
        raise Conflict(
            "dunning_case.nothing_to_move", "No open case is in another version. Nothing is to be moved."
        )
    if len(cases) > MOST_MOVED:
        raise Invalid(
            "dunning_case.too_many", f"At most {MOST_MOVED:,} cases are moved at once. Choose fewer."
        )
    return cases, version


def _moved(
    session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts, version: Version, why: str
) -> Moved:
    before = case_facts(case)
    was = (case.next_action, case.next_at.isoformat())
    _move(case, version)
    plan_ahead(session, case, facts)
    note(
        session,
        actor,
        events.CASE_MOVED,
        case,
        facts.number,
        reason=why,
        before=before,
        version=version.number,
    )
    return Moved(case.id, facts.number, facts.customer, *was, case.next_action, case.next_at.isoformat())


def count_movable(session: Session, actor: Actor, *, campaign_id: UUID) -> int:
    """Open cases of the campaign that run in another version than the one in use."""
    actor.ensure(Permission.dunning_read)
    version = current_version(session, campaign_id)
    statement = select(DunningCase.id).where(
        DunningCase.campaign_id == campaign_id,
        DunningCase.version_id != version.id,
        col(DunningCase.closed_at).is_(None),
    )
    return len(session.exec(statement).all())


def _move(case: DunningCase, new: Version) -> None:
    case.campaign_id, case.version_id = new.campaign_id, new.id
    case.step_count = len(new.plan.steps)
    case.budget = max(new.plan.budget, case.tries_used)
    case.position = position_on_day(new.plan, clock.now() - case.anchor_at)
    case.chosen_why = "It was moved here by hand."
    # Steps are counted anew, so that a position can be taken again under other steps.
    case.round += 1
    case.version += 1


def position_on_day(plan: CampaignPlan, elapsed: timedelta) -> int:
    """The first step whose time has not come after so long; the number of steps where all have."""
    hours = elapsed / timedelta(hours=1)
    return next(
        (position for position, step in enumerate(plan.steps) if step.offset_hours >= hours), len(plan.steps)
    )


def _token(cases: Sequence[DunningCase], version: Version) -> str:
    facts = "|".join([str(version.id), *(f"{case.id}:{case.version}" for case in cases)])
    return hashlib.sha256(facts.encode()).hexdigest()
