"""What may become of a request, and why somebody may not decide on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.approvals.tables import RequestStatus
from models.kernel.errors import Kind
from models.kernel.permissions import Permission

TRANSITIONS: Mapping[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.waiting: frozenset(RequestStatus) - {RequestStatus.waiting},
    RequestStatus.approved: frozenset(),
    RequestStatus.rejected: frozenset(),
    RequestStatus.withdrawn: frozenset(),
    RequestStatus.expired: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a request when somebody wants to do something with it."""

    status: RequestStatus
    requested_by: UUID
    expires_at: datetime
    decider: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is not possible, and the way on; `kind` is what a driver makes of it."""

    code: str
    sentence: str
    kind: Kind = Kind.conflict


def why_closed(facts: Facts, now: datetime) -> Why | None:
    """The reason nothing more can become of a request, or None while it waits."""
    by = f" by {facts.decider}" if facts.decider else ""
    match facts.status:
        case RequestStatus.expired:
            return Why("approval.expired", "This request has expired. Whoever needs it asks anew.")
        case RequestStatus.withdrawn:
            return Why("approval.withdrawn", f"This request was withdrawn{by}. Nothing is left to do.")
        case RequestStatus.approved | RequestStatus.rejected:
            return Why(
                "approval.decided", f"This request was just {facts.status}{by}. Nothing is left to do."
            )
    if now >= facts.expires_at:
        return Why("approval.too_late", "This request has run out of time. Whoever needs it asks anew.")
    return None


def why_not_decide(
    facts: Facts, now: datetime, reader: UUID | None, missing: Permission | None
) -> Why | None:
    """The reason this person cannot approve or reject, or None; `missing` is a permission they lack."""
    if (closed := why_closed(facts, now)) is not None:
        return closed
    if reader == facts.requested_by:
        return Why(
            "approval.own_request",
            "You asked for this yourself, so somebody else decides. Remind them, or withdraw it.",
            Kind.forbidden,
        )
    if missing is not None:
        return Why(
            "approval.not_yours",
            f"You need the permission {missing.value} to decide on this. An administrator can grant it.",
            Kind.forbidden,
        )
    return None


def why_not_own(facts: Facts, now: datetime, reader: UUID | None) -> Why | None:
    """The reason this person cannot withdraw, remind or renew, or None."""
    if (closed := why_closed(facts, now)) is not None:
        return closed
    if reader != facts.requested_by:
        return Why(
            "approval.not_your_request",
            "Only whoever asked for this can do that. Approve or reject it instead.",
            Kind.forbidden,
        )
    return None
