"""Moving everybody on a version to another one: previewed, asked for, then planned for each one's renewal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.billing import events
from models.billing.errors import PreviewStale
from models.billing.operations.plans import lock_plan, plan_subject
from models.billing.operations.reasons import ensure_reason
from models.billing.operations.schedule import schedule_change
from models.billing.queries.plan_moves import MovePreview, list_moves, preview_version_move
from models.billing.rules.changes import ChangePlan, Settlement
from models.billing.tables import Plan, PlanStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError, Forbidden, Kind, NotFound
from models.kernel.events import Event, record_event
from models.kernel.locking import lock_name
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.kernel.secrets import read_link, sign_link

PREVIEW_SECONDS = 600
PURPOSE = "plan-moves"
# A request whose task has left no trace for so long is taken up again, for as many days.
STALE = timedelta(minutes=5)
KEPT = timedelta(days=7)
MAX_REASONS = 5


@dataclass(frozen=True, slots=True)
class MoveOutlook:
    """What asking for the moves would plan; `token` pins how many, their MRR before and after, and the version."""

    version: int
    count: int
    mrr_before: tuple[Money, ...]
    mrr_deltas: tuple[Money, ...]
    token: str


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """Moves asked for and not finished; `actor_id` is None where the program asked."""

    id: UUID
    plan_id: UUID
    target_id: UUID
    reason: str
    actor_id: UUID | None


@dataclass(frozen=True, slots=True)
class MoveBatch:
    """What one batch planned and whom it skipped with which sentence; `left` go on from beyond `cursor`."""

    planned: int
    skipped: tuple[tuple[UUID, str], ...]
    left: int
    cursor: UUID | None


def preview_moves(session: Session, actor: Actor, *, plan_id: UUID, target_id: UUID) -> MoveOutlook:
    """What `request_moves` would ask for now; raises the same refusals."""
    _ensure_may(actor)
    target = _find(session, target_id)
    facts = _facts(session, actor, plan_id, target)
    token = sign_link(PURPOSE, json.dumps([str(plan_id), str(target_id), facts.pinned]))
    preview = facts.preview
    return MoveOutlook(target.version, len(preview.moving), preview.mrr_before, preview.mrr_deltas, token)


def request_moves(session: Session, actor: Actor, *, plan_id: UUID, token: str, reason: str) -> Event:
    """Ask for the moves as previewed; a task plans them for the end of each one's period.

    Raises PreviewStale where the count or the MRR has changed, where they were asked for since, and after ten
    minutes; Conflict where the version is not on sale or nobody would move.
    """
    _ensure_may(actor)
    words = ensure_reason(reason)
    plan = lock_plan(session, actor, plan_id)
    shown_plan, target_id, shown = _read_token(token)
    if shown_plan != str(plan_id):
        raise PreviewStale("That preview was of another version.")
    target = _find(session, UUID(target_id))
    facts = _facts(session, actor, plan_id, target)
    if facts.pinned != shown:
        raise PreviewStale(_what_changed(shown, facts.pinned))
    after = {
        "target_id": str(target.id),
        "version": target.version,
        "count": len(facts.preview.moving),
    }
    return record_event(
        session,
        actor,
        events.PLAN_MOVES_REQUESTED,
        plan_subject(plan),
        reason=words,
        before={"version": plan.version},
        after=after,
    )


def schedule_moves(
    session: Session,
    actor: Actor,
    *,
    plan_id: UUID,
    target_id: UUID,
    reason: str,
    limit: int = 200,
    after: UUID | None = None,
) -> MoveBatch:
    """Plan the move of the next subscriptions for the end of their period, in order of id from beyond `after`.

    Whoever has a change of plan planned is left out, so that planning twice is planning once; whoever refuses is
    skipped with the sentence.
    """
    _ensure_may(actor)
    lock_name(session, f"plan-moves:{plan_id}")
    moves, number = list_moves(session, actor, plan_id=plan_id, target_id=target_id, after=after, limit=limit)
    skipped = []
    for move in moves:
        change = ChangePlan(move.price_id, unit_amount_minor=move.agreed_minor, settlement=Settlement.none)
        try:
            with session.begin_nested():
                schedule_change(
                    session,
                    actor,
                    subscription_id=move.subscription_id,
                    change=change,
                    due_on=None,
                    reason=reason,
                )
        except DomainError as refusal:
            if refusal.kind is Kind.unavailable:
                raise
            skipped.append((move.subscription_id, refusal.sentence))
    cursor = moves[-1].subscription_id if moves else None
    return MoveBatch(len(moves) - len(skipped), tuple(skipped), number - len(moves), cursor)


def find_move_order(session: Session, actor: Actor, *, request_id: UUID) -> MoveOrder | None:
    """The moves that were asked for with this event; None where they are finished."""
    _ensure_may(actor)
    event = session.get(Event, request_id)
    if event is None or event.name != events.PLAN_MOVES_REQUESTED.name or event.after is None:
        raise NotFound("plan", request_id)
    if _count(session, request_id, events.PLAN_MOVES_FINISHED.name):
        return None
    target_id = UUID(event.after["target_id"])
    return MoveOrder(event.id, event.subject_id, target_id, event.reason, event.actor_id)


def finish_moves(
    session: Session, actor: Actor, *, order: MoveOrder, sentences: Mapping[str, int], error: str = ""
) -> None:
    """Record once how the moves went: how many were planned, and what kept how many others where they are.

    The batches and this are known to belong together by the actor's request id, which is the order's.
    """
    _ensure_may(actor)
    lock_name(session, f"plan-moves:{order.plan_id}")
    if _count(session, order.id, events.PLAN_MOVES_FINISHED.name):
        return
    target = _find(session, order.target_id)
    common = sorted(sentences.items(), key=lambda each: (-each[1], each[0]))[:MAX_REASONS]
    record_event(
        session,
        actor.caused_by(actor.cause, str(order.id)),
        events.PLAN_MOVES_FINISHED,
        plan_subject(_find(session, order.plan_id)),
        reason=error,
        after={
            "version": target.version,
            "planned": _count(session, order.id, events.CHANGE_SCHEDULED.name),
            "skipped": sum(sentences.values()),
            "reasons": [f"{number:,} \u00d7 {sentence}" for sentence, number in common],
        },
    )


def list_stale_moves(session: Session, actor: Actor) -> list[UUID]:
    """Requests whose task was lost or whose worker fell silent, oldest first."""
    _ensure_may(actor)
    now, trace = clock.now(), aliased(Event)
    is_alive = (
        select(trace.id)
        .where(
            trace.request_id == cast(col(Event.id), Text),
            (col(trace.name) == events.PLAN_MOVES_FINISHED.name) | (col(trace.occurred_at) > now - STALE),
        )
        .exists()
    )
    statement = select(Event.id).where(
        Event.name == events.PLAN_MOVES_REQUESTED.name,
        col(Event.occurred_at).between(now - KEPT, now - STALE),
        ~is_alive,
    )
    return list(session.exec(statement.order_by(col(Event.id))))


@dataclass(frozen=True, slots=True)
class _Facts:
    preview: MovePreview
    pinned: list[Any]


def _facts(session: Session, actor: Actor, plan_id: UUID, target: Plan) -> _Facts:
    """The preview and what a token pins of it, as JSON gives it back."""
    preview = preview_version_move(
        session, actor, plan_id=plan_id, target_id=target.id, reach=Permission.subscriptions_write
    )
    if target.status != PlanStatus.on_sale:
        raise Conflict(
            "plan.not_on_sale",
            f"Version {target.version} is not on sale. Compare with the version that is, or publish this one.",
        )
    if not preview.moving:
        raise Conflict("plan.nobody_moves", "Nobody is left to move to that version. Nothing is left to do.")
    last = session.scalar(
        select(func.max(Event.occurred_at)).where(
            Event.subject_id == plan_id, Event.name == events.PLAN_MOVES_REQUESTED.name
        )
    )
    mrr = [
        [[each.currency, each.minor] for each in amounts]
        for amounts in (preview.mrr_before, preview.mrr_deltas)
    ]
    return _Facts(preview, [len(preview.moving), *mrr, last.isoformat() if last else ""])


def _read_token(token: str) -> tuple[str, str, list[Any]]:
    try:
        plan_id, target_id, shown = json.loads(read_link(PURPOSE, token, max_age_seconds=PREVIEW_SECONDS))
    except Forbidden as error:
        if error.code != "link.expired":
            raise
        raise PreviewStale("This preview is older than ten minutes.") from None
    return plan_id, target_id, shown


def _what_changed(shown: list[Any], now: list[Any]) -> str:
    if shown[-1] != now[-1]:
        return "The moves were asked for since."
    if shown[0] != now[0]:
        return f"{shown[0]:,} subscriptions would have moved and now it is {now[0]:,}."
    return "The MRR of those who would move has changed."


def _count(session: Session, request_id: UUID, name: str) -> int:
    return (
        session.scalar(
            select(func.count()).where(col(Event.request_id) == str(request_id), Event.name == name)
        )
        or 0
    )


def _find(session: Session, plan_id: UUID) -> Plan:
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("plan", plan_id)
    return plan


def _ensure_may(actor: Actor) -> None:
    actor.ensure(Permission.plans_write)
    actor.ensure(Permission.subscriptions_write)
