"""Where an invoice stands: the steps of its making, and why each action is not possible."""

from dataclasses import dataclass

from models.billing import (
    FailedStep,
    InvoiceDetail,
    InvoiceStatus,
    ReissuePreview,
    VoidPreview,
    why_not_approve,
    why_not_credit,
    why_not_edit,
    why_not_hold,
    why_not_payable,
    why_not_reopen,
    why_not_void,
    why_not_write_off,
)
from models.kernel.actor import Actor
from models.kernel.money import Money

# What a step is called in a sentence.
STEP_WORDS = {FailedStep.tax: "tax", FailedStep.number: "numbering"}


@dataclass(frozen=True)
class StepView:
    """One step of an invoice's making: done, now, failed or to come."""

    label: str
    state: str


def refusals(invoice: InvoiceDetail, reader: Actor) -> dict[str, str]:
    """Why each action is not possible, or nothing where it is."""
    row, status = invoice.row, InvoiceStatus(invoice.row.status)
    currency = row.currency
    unsettled = Money(row.total_minor - row.balance_minor - row.reduced_minor - row.paid_minor, currency)
    found = {
        "void_refusal": why_not_void(
            status, Money(row.paid_minor, currency), Money(row.credited_minor, currency)
        ),
        "pay_refusal": why_not_payable(status, unsettled),
        "approve_refusal": why_not_approve(status, row.held_reason),
        "hold_refusal": why_not_hold(status, row.held_reason),
        "edit_refusal": why_not_edit(status),
        "credit_refusal": why_not_credit(status, Money(row.total_minor - row.credited_minor, currency)),
        "write_off_refusal": why_not_write_off(status),
        "reopen_refusal": why_not_reopen(status),
    }
    sentences = {name: refusal.sentence if refusal else "" for name, refusal in found.items()}
    if not sentences["approve_refusal"] and invoice.edited_by is not None and invoice.edited_by == reader.id:
        sentences["approve_refusal"] = "You changed this draft last, so somebody else approves it."
    return sentences


def steps(invoice: InvoiceDetail) -> list[StepView]:
    """From built to paid; a failed step is named and stops those after it."""
    row = invoice.row
    is_stuck = row.status == InvoiceStatus.generating

    def is_at(step: FailedStep) -> bool:
        return is_stuck and row.failed_step == step

    is_issued = row.status not in {InvoiceStatus.draft, InvoiceStatus.generating}
    is_paid = row.status == InvoiceStatus.paid
    done, now, later = "done", "now", "to come"
    return [
        StepView("Built", done),
        StepView("Taxed", "failed" if is_at(FailedStep.tax) else done),
        StepView("Approved", done if is_issued or is_at(FailedStep.number) else later if is_stuck else now),
        StepView("Issued", done if is_issued else "failed" if is_at(FailedStep.number) else later),
        StepView("Paid", done if is_paid else now if row.status == InvoiceStatus.open else later),
    ]


def reissue_effect(preview: ReissuePreview, locale: str) -> str:
    """What a draft in its place would say."""
    total, was = preview.total.format(locale), preview.was.format(locale)
    lines = f"{preview.lines} line" if preview.lines == 1 else f"{preview.lines} lines"
    if preview.failure:
        return f"In its place a draft with the same {lines}, whose tax has to be found: {preview.failure}"
    same = (
        "the same total"
        if total == was
        else f"a total of {total} instead of {was}, taxed as of today's details"
    )
    return f"In its place a draft with the same {lines} and {same}. It waits for review."


def void_effect(preview: VoidPreview, locale: str) -> str:
    """What voiding does, in one or two sentences."""
    if not preview.keeps_number:
        return f"The draft {preview.number} is never issued, and its lines are reversed."
    due = preview.no_longer_due.format(locale)
    parts = [f"{due} will no longer be due, and the number {preview.number} stays used."]
    parts.append(
        "Its line is reversed."
        if preview.mirrored_lines == 1
        else f"Its {preview.mirrored_lines} lines are reversed."
    )
    if preview.to_balance.minor:
        parts.append(f"{preview.to_balance.format(locale)} goes back to the customer's balance.")
    if preview.coupon_uses:
        parts.append(f"{preview.coupon_uses} coupon periods are given back.")
    if preview.waiting_lines:
        parts.append(f"{preview.waiting_lines} lines wait for the next invoice again.")
    return " ".join(parts)
