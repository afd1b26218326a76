"""A credit note and a customer's statement as PDFs: what they say; `ledger.typ` says how they look."""

from dataclasses import dataclass
from datetime import date

from babel import Locale

from models.integrations.documents.invoice import tax_label
from models.integrations.documents.labels import LABELS, find_locale
from models.integrations.documents.ledger_labels import CREDIT_NOTE_LABELS, STATEMENT_LABELS
from models.integrations.documents.paper import (
    Party,
    TaxTotal,
    banner_of,
    day,
    figure,
    frame,
    printable,
    render,
    short_day,
    total_rows,
)


@dataclass(frozen=True, slots=True)
class CreditDocumentLine:
    """How much of a line of the invoice is taken back."""

    description: str
    amount_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteDocument:
    """All that a credit note says; the four settlements add up to the total."""

    number: str
    status: str
    invoice_number: str
    product_name: str
    issuer: Party
    customer: Party
    issued_on: date
    currency: str
    lines: tuple[CreditDocumentLine, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    taxes: tuple[TaxTotal, ...] = ()
    reduced_minor: int = 0
    to_balance_minor: int = 0
    refunded_minor: int = 0
    outside_minor: int = 0
    reason: str = ""
    logo: str = ""
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class StatementDocumentRow:
    """One change; `kind` is a key of the statement's words, and positive is owed to us."""

    on: date
    kind: str
    reference: str
    amount_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDocument:
    """All that a statement says of the days from the first to the last, both included."""

    product_name: str
    issuer: Party
    customer: Party
    customer_reference: str
    issued_on: date
    from_on: date
    last_on: date
    currency: str
    rows: tuple[StatementDocumentRow, ...]
    opening_minor: int
    closing_minor: int
    logo: str = ""
    locale: str = "en"


def render_credit_note(document: CreditNoteDocument) -> bytes:
    """Print the credit note in its locale's language; as `render_invoice` does."""
    locale = find_locale(document.locale)
    labels = {**LABELS[locale.language], **CREDIT_NOTE_LABELS[locale.language]}
    number = printable(document.number) or "—"
    currency = document.currency
    content = {
        **_frame(document, locale, labels, number),
        "banner": banner_of(document.status, labels) if document.status == "void" else None,
        "hero": {
            "label": labels["total"],
            "figure": figure(document.total_minor, currency, locale),
            "note": "",
        },
        "facts": [
            (labels["number"], number),
            (labels["issued_on"], day(document.issued_on, locale)),
            (labels["invoice"], printable(document.invoice_number)),
        ],
        "columns": [
            _column(labels["description"], is_wide=True),
            *(_column(labels[key], is_money=True) for key in ("amount", "tax", "total")),
        ],
        "rows": [
            [
                printable(each.description),
                *(
                    figure(minor, currency, locale)
                    for minor in (each.amount_minor, each.tax_minor, each.amount_minor + each.tax_minor)
                ),
            ]
            for each in document.lines
        ],
        "totals": total_rows(_credit_totals(document, locale, labels), currency, locale),
        "notes": [printable(f"{labels['reason']}: {document.reason}")] if document.reason else [],
    }
    return render("ledger.typ", content, document.issued_on)


def render_statement(document: StatementDocument) -> bytes:
    """Print the statement in its locale's language; as `render_invoice` does."""
    locale = find_locale(document.locale)
    labels = {**LABELS[locale.language], **STATEMENT_LABELS[locale.language]}
    number, currency = f"{document.from_on} – {document.last_on}", document.currency
    closing = document.closing_minor
    content = {
        **_frame(document, locale, labels, number),
        "banner": None,
        "hero": {
            "label": labels["closing"],
            "figure": figure(closing, currency, locale),
            "note": labels["in_your_favour"] if closing < 0 else "",
        },
        "facts": [
            (labels["from_on"], day(document.from_on, locale)),
            (labels["last_on"], day(document.last_on, locale)),
            (labels["reference"], printable(document.customer_reference) or "—"),
        ],
        "columns": [
            _column(labels["date"]),
            _column(labels["change"], is_wide=True),
            _column(labels["amount"], is_money=True),
            _column(labels["balance"], is_money=True),
        ],
        "rows": [
            [
                short_day(document.from_on, locale),
                labels["opening"],
                "",
                figure(document.opening_minor, currency, locale),
            ],
            *(_statement_row(each, currency, locale, labels) for each in document.rows),
        ],
        "totals": total_rows(_statement_totals(document, labels), currency, locale),
        "notes": [labels["how_to_read"]],
    }
    return render("ledger.typ", content, document.issued_on)


def _frame(
    document: CreditNoteDocument | StatementDocument, locale: Locale, labels: dict[str, str], number: str
) -> dict[str, object]:
    return frame(
        locale=locale,
        labels=labels,
        number=number,
        issued_on=document.issued_on,
        product_name=document.product_name,
        issuer=document.issuer,
        customer=document.customer,
        currency=document.currency,
        logo=document.logo,
    )


def _column(label: str, *, is_money: bool = False, is_wide: bool = False) -> dict[str, object]:
    return {"label": label, "is_money": is_money, "is_wide": is_wide}


def _credit_totals(
    document: CreditNoteDocument, locale: Locale, labels: dict[str, str]
) -> list[tuple[str, int, bool]]:
    rows = [(labels["subtotal"], document.subtotal_minor, False)]
    rows += [
        (tax_label(each, document.currency, locale, labels), each.tax_minor, False) for each in document.taxes
    ]
    if not document.taxes:
        rows.append((labels["tax"], document.tax_minor, False))
    rows.append((labels["total"], document.total_minor, True))
    parts = (
        ("reduced", document.reduced_minor),
        ("to_balance", document.to_balance_minor),
        ("refunded", document.refunded_minor),
        ("outside", document.outside_minor),
    )
    return rows + [(labels[key], minor, False) for key, minor in parts if minor]


def _statement_row(
    row: StatementDocumentRow, currency: str, locale: Locale, labels: dict[str, str]
) -> list[str]:
    words = f"{labels[f'kind_{row.kind}']} {row.reference}".strip()
    return [
        short_day(row.on, locale),
        printable(words),
        figure(row.amount_minor, currency, locale),
        figure(row.balance_minor, currency, locale),
    ]


def _statement_totals(document: StatementDocument, labels: dict[str, str]) -> list[tuple[str, int, bool]]:
    owed = sum(each.amount_minor for each in document.rows if each.amount_minor > 0)
    settled = sum(each.amount_minor for each in document.rows if each.amount_minor < 0)
    return [
        (labels["opening"], document.opening_minor, False),
        (labels["charges"], owed, False),
        (labels["credits"], settled, False),
        (labels["closing"], document.closing_minor, True),
    ]
