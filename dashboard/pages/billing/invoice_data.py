"""What an invoice's page shows, from one read."""

from dataclasses import dataclass, field
from typing import Any

from dashboard.components.views import Fact
from dashboard.pages.billing.invoice_standing import STEP_WORDS, refusals, steps
from dashboard.shell.formats import period_text, relative_day
from dashboard.shell.theme import TONES, tone
from models.billing import (
    INVOICES,
    CreditNoteRow,
    FailedStep,
    InvoiceDetail,
    InvoiceStatus,
    LineRow,
    explain_line,
    is_reproduced,
)
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.listing import show_date
from models.kernel.money import Money, format_minor
from models.kernel.permissions import Permission

DRAFT, STUCK, ISSUED = "draft", "stuck", "issued"


@dataclass(frozen=True)
class LineView:
    """A line as shown; `note` says what became of it."""

    id: str
    description: str
    period: str
    quantity: str
    unit: str
    amount: str
    tax: str
    note: str
    was: str
    is_gone: bool
    can_restore: bool
    unit_text: str
    why: list[str] = field(default_factory=list)
    check: str = ""


@dataclass(frozen=True)
class PaymentView:
    """A payment as shown."""

    when: str
    amount: str
    channel: str
    reference: str


@dataclass(frozen=True)
class CreditView:
    """A credit note of the invoice."""

    number: str
    href: str
    status: str
    when: str
    amount: str
    settled: str
    reason: str


@dataclass(frozen=True)
class TotalView:
    """One line under the table."""

    label: str
    amount: str
    is_main: bool


def subject(invoice: InvoiceDetail) -> Subject:
    """The invoice as the subject of a note."""
    return Subject("invoice", invoice.row.id, invoice.row.number, invoice.row.tenant_id)


def show(invoice: InvoiceDetail, notes: list[CreditNoteRow], reader: Actor) -> dict[str, Any]:
    """The state's variables for this invoice."""
    row, locale = invoice.row, reader.locale
    flag, role = row.flag
    due = Money(row.due_minor, row.currency)
    return {
        "title": row.number,
        "badge": INVOICES.labels.get(row.standing, row.standing.capitalize()),
        "tone": tone("invoices", row.standing),
        "note": flag,
        "note_tone": TONES.get(role, "red"),
        "figure": Money(row.total_minor, row.currency).format(locale),
        "facts": _facts(invoice, reader),
        "lines": [_line(each, invoice, reader) for each in invoice.lines],
        "payments": _payments(invoice, reader),
        "credits": [_credit(each, locale) for each in notes],
        "totals": _totals(invoice, reader),
        "steps": steps(invoice),
        "reasons": [str(each["sentence"]) for each in invoice.review] if row.status == DRAFT else [],
        "held_reason": row.held_reason if row.status == DRAFT else "",
        "failure": invoice.failure if row.status == InvoiceStatus.generating else "",
        "failed_step": STEP_WORDS.get(FailedStep(row.failed_step), ""),
        "stage": {"draft": DRAFT, "generating": STUCK}.get(row.status, ISSUED),
        "is_written_off": row.status == InvoiceStatus.uncollectible,
        "can_edit": row.status == DRAFT and reader.may(Permission.invoices_create),
        "approvals": f"{invoice.approvals} of {max(row.approvals_needed, 1)} approvals",
        "due_text": str(due.decimal),
        "currency": row.currency,
        "pdf_href": f"/api/documents/invoices/{row.id}.pdf",
        **refusals(invoice, reader),
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


def _credit(note: CreditNoteRow, locale: str) -> CreditView:
    parts = (
        ("reduced due", note.reduced_minor),
        ("to balance", note.to_balance_minor),
        ("refunded", note.refunded_minor),
        ("outside", note.outside_minor),
    )
    settled = [f"{Money(minor, note.currency).format(locale)} {word}" for word, minor in parts if minor]
    return CreditView(
        note.number,
        f"/billing/credit-notes/{note.id}",
        note.status.capitalize(),
        show_date(note.issued_on, locale),
        Money(note.total_minor, note.currency).format(locale),
        ", ".join(settled),
        note.reason,
    )


def _totals(invoice: InvoiceDetail, reader: Actor) -> list[TotalView]:
    row = invoice.row
    optional = (
        ("From balance", -row.balance_minor),
        ("Credited off due", -row.reduced_minor),
        ("Paid", -row.paid_minor),
    )
    amounts = [
        ("Subtotal", invoice.subtotal_minor),
        ("Tax", invoice.tax_minor),
        ("Total", row.total_minor),
        *[(label, minor) for label, minor in optional if minor],
        # A draft owes nothing yet, and saying so beside its total would puzzle.
        *([] if row.status in {DRAFT, "generating"} else [("Due", row.due_minor)]),
    ]
    return [
        TotalView(label, Money(minor, row.currency).format(reader.locale), label in {"Total", "Due"})
        for label, minor in amounts
    ]


def _facts(invoice: InvoiceDetail, reader: Actor) -> list[Fact]:
    row, locale = invoice.row, reader.locale
    facts = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Kind", row.kind.replace("_", "-").capitalize()),
        Fact("Issued", show_date(row.issued_on, locale)),
        Fact("Due on", show_date(row.due_on, locale), title=relative_day(row.due_on)),
        Fact("Period", period_text(row.period_start_on, row.period_until_on, locale)),
        Fact("Id", str(row.id)),
    ]
    if invoice.tax_note:
        facts.append(Fact("Tax", invoice.tax_note))
    linked = (("Replaces", invoice.replaces), ("Replaced by", invoice.replaced_by))
    facts += [Fact(label, other.number, f"/billing/invoices/{other.id}") for label, other in linked if other]
    if row.subscription_id:
        facts.insert(1, Fact("Subscription", "Open", f"/billing/subscriptions/{row.subscription_id}"))
    return facts


# What computing the amount again from the stored record gave.
CHECKS = {
    True: "Recomputed from this record: equal to the cent.",
    False: "Recomputed from this record: it differs. Tell an administrator.",
    None: "",
}


def _line(line: LineRow, invoice: InvoiceDetail, reader: Actor) -> LineView:
    currency, locale = invoice.row.currency, reader.locale
    original = line.derivation.get("original")
    notes = {"edited": "Changed", "dropped": "Taken out", "mirror": "Reversed"}
    return LineView(
        str(line.id),
        line.description,
        period_text(line.period_start_on, line.period_until_on, locale),
        str(line.quantity),
        format_minor(line.unit_amount_minor, currency, locale),
        Money(line.amount_minor, currency).format(locale),
        format_minor(line.tax_minor, currency, locale),
        notes.get(str(line.derivation.get("kind")), ""),
        Money(original["amount_minor"], currency).format(locale) if original else "",
        line.is_dropped,
        original is not None,
        str(Money(line.unit_amount_minor, currency).decimal),
        list(explain_line(line.derivation, line, currency, locale, is_internal=True)),
        CHECKS[is_reproduced(line.derivation, line.amount_minor, line.tax_minor)],
    )
