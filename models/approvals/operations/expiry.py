"""Letting requests expire that nobody decided in time."""

from sqlmodel import Session, col, select

from models.approvals import events
from models.approvals.operations.store import close, record
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

AT_ONCE = 500


def expire_requests(session: Session, actor: Actor) -> int:
    """Close what has run out of time, at most 500; one that somebody decides right now is left to them."""
    actor.ensure(Permission.approvals_read)
    statement = (
        select(ApprovalRequest)
        .where(
            ApprovalRequest.status == RequestStatus.waiting, col(ApprovalRequest.expires_at) <= clock.now()
        )
        .order_by(col(ApprovalRequest.expires_at))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    due = session.exec(statement).all()
    for request in due:
        close(request, RequestStatus.expired, None)
        record(session, actor, events.EXPIRED, request, reason=request.reason)
    return len(due)
