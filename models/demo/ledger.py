"""Turns accounts into their invoices, invoice lines, payments and number series; no session, no clock."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from models.billing import InvoiceStatus, PaymentChannel, PaymentStatus
from models.demo.build import TERM_DAYS, Account, first_of_month, midnight
from models.demo.rows import InvoiceLineRow, InvoiceRow, NumberSeriesRow, PaymentRow
from models.demo.telco import PaymentMethod, TelcoCustomer
from models.kernel.clock import months_after
from models.kernel.columns import new_id
from models.kernel.money import allocate

_CHANNELS = {
    PaymentMethod.bank_transfer: PaymentChannel.bank_transfer,
    PaymentMethod.credit_card: PaymentChannel.card,
    PaymentMethod.electronic_check: PaymentChannel.electronic_check,
    PaymentMethod.mailed_check: PaymentChannel.check,
}
# First day and number of days after the issue within which the money comes; all within the term.
_PAYMENT_DAYS = {
    PaymentMethod.bank_transfer: (0, 1),
    PaymentMethod.credit_card: (0, 1),
    PaymentMethod.electronic_check: (1, 9),
    PaymentMethod.mailed_check: (3, 11),
}


@dataclass(frozen=True)
class BilledMonth:
    """One month of an account, billed; `month` counts from 1 to the account's tenure."""

    account: Account
    invoice: InvoiceRow
    month: int
    received_on: date | None

    @cached_property
    def derivation(self) -> str:
        """How the amount came about, as JSON."""
        source = self.account.source
        return json.dumps(
            {
                "kind": "flat",
                "source": "TotalCharges spread over tenure months",
                "total_minor": source.total_minor,
                "months": source.tenure,
                "month": self.month,
                "rounding": "largest remainder",
            }
        )


def build_billed_months(accounts: Sequence[Account], today: date) -> Iterator[BilledMonth]:
    """One invoice for each month of tenure, in the order of issue and, within a day, of the file.

    A month is billed on the first of the next one. Numbers run without a gap within the year of issue.
    """
    current = first_of_month(today)
    shares = [_monthly_amounts(account.source) for account in accounts]
    taken: Counter[int] = Counter()
    for months_ago in range(max(map(len, shares), default=0) - 1, -1, -1):
        issued = months_after(current, -months_ago)
        for index, (account, amounts) in enumerate(zip(accounts, shares, strict=True)):
            month = len(amounts) - months_ago
            if month < 1:
                continue
            taken[issued.year] += 1
            received = _received_on(account, index, month, issued, today)
            number = f"{_series(issued)}-{taken[issued.year]:06d}"
            invoice = _invoice(account, amounts[month - 1], number, issued, received)
            yield BilledMonth(account, invoice, month, received)


def build_lines(billed: Iterable[BilledMonth]) -> Iterator[InvoiceLineRow]:
    """One line for each invoice."""
    for entry in billed:
        invoice = entry.invoice
        yield InvoiceLineRow(
            id=new_id(),
            tenant_id=invoice.tenant_id,
            invoice_id=invoice.id,
            position=1,
            description=entry.account.plan_name,
            quantity=1,
            unit_amount_minor=invoice.total_minor,
            amount_minor=invoice.total_minor,
            currency=invoice.currency,
            period_start_on=invoice.period_start_on,
            period_until_on=invoice.period_until_on,
            derivation=entry.derivation,
        )


def build_payments(billed: Iterable[BilledMonth]) -> Iterator[PaymentRow]:
    """One payment for each paid invoice."""
    for entry in billed:
        invoice = entry.invoice
        if entry.received_on is None or invoice.paid_at is None:
            continue
        yield PaymentRow(
            id=new_id(),
            tenant_id=invoice.tenant_id,
            invoice_id=invoice.id,
            status=PaymentStatus.succeeded,
            channel=_CHANNELS[entry.account.source.payment_method],
            currency=invoice.currency,
            amount_minor=invoice.total_minor,
            received_on=entry.received_on,
            reference="",
            request_key="",
            created_at=invoice.paid_at,
            updated_at=invoice.paid_at,
        )


def build_number_series(billed: Iterable[BilledMonth]) -> list[NumberSeriesRow]:
    """Each year's series, left at the next number."""
    taken = Counter(_series(entry.invoice.issued_on) for entry in billed)
    return [NumberSeriesRow(series, count + 1) for series, count in sorted(taken.items())]


def _series(issued: date) -> str:
    return f"INV-{issued.year}"


def _monthly_amounts(source: TelcoCustomer) -> list[int]:
    """TotalCharges spread over the months of tenure to the cent, first month first."""
    return allocate(source.total_minor, [1] * source.tenure) if source.tenure else []


def _is_still_open(source: TelcoCustomer, month: int) -> bool:
    """The last invoice of a customer who stays and pays by mailed check."""
    is_mailed = source.payment_method is PaymentMethod.mailed_check
    return is_mailed and not source.has_churned and month == source.tenure


def _received_on(account: Account, index: int, month: int, issued: date, today: date) -> date | None:
    """When the money came, spread by place in the file and month; None where the invoice is still open."""
    source = account.source
    if _is_still_open(source, month):
        return None
    first, days = _PAYMENT_DAYS[source.payment_method]
    return min(issued + timedelta(days=first + (index * 7 + month * 5) % days), today)


def _invoice(account: Account, amount: int, number: str, issued: date, received: date | None) -> InvoiceRow:
    subscription = account.subscription
    issued_at = midnight(issued)
    paid_at = midnight(received) if received else None
    return InvoiceRow(
        id=new_id(),
        tenant_id=subscription.tenant_id,
        subscription_id=subscription.id,
        number=number,
        status=InvoiceStatus.paid if received else InvoiceStatus.open,
        currency=subscription.currency,
        subtotal_minor=amount,
        tax_minor=0,
        total_minor=amount,
        paid_minor=amount if received else 0,
        period_start_on=months_after(issued, -1),
        period_until_on=issued,
        issued_on=issued,
        due_on=issued + timedelta(days=TERM_DAYS),
        paid_at=paid_at,
        voided_at=None,
        version=1,
        created_at=issued_at,
        updated_at=paid_at or issued_at,
    )
