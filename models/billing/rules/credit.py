"""How much of a line may be credited, and the tax that belongs to a part of it."""

from models.kernel.errors import Invalid
from models.kernel.money import Money, round_quotient_half_up


def share_of_tax(line_amount: int, line_tax: int, already_amount: int, already_tax: int, amount: int) -> int:
    """The tax of a further part of a line's net amount; all in minor units, of the line's sign.

    `already_*` is what earlier credit notes gave back. The tax of all that is given back is rounded `half_up`, and the
    earlier tax taken from it, so that parts of the whole line always add up to the whole tax.

    >>> [share_of_tax(1000, 200, 0, 0, 333), share_of_tax(1000, 200, 333, 67, 333), share_of_tax(1000, 200, 666, 133, 334)]
    [67, 66, 67]
    """
    if not line_amount:
        return line_tax - already_tax
    return round_quotient_half_up(line_tax * (already_amount + amount), line_amount) - already_tax


def ensure_creditable(*, line_amount: int, already_amount: int, amount: int, currency: str) -> None:
    """Refuse a credit of a line's net amount (minor units) that is nothing, or more than is left of the line.

    A line below 0 is credited by an amount below 0. Invalid: `credit_line.amount_missing`, `credit_line.wrong_sign`,
    `credit_line.more_than_left`, each with field `amount`.
    """
    left = Money(line_amount - already_amount, currency)
    if not amount:
        raise Invalid(
            "credit_line.amount_missing",
            f"Nothing would be credited. Enter an amount up to {left.format()}.",
            field="amount",
        )
    if (amount < 0) != (line_amount < 0):
        raise Invalid(
            "credit_line.wrong_sign",
            f"A line of {Money(line_amount, currency).format()} is credited by an amount of the same sign. "
            f"Enter one up to {left.format()}.",
            field="amount",
        )
    if abs(amount) > abs(left.minor):
        raise Invalid(
            "credit_line.more_than_left",
            f"Only {left.format()} of this line are left to credit. Enter that or less.",
            field="amount",
        )
