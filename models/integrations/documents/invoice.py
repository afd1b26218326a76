"""An invoice as a PDF: what it says, in which words and figures; `invoice.typ` says how it looks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal

from models.integrations.documents.labels import LABELS, find_locale
from models.integrations.documents.paper import (
    DocumentPeriod,
    Party,
    TaxTotal,
    banner_of,
    day,
    figure,
    frame,
    period_text,
    printable,
    render,
    total_rows,
)

PPM_PER_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One position; `explanation` is how its amount came about, a sentence an entry."""

    description: str
    quantity: int | Decimal
    unit_amount_minor: int
    amount_minor: int
    period: DocumentPeriod | None = None
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """All that an invoice says; equal documents render to equal bytes.

    `status` draft, paid or void prints a banner on the first page and its word on the others; any other
    status prints none. Amounts are in minor units of `currency` and print as given: nothing is added up here.
    `subtotal_minor` is net of `discount_minor`; with `taxes` each stands by itself, else the sum.
    """

    number: str
    status: str
    product_name: str
    issuer: Party
    customer: Party
    issued_on: date
    due_on: date
    period: DocumentPeriod
    currency: str
    lines: tuple[DocumentLine, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    due_minor: int
    discount_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()
    balance_minor: int = 0
    credited_minor: int = 0
    tax_note: str = ""
    memo: str = ""
    # Numbers of the void invoice it stands in the place of, or of the one in its own.
    replaces: str = ""
    replaced_by: str = ""
    logo: str = ""
    customer_reference: str = ""
    payment_terms: str = ""
    locale: str = "en"


def render_invoice(document: InvoiceDocument) -> bytes:
    """Print the document as a PDF in its locale's language; English where we have no words for it.

    Safe to call from several threads. Texts print literally, whatever they contain. Raises `Unavailable`
    where the fonts are missing: a document without letters must not leave the house.
    """
    return render("invoice.typ", _content(document), document.issued_on)


def _content(document: InvoiceDocument) -> dict[str, object]:
    locale = find_locale(document.locale)
    labels = LABELS[locale.language]
    number = printable(document.number) or "—"
    return {
        **frame(
            locale=locale,
            labels={**labels, "explanations_intro": labels["explanations_intro"].format(number=number)},
            number=number,
            issued_on=document.issued_on,
            product_name=document.product_name,
            issuer=document.issuer,
            customer=document.customer,
            currency=document.currency,
            logo=document.logo,
        ),
        "banner": banner_of(document.status, labels),
        "hero": _hero(document, locale, labels),
        "facts": _facts(document, locale, labels, number),
        "lines": [
            _line(position, line, document.currency, locale)
            for position, line in enumerate(document.lines, start=1)
        ],
        "totals": total_rows(_totals(document, locale, labels), document.currency, locale),
        "notes": [printable(each) for each in _notes(document, labels) if each],
        "terms": printable(document.payment_terms),
    }


def _hero(document: InvoiceDocument, locale: Locale, labels: dict[str, str]) -> dict[str, str]:
    if document.due_minor > 0:
        label, minor = labels["due"], document.due_minor
        note = labels["payable_by"].format(date=day(document.due_on, locale))
    else:
        label, minor = labels["total"], document.total_minor
        is_settled = document.status == "open" and document.paid_minor == document.total_minor
        note = labels["nothing_due"] if is_settled else ""
    return {"label": label, "figure": figure(minor, document.currency, locale), "note": note}


def _facts(
    document: InvoiceDocument, locale: Locale, labels: dict[str, str], number: str
) -> list[tuple[str, str]]:
    facts = [
        (labels["number"], number),
        (labels["issued_on"], day(document.issued_on, locale)),
        (labels["due_on"], day(document.due_on, locale)),
        (labels["period"], period_text(document.period, locale)),
    ]
    if document.customer_reference:
        facts.append((labels["reference"], printable(document.customer_reference)))
    return facts


def _line(position: int, line: DocumentLine, currency: str, locale: Locale) -> dict[str, object]:
    return {
        "position": str(position),
        "description": printable(line.description),
        "period": period_text(line.period, locale) if line.period else "",
        "quantity": _minus(format_decimal(line.quantity, locale=locale, decimal_quantization=False)),
        "unit_amount": figure(line.unit_amount_minor, currency, locale),
        "amount": figure(line.amount_minor, currency, locale),
        "explanation": [printable(sentence) for sentence in line.explanation],
    }


def _totals(document: InvoiceDocument, locale: Locale, labels: dict[str, str]) -> list[tuple[str, int, bool]]:
    rows: list[tuple[str, int, bool]] = []
    if document.discount_minor:
        rows.append((labels["gross"], document.subtotal_minor + document.discount_minor, False))
        rows.append((labels["discount"], -document.discount_minor, False))
    rows.append((labels["subtotal"], document.subtotal_minor, False))
    rows += [
        (tax_label(each, document.currency, locale, labels), each.tax_minor, False) for each in document.taxes
    ]
    if not document.taxes:
        rows.append((labels["tax"], document.tax_minor, False))
    rows.append((labels["total"], document.total_minor, True))
    taken = (
        ("balance_used", document.balance_minor),
        ("credited", document.credited_minor),
        ("paid", document.paid_minor),
    )
    rows += [(labels[key], -minor, False) for key, minor in taken if minor]
    # Before it is issued an invoice owes nothing, and saying so beside its total would puzzle.
    if document.status != "draft" and document.due_minor != document.total_minor:
        rows.append((labels["due"], document.due_minor, True))
    return rows


def tax_label(tax: TaxTotal, currency: str, locale: Locale, labels: dict[str, str]) -> str:
    """`VAT 19 % on 2,008.00`: the tax with its rate and base."""
    return labels["tax_rate"].format(
        name=printable(tax.name),
        rate=percent_text(tax.rate_ppm, locale),
        base=figure(tax.base_minor, currency, locale),
    )


def percent_text(rate_ppm: int, locale: Locale) -> str:
    """`8.875 %` in the reader's figures."""
    share = Decimal(rate_ppm) / PPM_PER_PERCENT
    return f"{format_decimal(share, format='#,##0.####', locale=locale)} %"


def _notes(document: InvoiceDocument, labels: dict[str, str]) -> tuple[str, ...]:
    linked = {key: getattr(document, key) for key in ("replaces", "replaced_by")}
    links = [labels[key].format(number=number) for key, number in linked.items() if number]
    return (*links, _tax_note(document, labels), document.memo)


def _tax_note(document: InvoiceDocument, labels: dict[str, str]) -> str:
    """Our own words for what the law wants said, with the rule's own sentence behind them."""
    if document.tax_note.startswith("Reverse charge"):
        return f"{labels['reverse_charge']} ({document.tax_note})"
    return document.tax_note


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
