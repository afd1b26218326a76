"""Which status of an invoice may follow which, and why an action is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.billing.tables import InvoiceStatus
from models.kernel.money import Money

TRANSITIONS: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    # A draft whose making failed at a step is `generating` until the step succeeds.
    InvoiceStatus.generating: frozenset({InvoiceStatus.draft, InvoiceStatus.void}),
    # A draft that asks for nothing is paid at its issue.
    InvoiceStatus.draft: frozenset({InvoiceStatus.open, InvoiceStatus.paid, InvoiceStatus.void}),
    InvoiceStatus.open: frozenset({InvoiceStatus.paid, InvoiceStatus.void, InvoiceStatus.uncollectible}),
    # Money that arrives after all reopens or pays it.
    InvoiceStatus.uncollectible: frozenset({InvoiceStatus.open, InvoiceStatus.paid, InvoiceStatus.void}),
    InvoiceStatus.paid: frozenset(),
    InvoiceStatus.void: frozenset(),
}
# What a status is called in a sentence where its word alone would puzzle.
WORDS: Mapping[InvoiceStatus, str] = {
    InvoiceStatus.generating: "not finished",
    InvoiceStatus.draft: "a draft",
    InvoiceStatus.uncollectible: "written off",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible, and the way on."""

    code: str
    sentence: str


def why_not_void(status: InvoiceStatus, paid: Money, credited: Money | None = None) -> Refusal | None:
    """The reason an invoice cannot be voided, or None where it can."""
    if status is InvoiceStatus.void:
        return Refusal("invoice.already_void", "This invoice is void already. Nothing is left to do.")
    if paid.minor > 0:
        return Refusal(
            "invoice.has_payments",
            f"Cannot be voided: {paid.format()} were paid. Issue a credit note instead.",
        )
    if credited is not None and credited.minor > 0:
        return Refusal(
            "invoice.has_credit_notes",
            f"Cannot be voided: {credited.format()} were credited. Credit the rest, or void the credit note first.",
        )
    if InvoiceStatus.void not in TRANSITIONS[status]:
        return Refusal(
            "invoice.not_voidable",
            f"An invoice that is {status} cannot be voided. Issue a credit note instead.",
        )
    return None


def why_not_payable(status: InvoiceStatus, due: Money) -> Refusal | None:
    """The reason no payment can be recorded, or None; `due` is what is unsettled, also where it was written off."""
    if status is InvoiceStatus.paid:
        return Refusal(
            "invoice.already_paid",
            "This invoice is paid in full. Record the money on the invoice it was meant for.",
        )
    if status not in {InvoiceStatus.open, InvoiceStatus.uncollectible} or due.minor <= 0:
        return Refusal(
            "invoice.not_payable", f"An invoice that is {status} takes no payment. Only open ones do."
        )
    return None


def why_not_approve(status: InvoiceStatus, held_reason: str) -> Refusal | None:
    """The reason a draft cannot be approved, or None where it can."""
    if status is InvoiceStatus.generating:
        return Refusal(
            "invoice.not_finished", "This invoice is not finished: a step failed. Retry the step first."
        )
    if status is not InvoiceStatus.draft:
        return Refusal(
            "invoice.already_issued",
            f"Only drafts are approved, and this invoice is {WORDS.get(status, status)}.",
        )
    if held_reason:
        return Refusal("invoice.held", f"This draft is held: {held_reason}. Release it, then approve it.")
    return None


def why_not_edit(status: InvoiceStatus) -> Refusal | None:
    """The reason the lines of an invoice cannot be changed, or None where they can."""
    if status is InvoiceStatus.draft:
        return None
    if status is InvoiceStatus.generating:
        return Refusal(
            "invoice.not_editable_yet", "This invoice is not finished: a step failed. Retry the step first."
        )
    return Refusal(
        "invoice.immutable",
        f"An invoice that is {WORDS.get(status, status)} is never changed. Issue a credit note, or make a new invoice.",
    )


def why_not_hold(status: InvoiceStatus, held_reason: str) -> Refusal | None:
    """The reason a draft cannot be held back, or None where it can."""
    if status is not InvoiceStatus.draft:
        return Refusal(
            "invoice.not_holdable",
            f"Only drafts are held back, and this invoice is {WORDS.get(status, status)}.",
        )
    if held_reason:
        return Refusal("invoice.already_held", f"This draft is held already: {held_reason}.")
    return None


def why_not_credit(status: InvoiceStatus, left: Money) -> Refusal | None:
    """The reason no credit note can be issued, or None; `left` is the total that no credit note has taken back."""
    if status in {InvoiceStatus.draft, InvoiceStatus.generating}:
        return Refusal("invoice.not_issued", "A draft takes no credit note. Change its lines instead.")
    if status is InvoiceStatus.void:
        return Refusal("invoice.void_not_credited", "This invoice is void; there is nothing to give back.")
    if status is InvoiceStatus.uncollectible:
        return Refusal(
            "invoice.written_off_not_credited",
            "This invoice is written off. Reopen it first, then credit it.",
        )
    if left.minor <= 0:
        return Refusal(
            "invoice.fully_credited",
            "Nothing is left to credit. To give more, adjust the customer's balance.",
        )
    return None


def why_not_write_off(status: InvoiceStatus) -> Refusal | None:
    """The reason an invoice cannot be written off, or None where it can."""
    if status is InvoiceStatus.uncollectible:
        return Refusal("invoice.already_written_off", "This invoice is written off already.")
    if InvoiceStatus.uncollectible not in TRANSITIONS[status]:
        way_on = "Void it instead." if InvoiceStatus.void in TRANSITIONS[status] else "Nothing is due on it."
        return Refusal(
            "invoice.not_written_off",
            f"Only open invoices are written off, and this one is {WORDS.get(status, status)}. {way_on}",
        )
    return None


def why_not_reopen(status: InvoiceStatus) -> Refusal | None:
    """The reason an invoice cannot be opened again, or None where it can."""
    if status is InvoiceStatus.uncollectible:
        return None
    return Refusal(
        "invoice.not_reopened",
        f"Only invoices that were written off are reopened, and this one is {WORDS.get(status, status)}.",
    )
