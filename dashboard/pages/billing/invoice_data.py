"""What an invoice's page shows, from one read."""

from dataclasses import dataclass
from typing import Any

from dashboard.components.views import Fact
from dashboard.shell.formats import period_text, relative_day
from dashboard.shell.theme import tone
from models.billing import (
    INVOICES,
    InvoiceDetail,
    InvoiceStatus,
    LineRow,
    why_not_payable,
    why_not_void,
)
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.listing import show_date
from models.kernel.money import Money, format_minor


@dataclass(frozen=True)
class LineView:
    """A line as shown."""

    description: str
    period: str
    quantity: str
    unit: str
    amount: str
    why: list[Fact]


@dataclass(frozen=True)
class PaymentView:
    """A payment as shown."""

    when: str
    amount: str
    channel: str
    reference: str


@dataclass(frozen=True)
class TotalView:
    """One line under the table."""

    label: str
    amount: str
    is_main: bool


def subject(invoice: InvoiceDetail) -> Subject:
    """The invoice as the subject of a note."""
    return Subject("invoice", invoice.row.id, invoice.row.number, invoice.row.tenant_id)


def show(invoice: InvoiceDetail, reader: Actor) -> dict[str, Any]:
    """The state's variables for this invoice."""
    row, locale = invoice.row, reader.locale
    status = InvoiceStatus(row.status)
    total, due = Money(row.total_minor, row.currency), Money(row.due_minor, row.currency)
    void, pay = why_not_void(status, Money(row.paid_minor, row.currency)), why_not_payable(status, due)
    return {
        "title": row.number,
        "badge": INVOICES.labels.get(status, status.capitalize()),
        "tone": tone("invoices", status),
        "note": f"Overdue {row.days_overdue} d" if row.days_overdue else "",
        "figure": total.format(locale),
        "facts": _facts(invoice, reader),
        "lines": [_line(each, row.currency, reader) for each in invoice.lines],
        "payments": _payments(invoice, reader),
        "totals": _totals(invoice, reader),
        "void_refusal": void.sentence if void else "",
        "pay_refusal": pay.sentence if pay else "",
        "due_text": str(due.decimal),
        "pdf_href": f"/api/documents/invoices/{row.id}.pdf",
    }


def _payments(invoice: InvoiceDetail, reader: Actor) -> list[PaymentView]:
    return [
        PaymentView(
            show_date(each.received_on, reader.locale),
            Money(each.amount_minor, each.currency).format(reader.locale),
            each.channel.replace("_", " ").capitalize(),
            each.reference or "\u2014",
        )
        for each in invoice.payments
    ]


def _totals(invoice: InvoiceDetail, reader: Actor) -> list[TotalView]:
    row = invoice.row
    amounts = (
        ("Subtotal", invoice.subtotal_minor),
        ("Tax", invoice.tax_minor),
        ("Total", row.total_minor),
        ("Paid", row.paid_minor),
        ("Due", row.due_minor),
    )
    return [
        TotalView(label, Money(minor, row.currency).format(reader.locale), label in {"Total", "Due"})
        for label, minor in amounts
    ]


def _facts(invoice: InvoiceDetail, reader: Actor) -> list[Fact]:
    row, locale = invoice.row, reader.locale
    facts = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Issued", show_date(row.issued_on, locale)),
        Fact("Due on", show_date(row.due_on, locale), title=relative_day(row.due_on)),
        Fact("Period", period_text(row.period_start_on, row.period_until_on, locale)),
        Fact("Id", str(row.id)),
    ]
    if row.subscription_id:
        facts.insert(1, Fact("Subscription", "Open", f"/billing/subscriptions/{row.subscription_id}"))
    return facts


def _line(line: LineRow, currency: str, reader: Actor) -> LineView:
    why = [
        Fact(
            key.removesuffix("_minor").replace("_", " ").capitalize(), _derived(key, value, currency, reader)
        )
        for key, value in line.derivation.items()
    ]
    return LineView(
        line.description,
        period_text(line.period_start_on, line.period_until_on, reader.locale),
        str(line.quantity),
        format_minor(line.unit_amount_minor, currency, reader.locale),
        Money(line.amount_minor, currency).format(reader.locale),
        why,
    )


def _derived(key: str, value: Any, currency: str, reader: Actor) -> str:
    if key.endswith("_minor") and isinstance(value, int):
        return Money(value, currency).format(reader.locale)
    return str(value)
