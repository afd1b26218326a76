"""Credit notes and statements as PDFs: their words in every language are golden files."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.integrations.documents import (
    LANGUAGES,
    CreditDocumentLine,
    CreditNoteDocument,
    DocumentLine,
    DocumentPeriod,
    InvoiceDocument,
    Party,
    StatementDocument,
    StatementDocumentRow,
    TaxTotal,
    render_credit_note,
    render_invoice,
    render_statement,
)
from models.integrations.documents.ledger_labels import CREDIT_NOTE_LABELS, STATEMENT_LABELS
from models.kernel.errors import Unavailable

GOLDEN = Path(__file__).parents[2] / "golden" / "documents"
ISSUER = Party("Example Issuer", ("12 Sample Street",), "GB", "GB 000 0000 00")
CUSTOMER = Party("Müller & Söhne GmbH", ("Königsallee 27", "40212 Düsseldorf"), "DE", "DE 136695976")
VAT = TaxTotal("VAT", 190_000, 100_000, 19_000)
NOTE = CreditNoteDocument(
    number="CN-2026-000007",
    status="issued",
    invoice_number="INV-2026-000184",
    product_name="ClientForge",
    issuer=ISSUER,
    customer=CUSTOMER,
    issued_on=date(2026, 3, 17),
    currency="EUR",
    lines=(CreditDocumentLine("Professional", 105_000, 19_950), CreditDocumentLine("Back", -5_000, -950)),
    subtotal_minor=100_000,
    tax_minor=19_000,
    total_minor=119_000,
    taxes=(VAT,),
    reduced_minor=60_000,
    to_balance_minor=30_000,
    refunded_minor=20_000,
    outside_minor=9_000,
    reason="Outage of 7 March",
)
ROWS = (
    ("invoice", "INV-2026-000184", 119_000),
    ("credit_note", "CN-2026-000007", -19_000),
    ("payment", "INV-2026-000184", -110_000),
    ("refund", "CN-2026-000007", 4_000),
    ("outside", "CN-2026-000007", 1_000),
    ("adjustment", "Goodwill", -2_500),
    ("void", "INV-2026-000150", -500),
    ("credit_note_void", "CN-2026-000003", 700),
    ("write_off", "INV-2026-000101", -200),
)


def _rows() -> tuple[StatementDocumentRow, ...]:
    balance, rows = 1_000, []
    for number, (kind, reference, amount) in enumerate(ROWS, start=1):
        balance += amount
        rows.append(StatementDocumentRow(date(2026, 3, number), kind, reference, amount, balance))
    return tuple(rows)


STATEMENT = StatementDocument(
    product_name="ClientForge",
    issuer=ISSUER,
    customer=CUSTOMER,
    customer_reference="C-4711",
    issued_on=date(2026, 4, 1),
    from_on=date(2026, 3, 1),
    last_on=date(2026, 3, 31),
    currency="EUR",
    rows=_rows(),
    opening_minor=1_000,
    closing_minor=_rows()[-1].balance_minor,
)
INVOICE = InvoiceDocument(
    number="INV-2026-000184",
    status="open",
    product_name="ClientForge",
    issuer=ISSUER,
    customer=CUSTOMER,
    issued_on=date(2026, 3, 1),
    due_on=date(2026, 3, 31),
    period=DocumentPeriod(date(2026, 3, 1), date(2026, 4, 1)),
    currency="EUR",
    lines=(DocumentLine("Professional", 42, 5_000, 200_000),),
    subtotal_minor=200_000,
    discount_minor=10_000,
    tax_minor=32_000,
    taxes=(
        replace(VAT, tax_minor=19_000),
        TaxTotal("City", 88_750, 100_000, 8_875),
        TaxTotal("Zero", 0, 0, 0),
    ),
    total_minor=227_875,
    balance_minor=7_875,
    credited_minor=20_000,
    paid_minor=100_000,
    due_minor=100_000,
    tax_note="Reverse charge: Article 196, Directive 2006/112/EC",
    memo="Thank you for ten years.",
)


def _text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    lines = [
        line.replace("\u200b", "").strip() for page in pages for line in page.extract_text().splitlines()
    ]
    return "\n".join(" ".join(line.split()) for line in lines if line) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["credit_note", "statement", "invoice_totals"])
def test_the_words_are_as_reviewed(kind: str, language: str) -> None:
    """Delete a golden file to write it anew, then read it."""
    pdf = {
        "credit_note": lambda: render_credit_note(replace(NOTE, locale=language)),
        "statement": lambda: render_statement(replace(STATEMENT, locale=language)),
        "invoice_totals": lambda: render_invoice(replace(INVOICE, locale=language)),
    }[kind]()
    golden = GOLDEN / f"{kind}.{language}.txt"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(_text(pdf), "utf-8")
    assert _text(pdf) == golden.read_text("utf-8")


def test_every_language_has_every_word() -> None:
    for catalogue in (CREDIT_NOTE_LABELS, STATEMENT_LABELS):
        assert set(catalogue) == set(LANGUAGES)
        for words in catalogue.values():
            assert words.keys() == catalogue["en"].keys()
            assert all(word.strip() for word in words.values())


def test_a_void_note_says_so_and_hostile_text_prints_literally() -> None:
    text = _text(render_credit_note(replace(NOTE, status="void", reason='#read("/etc/passwd") *bold*')))
    assert "This credit note was cancelled." in text
    assert '#read("/etc/passwd") *bold*' in text


def test_an_image_of_the_issuer_takes_the_place_of_the_mark(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10"/></svg>'
    )
    with_logo = render_credit_note(replace(NOTE, logo=str(logo)))
    assert with_logo != render_credit_note(NOTE)
    assert "CN-2026-000007" in _text(with_logo)
    for unusable in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(Unavailable, match="logo_unusable"):
            render_credit_note(replace(NOTE, logo=str(unusable)))
    heavy = tmp_path / "heavy.png"
    heavy.write_bytes(b"x" * 200_001)
    with pytest.raises(Unavailable):
        render_credit_note(replace(NOTE, logo=str(heavy)))
