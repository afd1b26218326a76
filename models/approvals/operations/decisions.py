"""Deciding on a request: approved it is carried out at once, for whoever asked; or it is rejected."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.accounts import actor_for
from models.approvals import events
from models.approvals.errors import OutOfDate, refusal
from models.approvals.operations.procedures import Procedure
from models.approvals.operations.requests import with_mandate
from models.approvals.operations.store import (
    close,
    ensure_person,
    facts_of,
    lock_request,
    procedure_of,
    record,
    words,
)
from models.approvals.rules.deciding import why_not_decide
from models.approvals.rules.shown import differences, read_facts
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError, NotFound
from models.kernel.permissions import Permission
from models.limits import ACTIONS, LimitedAction


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an approval: carried out, or not with the reason; then the request stays open."""

    request: ApprovalRequest
    error: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it was carried out."""
        return not self.error


def approve_request(session: Session, actor: Actor, *, request_id: UUID, token: str = "") -> Decision:
    """Say yes and carry the request out in the same unit of work, on behalf of whoever asked.

    With the `token` of the request's preview it must not have been asked anew meanwhile. Raises Forbidden for one's own
    request and without both permissions, `OutOfDate` where it is not what would happen now, Conflict where it was
    decided, has expired, or whoever asked may no longer. Where the operation itself refuses, the request stays
    open with that refusal.
    """
    person = ensure_person(actor)
    request = lock_request(session, actor, request_id)
    procedure = procedure_of(request)
    _ensure_decidable(session, actor, request)
    actor.ensure(procedure.permission)
    if token and token != request.token:
        raise Conflict(
            "approval.asked_anew", "It was asked for anew meanwhile. Look at the new preview first."
        )
    asker = _requester(session, request, procedure)
    try:
        with session.begin_nested():
            _carry_out(session, actor, request, procedure, asker)
    except OutOfDate:
        raise
    except DomainError as error:
        request.error, request.updated_at = error.sentence, clock.now()
        record(session, actor, events.FAILED, request, error=error.sentence)
        return Decision(request, error.sentence)
    close(request, RequestStatus.approved, person)
    record(session, actor, events.APPROVED, request, reason=request.reason, requested_by=asker)
    return Decision(request)


def reject_request(session: Session, actor: Actor, *, request_id: UUID, reason: str) -> ApprovalRequest:
    """Say no, with a reason that whoever asked reads."""
    person = ensure_person(actor)
    request = lock_request(session, actor, request_id)
    _ensure_decidable(session, actor, request)
    close(request, RequestStatus.rejected, person, words(reason))
    record(session, actor, events.REJECTED, request, reason=request.note)
    return request


def missing_permission(actor: Actor, request: ApprovalRequest) -> Permission | None:
    """A permission the actor lacks to approve: of the decision, or of the operation itself."""
    needed = (ACTIONS[LimitedAction(request.kind)].approve, procedure_of(request).permission)
    return next((each for each in needed if not actor.may(each)), None)


def _ensure_decidable(session: Session, actor: Actor, request: ApprovalRequest) -> None:
    why = why_not_decide(
        facts_of(session, request), clock.now(), actor.id, missing_permission(actor, request)
    )
    if why is not None:
        raise refusal(why)


def _requester(session: Session, request: ApprovalRequest, procedure: Procedure) -> str:
    """The name of whoever asked, who must still be allowed to."""
    try:
        asker = actor_for(session, request.requested_by)
    except NotFound:
        raise Conflict(
            "approval.requester_gone",
            "Whoever asked for this has left. Reject it; somebody else can ask for it.",
        ) from None
    if not asker.may(procedure.permission):
        raise Conflict(
            "approval.requester_may_not",
            f"{asker.name} may no longer ask for this: {procedure.permission.value} is missing. Reject it.",
        )
    return asker.name


def _carry_out(
    session: Session, actor: Actor, request: ApprovalRequest, procedure: Procedure, asker: str
) -> None:
    order = procedure.read(request.asked)
    shown = procedure.preview(session, actor, order)
    if shown.token != request.token:
        raise OutOfDate(differences(read_facts(request.preview), shown.facts))
    procedure.carry_out(session, with_mandate(actor, shown, asker), order, request.token)
    session.flush()
