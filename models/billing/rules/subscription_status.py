"""Which status of a subscription may follow which, and which changes each allows."""

from collections.abc import Mapping

from models.billing.rules.changes import (
    AddAddOn,
    Cancel,
    Change,
    ChangePlan,
    ChangeQuantity,
    EndTrial,
    ExtendTrial,
    Pause,
    RemoveAddOn,
    Resume,
    Suspend,
)
from models.billing.rules.invoice_status import Refusal
from models.billing.tables import SubscriptionStatus as Status

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.scheduled: frozenset({Status.trial, Status.active, Status.cancelled}),
    Status.trial: frozenset({Status.active, Status.paused, Status.cancelled}),
    Status.active: frozenset({Status.paused, Status.unpaid, Status.cancelled}),
    Status.paused: frozenset({Status.active, Status.cancelled}),
    Status.unpaid: frozenset({Status.active, Status.cancelled}),
    Status.cancelled: frozenset({Status.active}),
}

_SHAPE = frozenset({ChangePlan.kind, ChangeQuantity.kind, AddAddOn.kind, RemoveAddOn.kind})
ALLOWED: Mapping[Status, frozenset[str]] = {
    Status.scheduled: _SHAPE | {Cancel.kind},
    Status.trial: _SHAPE | {Cancel.kind, ExtendTrial.kind, EndTrial.kind},
    Status.active: _SHAPE | {Cancel.kind, Pause.kind, Suspend.kind},
    Status.paused: frozenset({Resume.kind, Cancel.kind}),
    Status.unpaid: frozenset({Resume.kind, Cancel.kind}),
    Status.cancelled: frozenset({Resume.kind}),
}
WAY_ON: Mapping[Status, str] = {
    Status.scheduled: "It has not begun yet",
    Status.trial: "It is on trial: end the trial first",
    Status.active: "It is running already",
    Status.paused: "It is paused: resume it first",
    Status.unpaid: "It is suspended: resume it first",
    Status.cancelled: "It is cancelled: reactivate it first",
}
WORDS: Mapping[str, str] = {
    ChangePlan.kind: "The plan cannot be changed",
    ChangeQuantity.kind: "The quantity cannot be changed",
    AddAddOn.kind: "No add-on can be added",
    RemoveAddOn.kind: "No add-on can be removed",
    Cancel.kind: "It cannot be cancelled",
    Pause.kind: "It cannot be paused",
    Suspend.kind: "It cannot be suspended",
    Resume.kind: "It cannot be resumed",
    ExtendTrial.kind: "There is no trial to extend",
    EndTrial.kind: "There is no trial to end",
}


def why_not_change(status: Status, kind: str) -> Refusal | None:
    """The reason a change of this kind is not possible, or None where it is."""
    if kind in ALLOWED[status]:
        return None
    return Refusal("subscription.not_allowed", f"{WORDS[kind]}. {WAY_ON[status]}.")


def why_not(status: Status, change: Change) -> Refusal | None:
    """`why_not_change` for a change at hand."""
    return why_not_change(status, change.kind)
