"""Asking for approval: the request with its frozen preview; withdrawing, reminding, asking anew."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import StaffUser
from models.approvals import events
from models.approvals.errors import refusal
from models.approvals.operations.orders import Order
from models.approvals.operations.procedures import Procedure, procedure_for
from models.approvals.operations.store import (
    close,
    ensure_person,
    exceeded,
    facts_of,
    freeze,
    lock_request,
    procedure_of,
    record,
    words,
)
from models.approvals.rules.deciding import why_not_own
from models.approvals.rules.shown import Shown
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor, Mandate
from models.kernel.errors import Conflict
from models.kernel.locking import lock_name
from models.limits import EffectiveLimit, LimitedAction

REMIND_AGAIN = timedelta(hours=1)


def request_approval(
    session: Session, actor: Actor, *, order: Order, request_id: UUID, token: str = ""
) -> ApprovalRequest:
    """Ask a second person for what the actor may not decide alone; carried out when that person approves.

    The order is carried out once and taken back, so that what could not be done is refused now, with the operation's
    own refusals. `request_id` is made when the form opens: the same form sent twice is one request. With a preview's
    `token` it is exactly what was previewed, or refused. Raises Conflict where one person may decide it alone, where
    the same thing waits already and where it has changed since the preview.
    """
    person = ensure_person(actor)
    procedure = procedure_for(order)
    actor.ensure(procedure.permission)
    known = session.get(ApprovalRequest, request_id)
    if known is not None and known.requested_by == person:
        return known
    shown = procedure.preview(session, actor, order)
    if token and token != shown.token:
        raise Conflict(
            "approval.not_as_previewed", "It has changed since the preview. Look at the new preview first."
        )
    lock_name(session, f"approval:{procedure.key}:{shown.subject.id}")
    _ensure_first(session, procedure, shown)
    action, limit = _ensure_needed(session, shown)
    rehearse(session, actor, procedure, order, shown)
    request = _new(procedure, order, shown, person, limit)
    request.id = request_id
    freeze(request, shown, action, limit)
    session.add(request)
    session.flush()
    record(session, actor, events.REQUESTED, request, reason=request.reason)
    return request


def withdraw_request(session: Session, actor: Actor, *, request_id: UUID, note: str = "") -> ApprovalRequest:
    """Take back what one asked for oneself."""
    request = _own(session, actor, request_id)
    close(request, RequestStatus.withdrawn, actor.id, words(note, is_needed=False))
    record(session, actor, events.WITHDRAWN, request, reason=request.note)
    return request


def remind_request(session: Session, actor: Actor, *, request_id: UUID) -> ApprovalRequest:
    """Bring what one asked for to the top again, at most once an hour."""
    request = _own(session, actor, request_id)
    now = clock.now()
    if request.reminded_at is not None and now < request.reminded_at + REMIND_AGAIN:
        raise Conflict(
            "approval.reminded", "You reminded them less than an hour ago. Ask one of them in person."
        )
    request.reminded_at = request.updated_at = now
    record(session, actor, events.REMINDED, request)
    return request


def renew_request(session: Session, actor: Actor, *, request_id: UUID) -> ApprovalRequest:
    """Freeze the preview as it is now, for what has changed since one asked; it waits as long as a new request."""
    request = _own(session, actor, request_id)
    procedure = procedure_of(request)
    order = procedure.read(request.asked)
    shown = procedure.preview(session, actor, order)
    action, limit = _ensure_needed(session, shown)
    rehearse(session, actor, procedure, order, shown)
    freeze(request, shown, action, limit)
    request.error = ""
    request.updated_at = clock.now()
    request.expires_at = clock.now() + timedelta(hours=limit.expires_hours)
    record(session, actor, events.RENEWED, request)
    return request


def rehearse(session: Session, actor: Actor, procedure: Procedure, order: Order, shown: Shown) -> None:
    """Do it and take it back; raises what the operation refuses."""
    trial = session.begin_nested()
    try:
        procedure.carry_out(session, with_mandate(actor, shown, actor.name), order, shown.token)
        session.flush()
    finally:
        trial.rollback()


def with_mandate(actor: Actor, shown: Shown, on_behalf_of: str) -> Actor:
    """The actor with a yes for exactly what is shown."""
    allows = {action.value: abs(weight.minor) for action, weight in shown.weights.items()}
    return replace(actor, mandate=Mandate(shown.subject.id, allows, on_behalf_of))


def _own(session: Session, actor: Actor, request_id: UUID) -> ApprovalRequest:
    request = lock_request(session, actor, request_id)
    why = why_not_own(facts_of(session, request), clock.now(), actor.id)
    if why is not None:
        raise refusal(why)
    return request


def _new(
    procedure: Procedure, order: Order, shown: Shown, person: UUID, limit: EffectiveLimit
) -> ApprovalRequest:
    return ApprovalRequest(
        tenant_id=shown.tenant_id,
        procedure=procedure.key,
        subject_type=shown.subject.type,
        subject_id=shown.subject.id,
        asked=procedure.record(order),
        reason=words(procedure.reason(order)),
        requested_by=person,
        expires_at=clock.now() + timedelta(hours=limit.expires_hours),
    )


def _ensure_first(session: Session, procedure: Procedure, shown: Shown) -> None:
    statement = select(StaffUser.name).join(
        ApprovalRequest, col(ApprovalRequest.requested_by) == col(StaffUser.id)
    )
    name = session.exec(
        statement.where(
            ApprovalRequest.procedure == procedure.key,
            ApprovalRequest.subject_id == shown.subject.id,
            ApprovalRequest.status == RequestStatus.waiting,
        )
    ).first()
    if name is not None:
        raise Conflict(
            "approval.already_requested",
            f"{name} has asked for this already, and it waits for a decision. Look under Approvals.",
        )


def _ensure_needed(session: Session, shown: Shown) -> tuple[LimitedAction, EffectiveLimit]:
    found = exceeded(session, shown)
    if found is None:
        raise Conflict(
            "approval.not_needed",
            f"{shown.amount.format()} is within what one person decides alone. Do it yourself.",
        )
    return found
