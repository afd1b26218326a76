"""Which status of an invoice may follow which, and why an action is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.billing.tables import InvoiceStatus
from models.kernel.money import Money

TRANSITIONS: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    # A draft whose making failed at a step is `generating` until the step succeeds.
    InvoiceStatus.generating: frozenset({InvoiceStatus.draft, InvoiceStatus.void}),
    InvoiceStatus.draft: frozenset({InvoiceStatus.open, InvoiceStatus.void}),
    InvoiceStatus.open: frozenset({InvoiceStatus.paid, InvoiceStatus.void, InvoiceStatus.uncollectible}),
    InvoiceStatus.uncollectible: frozenset({InvoiceStatus.paid, InvoiceStatus.void}),
    InvoiceStatus.paid: frozenset(),
    InvoiceStatus.void: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible, and the way on."""

    code: str
    sentence: str


def why_not_void(status: InvoiceStatus, paid: Money) -> Refusal | None:
    """The reason an invoice cannot be voided, or None where it can."""
    if status is InvoiceStatus.void:
        return Refusal("invoice.already_void", "This invoice is void already. Nothing is left to do.")
    if paid.minor > 0:
        return Refusal(
            "invoice.has_payments",
            f"Cannot be voided: {paid.format()} were paid. Issue a credit note instead.",
        )
    if InvoiceStatus.void not in TRANSITIONS[status]:
        return Refusal("invoice.not_voidable", f"An invoice that is {status} cannot be voided.")
    return None


def why_not_payable(status: InvoiceStatus, due: Money) -> Refusal | None:
    """The reason no payment can be recorded on an invoice, or None where one can."""
    if status is InvoiceStatus.paid:
        return Refusal(
            "invoice.already_paid",
            "This invoice is paid in full. Record the money on the invoice it was meant for.",
        )
    if status is not InvoiceStatus.open or due.minor <= 0:
        return Refusal(
            "invoice.not_payable", f"An invoice that is {status} takes no payment. Only open ones do."
        )
    return None
