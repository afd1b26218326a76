"""Refusals of the payments context that several places raise."""

from uuid import UUID

from models.kernel.errors import Conflict, Invalid
from models.kernel.money import Money


class NoMethod(Conflict):
    """Nothing of this customer's can be charged."""

    def __init__(self, tenant_id: UUID) -> None:
        super().__init__(
            "charge.no_method",
            "This customer has no payment method that can be charged. Send a payment link.",
            tenant_id=str(tenant_id),
        )


def ensure_within(amount_minor: int, due: Money) -> Money:
    """The amount as money; Invalid where it is not more than zero and at most what is due."""
    if not 0 < amount_minor <= due.minor:
        raise Invalid(
            "charge.amount_out_of_range",
            f"Charge more than zero and at most the {due.format()} that are due.",
            field="amount",
        )
    return Money(amount_minor, due.currency)
