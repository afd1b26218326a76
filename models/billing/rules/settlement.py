"""Where the money of a credit note goes: less is due, onto the balance, back to the customer, or settled outside."""

from dataclasses import dataclass

from models.kernel.errors import Invalid
from models.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CreditSettlement:
    """The four parts in minor units; together they are the credit note's total."""

    reduced_minor: int = 0
    to_balance_minor: int = 0
    refunded_minor: int = 0
    outside_minor: int = 0

    @property
    def total_minor(self) -> int:
        """All four together."""
        return self.reduced_minor + self.given_back_minor

    @property
    def given_back_minor(self) -> int:
        """What comes out of money the customer has given us already."""
        return self.to_balance_minor + self.refunded_minor + self.outside_minor


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What an invoice lets a credit note settle: `given_minor` was paid or taken from the balance and is still ours."""

    due_minor: int
    given_minor: int
    refundable_minor: int

    @property
    def total_minor(self) -> int:
        """The most a credit note can take back."""
        return self.due_minor + self.given_minor


def suggest_settlement(total_minor: int, ceilings: Ceilings) -> CreditSettlement:
    """Reduce what is due first, and give the rest to the balance."""
    reduced = min(total_minor, ceilings.due_minor)
    return CreditSettlement(reduced_minor=reduced, to_balance_minor=total_minor - reduced)


def ensure_settlement(total: Money, parts: CreditSettlement, ceilings: Ceilings) -> None:
    """Refuse parts that do not add up to the total, or that give back more than is there."""
    currency = total.currency

    def text(minor: int) -> str:
        return Money(minor, currency).format()

    if min(parts.reduced_minor, parts.to_balance_minor, parts.refunded_minor, parts.outside_minor) < 0:
        raise Invalid(
            "credit_note.negative_part", "Each part is zero or more. Leave unused ones at 0.", field="reduced"
        )
    if parts.total_minor != total.minor:
        left = total.minor - parts.total_minor
        raise Invalid(
            "credit_note.not_settled",
            f"The parts make {text(parts.total_minor)} and the credit note is {total.format()}. "
            f"{text(left) if left > 0 else text(-left)} {'is left to settle' if left > 0 else 'is too much'}.",
            field="reduced",
        )
    if parts.reduced_minor > ceilings.due_minor:
        raise Invalid(
            "credit_note.reduces_too_much",
            f"Only {text(ceilings.due_minor)} is due. Reduce it by at most that, and settle the rest another way.",
            field="reduced",
        )
    if parts.given_back_minor > ceilings.given_minor:
        raise Invalid(
            "credit_note.gives_too_much",
            f"The customer has given {text(ceilings.given_minor)} for this invoice that is not given back yet. "
            "Give back at most that, and reduce what is due by the rest.",
            field="to_balance",
        )
    if parts.refunded_minor > ceilings.refundable_minor:
        raise Invalid(
            "credit_note.refunds_too_much",
            f"{text(ceilings.refundable_minor)} of the payments are left to refund. Refund at most that.",
            field="refund",
        )
