"""What a person can do with a subscription as it stands, and why not."""

from dataclasses import dataclass

from models.billing.rules.changes import Cancel
from models.billing.rules.discounts import why_not_discount
from models.billing.rules.invoice_status import Refusal
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.subscription_status import why_not_change
from models.billing.tables import SubscriptionStatus as Status

# Action -> kind of the change it makes, in the order of the menu; none where it is no change of the engine.
KINDS = {
    "change_plan": "change_plan",
    "change_quantity": "change_quantity",
    "change_version": "change_plan",
    "add_add_on": "add_add_on",
    "remove_add_on": "remove_add_on",
    "give_coupon": "",
    "extend_trial": "extend_trial",
    "end_trial": "end_trial",
    "pause": "pause",
    "resume": "resume",
    "reactivate": "resume",
    "keep": "",
    "cancel": "cancel",
}
MAIN = {
    Status.paused: "resume",
    Status.unpaid: "resume",
    Status.cancelled: "reactivate",
}


@dataclass(frozen=True, slots=True)
class SubscriptionAction:
    """An action with the kind of its change; `is_main` is the one the status suggests."""

    key: str
    kind: str
    refusal: Refusal | None
    is_main: bool = False


def list_actions(s: Snapshot) -> tuple[SubscriptionAction, ...]:
    """Every action that makes sense for the subscription; one that is not possible carries its reason."""
    main = MAIN.get(s.status, "change_plan")
    return tuple(
        SubscriptionAction(key, kind, why_not_act(s, key), key == main)
        for key, kind in KINDS.items()
        if _makes_sense(s, key)
    )


def why_not_act(s: Snapshot, key: str) -> Refusal | None:
    """The reason this action is not possible, or None where it is."""
    if key == "keep":
        return None
    if key == "give_coupon":
        return why_not_discount(s.status)
    refusal = why_not_change(s.status, KINDS[key])
    if refusal is None and key == "remove_add_on" and len(s.components) == 1:
        return Refusal("subscription.no_add_on", "The subscription has no add-on. Nothing is left to remove.")
    return refusal


def _makes_sense(s: Snapshot, key: str) -> bool:
    is_cancelling = any(isinstance(each.change, Cancel) for each in s.planned)
    match key:
        case "keep":
            return is_cancelling
        case "cancel":
            return not is_cancelling
        case "reactivate":
            return s.status is Status.cancelled
        case "resume":
            return s.status is not Status.cancelled
        case _:
            return True
