"""Who sees which requests: those they asked for, and those they may decide."""

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from models.accounts import in_scope
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission
from models.limits import ACTIONS, LimitedAction


def decidable_kinds(actor: Actor) -> tuple[LimitedAction, ...]:
    """Kinds of requests the actor may decide."""
    return tuple(action for action, spec in ACTIONS.items() if actor.may(spec.approve))


def may_see(actor: Actor, request: ApprovalRequest) -> bool:
    """Whether a request within reach is shown to the actor."""
    return request.requested_by == actor.id or request.kind in decidable_kinds(actor)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The same as a condition, with the reach of `approvals:read`."""
    return and_(
        in_scope(ApprovalRequest.tenant_id, actor, Permission.approvals_read),
        or_(
            col(ApprovalRequest.requested_by) == actor.id,
            col(ApprovalRequest.kind).in_(decidable_kinds(actor)),
        ),
    )


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Requests that wait for this person's decision."""
    return and_(
        col(ApprovalRequest.status) == RequestStatus.waiting,
        col(ApprovalRequest.expires_at) > clock.now(),
        col(ApprovalRequest.requested_by) != actor.id,
        col(ApprovalRequest.kind).in_(decidable_kinds(actor)),
    )
