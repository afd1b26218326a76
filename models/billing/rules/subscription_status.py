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
    Status.scheduled: "It has not begun yet.",
    Status.trial: "End the trial first.",
    Status.active: "It is running.",
    Status.paused: "Resume it first.",
    Status.unpaid: "Resume it first.",
    Status.cancelled: "Reactivate it first.",
}


def why_not_change(status: Status, kind: str) -> Refusal | None:
    """The reason a change of this kind is not possible, or None where it is."""
    if kind in ALLOWED[status]:
        return None
    what = kind.replace("_", " ")
    return Refusal(
        f"subscription.cannot_{kind}",
        f"A subscription that is {status} cannot {what}. {WAY_ON[status]}",
    )


def why_not(status: Status, change: Change) -> Refusal | None:
    """`why_not_change` for a change at hand."""
    return why_not_change(status, change.kind)
