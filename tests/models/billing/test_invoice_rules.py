"""What may happen to an invoice, and the sentence where it may not."""

import pytest

from models.billing import InvoiceStatus, why_not_payable, why_not_void
from models.billing.rules.invoice_status import TRANSITIONS
from models.kernel.money import Money

ZERO, SOME = Money(0, "USD"), Money(2985, "USD")


@pytest.mark.parametrize(
    ("status", "paid", "code"),
    [
        (InvoiceStatus.draft, ZERO, None),
        (InvoiceStatus.open, ZERO, None),
        (InvoiceStatus.uncollectible, ZERO, None),
        (InvoiceStatus.open, SOME, "invoice.has_payments"),
        (InvoiceStatus.uncollectible, SOME, "invoice.has_payments"),
        (InvoiceStatus.paid, SOME, "invoice.has_payments"),
        (InvoiceStatus.paid, ZERO, "invoice.not_voidable"),
        (InvoiceStatus.void, ZERO, "invoice.already_void"),
        (InvoiceStatus.void, SOME, "invoice.already_void"),
    ],
)
def test_only_an_invoice_nothing_was_paid_on_is_voided(
    status: InvoiceStatus, paid: Money, code: str | None
) -> None:
    refusal = why_not_void(status, paid)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("status", "due", "code"),
    [
        (InvoiceStatus.open, SOME, None),
        (InvoiceStatus.open, ZERO, "invoice.not_payable"),
        (InvoiceStatus.paid, ZERO, "invoice.already_paid"),
        (InvoiceStatus.draft, SOME, "invoice.not_payable"),
        (InvoiceStatus.void, ZERO, "invoice.not_payable"),
        (InvoiceStatus.uncollectible, ZERO, "invoice.not_payable"),
    ],
)
def test_only_an_open_invoice_takes_money(status: InvoiceStatus, due: Money, code: str | None) -> None:
    refusal = why_not_payable(status, due)
    assert (refusal.code if refusal else None) == code


def test_a_refusal_says_why_and_the_way_on() -> None:
    refusal = why_not_void(InvoiceStatus.open, SOME)
    assert refusal is not None
    assert refusal.sentence == "Cannot be voided: 29.85 USD were paid. Issue a credit note instead."


def test_paid_and_void_are_final() -> None:
    assert set(TRANSITIONS) == set(InvoiceStatus)
    assert {status for status, targets in TRANSITIONS.items() if not targets} == {
        InvoiceStatus.paid,
        InvoiceStatus.void,
    }
