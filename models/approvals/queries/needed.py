"""Whether an order needs a second person, so that a dialog can say so before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.accounts import roles_with
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.limits import ACTIONS, LimitedAction, effective_limits


@dataclass(frozen=True, slots=True)
class Needed:
    """What a dialog says: above which limit it is, who may decide, and how long it waits."""

    action: LimitedAction
    limit: Money
    roles: tuple[str, ...]
    expires_hours: int


def list_needs(session: Session, _actor: Actor, currency: str) -> dict[LimitedAction, Needed]:
    """For every action, what holds in this currency; not a secret, as every refusal says it."""
    return {
        action: Needed(
            action,
            Money(limit.amount_minor, currency),
            tuple(roles_with(session, ACTIONS[action].approve)),
            limit.expires_hours,
        )
        for action, limit in effective_limits(session, currency).items()
    }


def which_needed(
    needed: Mapping[LimitedAction, Needed], weights: Mapping[LimitedAction, Money]
) -> Needed | None:
    """The limit that these amounts are above, money that leaves the house first; None where one person decides."""
    found = [
        needed[action] for action, weight in weights.items() if abs(weight.minor) > needed[action].limit.minor
    ]
    return next((each for each in found if each.action is LimitedAction.refund), found[0] if found else None)
