"""The refusal of what one person may not do alone."""

from models.kernel.errors import Forbidden
from models.kernel.money import Money
from models.limits.rules import ACTIONS, LimitedAction


class ApprovalNeeded(Forbidden):
    """The amount is above what one person may do alone; nothing was done."""

    def __init__(self, action: LimitedAction, amount: Money, limit: Money) -> None:
        spec = ACTIONS[action]
        super().__init__(
            "approval.needed",
            f"{amount.format()} is above the {limit.format()} that one person may decide alone when {spec.doing}. "
            "Request approval on its page in the dashboard; somebody else decides.",
            action=action.value,
            amount_minor=amount.minor,
            limit_minor=limit.minor,
            currency=amount.currency,
            approve_permission=spec.approve.value,
        )
        self.action = action
