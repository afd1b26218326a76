"""An invoice as a PDF: what it says, in which words and figures; `invoice.typ` says how it looks."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import typst
from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal

from models.integrations.documents.labels import LABELS, find_locale
from models.kernel.errors import Unavailable
from models.kernel.money import format_minor

TEMPLATE = Path(__file__).with_name("invoice.typ")
FONTS = Path(__file__).parent / "fonts"

# Countries whose offices print on US Letter (source: CLDR, supplemental measurement data, `paperSize`).
LETTER_COUNTRIES = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)

LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# Control characters would break the page; direction overrides would let a name rewrite the figures beside it.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
# A word longer than any column gets places to break; East Asian text has them everywhere already.
LONG_WORD = re.compile("[^\\s\u2e80-\U0010ffff]{31,}")
BREAK_EVERY = 4
ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class DocumentPeriod:
    """Half-open dates: the first day, and the day after the last."""

    start_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Party:
    """Who issues or receives; `country` is an ISO 3166 code and prints as a name in the reader's language."""

    name: str
    address_lines: tuple[str, ...] = ()
    country: str = ""
    tax_id: str = ""


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
    customer_reference: str = ""
    payment_terms: str = ""
    locale: str = "en"


def render_invoice(document: InvoiceDocument) -> bytes:
    """Print the document as a PDF in its locale's language; English where we have no words for it.

    Safe to call from several threads. Texts print literally, whatever they contain. Raises `Unavailable`
    where the fonts are missing: a document without letters must not leave the house.
    """
    compiler = typst.Compiler(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"invoice": json.dumps(_content(document))},
    )
    issued_at = datetime.combine(document.issued_on, time.min, UTC)
    pdf = compiler.compile(format="pdf", timestamp=issued_at)
    # The wheel answers a list for formats with a file a page; PDF is not one of them.
    return pdf if isinstance(pdf, bytes) else b"".join(pdf or ())


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # One set for the process: reading the files is most of the cost of a compiler, and a compiler itself
    # refuses a second thread, so each document has its own.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    missing = {"Inter", "Noto Sans JP"}.difference(fonts.families())
    if missing:
        raise Unavailable(
            "documents.fonts_missing",
            f"The fonts {', '.join(sorted(missing))} are not in {FONTS}. Restore that folder.",
        )
    return fonts


def _content(document: InvoiceDocument) -> dict[str, object]:
    locale = find_locale(document.locale)
    labels = LABELS[locale.language]
    number = _printable(document.number) or "—"
    return {
        "language": locale.language,
        "region": locale.territory,
        "paper": "us-letter" if document.customer.country in LETTER_COUNTRIES else "a4",
        "issued_on": [document.issued_on.year, document.issued_on.month, document.issued_on.day],
        "number": number,
        "product": _printable(document.product_name),
        "issuer": _party(document.issuer, locale, labels),
        "customer": _party(document.customer, locale, labels),
        "banner": _banner(document.status, labels),
        "hero": _hero(document, locale, labels),
        "facts": _facts(document, locale, labels, number),
        "currency": _printable(document.currency),
        "lines": [
            _line(position, line, document.currency, locale)
            for position, line in enumerate(document.lines, start=1)
        ],
        "totals": _totals(document, locale, labels),
        "terms": _printable(document.payment_terms),
        "labels": {**labels, "explanations_intro": labels["explanations_intro"].format(number=number)},
    }


def _party(party: Party, locale: Locale, labels: dict[str, str]) -> dict[str, object]:
    country = locale.territories.get(party.country, party.country)
    tax_id = f"{labels['tax_id']} {party.tax_id}" if party.tax_id else ""
    lines = (*party.address_lines, country, tax_id)
    return {"name": _printable(party.name), "lines": [_printable(line) for line in lines if line]}


def _banner(status: str, labels: dict[str, str]) -> dict[str, str] | None:
    word = labels.get(f"banner_{status}")
    if word is None:
        return None
    return {"status": str(status), "word": word, "sentence": labels[f"banner_{status}_sentence"]}


def _hero(document: InvoiceDocument, locale: Locale, labels: dict[str, str]) -> dict[str, str]:
    if document.due_minor > 0:
        label, minor = labels["due"], document.due_minor
        note = labels["payable_by"].format(date=_day(document.due_on, locale))
    else:
        label, minor = labels["total"], document.total_minor
        is_settled = document.status == "open" and document.paid_minor == document.total_minor
        note = labels["nothing_due"] if is_settled else ""
    return {"label": label, "figure": _figure(minor, document.currency, locale), "note": note}


def _facts(
    document: InvoiceDocument, locale: Locale, labels: dict[str, str], number: str
) -> list[tuple[str, str]]:
    facts = [
        (labels["number"], number),
        (labels["issued_on"], _day(document.issued_on, locale)),
        (labels["due_on"], _day(document.due_on, locale)),
        (labels["period"], _period(document.period, locale)),
    ]
    if document.customer_reference:
        facts.append((labels["reference"], _printable(document.customer_reference)))
    return facts


def _line(position: int, line: DocumentLine, currency: str, locale: Locale) -> dict[str, object]:
    return {
        "position": str(position),
        "description": _printable(line.description),
        "period": _period(line.period, locale) if line.period else "",
        "quantity": _minus(format_decimal(line.quantity, locale=locale, decimal_quantization=False)),
        "unit_amount": _figure(line.unit_amount_minor, currency, locale),
        "amount": _figure(line.amount_minor, currency, locale),
        "explanation": [_printable(sentence) for sentence in line.explanation],
    }


def _totals(document: InvoiceDocument, locale: Locale, labels: dict[str, str]) -> list[dict[str, object]]:
    rows = [
        ("subtotal", document.subtotal_minor, False),
        ("tax", document.tax_minor, False),
        ("total", document.total_minor, True),
    ]
    if document.paid_minor:
        rows.append(("paid", -document.paid_minor, False))
    # Before it is issued an invoice owes nothing, and saying so beside its total would puzzle.
    if document.status != "draft" and document.due_minor != document.total_minor:
        rows.append(("due", document.due_minor, True))
    return [
        {"label": labels[key], "figure": _figure(minor, document.currency, locale), "is_strong": is_strong}
        for key, minor, is_strong in rows
    ]


def _figure(minor: int, currency: str, locale: Locale) -> str:
    return format_minor(minor, currency, str(locale))


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def _day(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale)


def _period(period: DocumentPeriod, locale: Locale) -> str:
    # People read both ends as included.
    return format_interval(period.start_on, period.until_on - timedelta(days=1), "yMMMd", locale=locale)


def _printable(text: str) -> str:
    """Drop what cannot be printed, and give words no column can hold places to break."""
    tidy = UNPRINTABLE.sub("", LINE_END.sub("\n", text.replace("\t", " ")))
    return LONG_WORD.sub(lambda word: _with_breaks(word.group()), tidy)


def _with_breaks(word: str) -> str:
    return ZERO_WIDTH_SPACE.join(
        word[start : start + BREAK_EVERY] for start in range(0, len(word), BREAK_EVERY)
    )
