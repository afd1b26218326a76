"""What every change of a request shares: who acts, the request locked and visible, its events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import StaffUser, lock_scoped
from models.approvals.operations.procedures import PROCEDURES, Procedure
from models.approvals.queries.visible import may_see
from models.approvals.rules.deciding import Facts
from models.approvals.rules.shown import Shown
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor, ActorKind
from models.kernel.columns import can_store_text
from models.kernel.errors import Forbidden, Invalid, NotFound
from models.kernel.events import EventType, Subject, record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import EffectiveLimit, LimitedAction, effective_limits

MAX_TEXT = 500


def ensure_person(actor: Actor) -> UUID:
    """Who asks and decides: people, by name; programs do neither."""
    if actor.kind is not ActorKind.user or actor.id is None:
        raise Forbidden(
            "approval.not_a_person", "Approval is asked for and given by people. Sign in and do it there."
        )
    return actor.id


def lock_request(session: Session, actor: Actor, request_id: UUID) -> ApprovalRequest:
    """The request, locked; NotFound where it is out of reach or neither theirs nor theirs to decide."""
    request = lock_scoped(session, actor, ApprovalRequest, request_id, Permission.approvals_read)
    if not may_see(actor, request):
        raise NotFound("approval_request", request_id)
    return request


def facts_of(session: Session, request: ApprovalRequest) -> Facts:
    """What the rules look at."""
    decider = session.get(StaffUser, request.decided_by) if request.decided_by else None
    return Facts(
        RequestStatus(request.status),
        request.requested_by,
        request.expires_at,
        decider.name if decider else "",
    )


def procedure_of(request: ApprovalRequest) -> Procedure:
    """How the request is carried out."""
    return PROCEDURES[request.procedure]


def exceeded(session: Session, shown: Shown) -> tuple[LimitedAction, EffectiveLimit] | None:
    """The limit that demands a second person, money that leaves the house first; None where none does."""
    limits = effective_limits(session, shown.amount.currency)
    found = [
        action for action, weight in shown.weights.items() if abs(weight.minor) > limits[action].amount_minor
    ]
    if not found:
        return None
    action = LimitedAction.refund if LimitedAction.refund in found else found[0]
    return action, limits[action]


def freeze(request: ApprovalRequest, shown: Shown, action: LimitedAction, limit: EffectiveLimit) -> None:
    """Keep what would be done now, and the rule that demands a second person."""
    counted = shown.weights[action]
    policy: dict[str, Any] = {
        "counted_minor": counted.minor,
        "limit_minor": limit.amount_minor,
        "currency": counted.currency,
        "rule": limit.currency,
        "version": limit.version,
        "set_by": limit.set_by,
    }
    request.kind = action
    request.amount_minor, request.currency = shown.amount.minor, shown.amount.currency
    request.limit_minor = limit.amount_minor
    request.preview = {**shown.record(), "policy": policy}
    request.token = shown.token
    request.subject_label = shown.subject.label


def close(request: ApprovalRequest, status: RequestStatus, decided_by: UUID | None, note: str = "") -> None:
    """Nothing more becomes of the request."""
    request.status = status
    request.decided_by, request.decided_at = decided_by, clock.now()
    request.note, request.error = note, ""
    request.updated_at = clock.now()


def record(
    session: Session,
    actor: Actor,
    event: EventType,
    request: ApprovalRequest,
    *,
    reason: str = "",
    **more: object,
) -> None:
    """The event on the request's timeline, which is part of its subject's."""
    facts: dict[str, object] = {
        "kind": request.kind,
        "about": request.subject_label,
        "amount_minor": request.amount_minor,
        "limit_minor": request.limit_minor,
        "currency": request.currency,
        "expires_at": _text(request.expires_at),
        **more,
    }
    after = {key: value for key, value in facts.items() if key in event.payload}
    record_event(session, actor, event, subject_of(request), reason=reason, after=after or None)


def subject_of(request: ApprovalRequest) -> Subject:
    """The request as the subject of an event."""
    return Subject("approval", request.id, title_of(request), request.tenant_id)


def title_of(request: ApprovalRequest) -> str:
    """What is asked for, e.g. `Void INV-2026-000123`."""
    return f"{PROCEDURES[request.procedure].label} {request.subject_label}"


def words(text: str, *, is_needed: bool = True) -> str:
    """A note as one line; raises Invalid without one where it is needed, and beyond 500 characters."""
    plain = " ".join(text.split())
    if (is_needed and not plain) or len(plain) > MAX_TEXT or not can_store_text(plain):
        raise Invalid("approval.no_reason", "Give a reason; whoever asked reads it.", field="reason")
    return plain


def sums_of(requests: Sequence[ApprovalRequest]) -> tuple[Money, ...]:
    """The amounts together, one per currency."""
    sums: dict[str, int] = {}
    for each in requests:
        sums[each.currency] = sums.get(each.currency, 0) + each.amount_minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="minutes")
