"""An invoice's PDF says what the document says: literally, in the customer's language, always the same."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.integrations.documents import (
    LANGUAGES,
    DocumentLine,
    DocumentPeriod,
    InvoiceDocument,
    Party,
    paper,
    render_invoice,
)
from models.integrations.documents.labels import LABELS, find_locale
from models.kernel.errors import Unavailable

NOVEMBER = DocumentPeriod(date(2025, 11, 1), date(2025, 12, 1))
DOCUMENT = InvoiceDocument(
    number="INV-2025-000184",
    status="open",
    product_name="ClientForge",
    issuer=Party("Example Issuer", ("12 Sample Street", "London EC1A 1AA"), "GB", "GB 000 0000 00"),
    customer=Party("Müller & Söhne Großhandel GmbH", ("Königsallee 27", "40212 Düsseldorf"), "DE"),
    customer_reference="PO 4711",
    issued_on=date(2025, 12, 1),
    due_on=date(2025, 12, 31),
    period=NOVEMBER,
    currency="EUR",
    lines=(
        DocumentLine("Professional", 42, 4900, 205800, NOVEMBER, ("42 × 49.00 EUR = 2,058.00 EUR.",)),
        DocumentLine("Outage of 7 November", 1, -5000, -5000),
    ),
    subtotal_minor=200800,
    tax_minor=38152,
    total_minor=238952,
    paid_minor=0,
    due_minor=238952,
    payment_terms="30 days net.",
)


def pages_of(document: InvoiceDocument) -> list[str]:
    """Read the text of each page, with every kind of space as one plain space."""
    reader = PdfReader(io.BytesIO(render_invoice(document)))
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in reader.pages]


def text_of(document: InvoiceDocument) -> str:
    """Read the text of all pages."""
    return " ".join(pages_of(document))


def test_an_invoice_says_who_owes_whom_how_much_for_what_and_why() -> None:
    invoice, annex = pages_of(DOCUMENT)
    for words in (
        "INV-2025-000184",
        "Müller & Söhne Großhandel GmbH",
        "Germany",
        "Example Issuer",
        "United Kingdom",
        "Tax ID GB 000 0000 00",
        "PO 4711",
        "December 1, 2025",
        "Payable by December 31, 2025",
        "Nov 1 – 30, 2025",
        "2,058.00",
        "−50.00",
        "2,389.52 EUR",
        "30 days net.",
        "1 / 2",
    ):
        assert words in invoice
    assert "How each line was computed" in annex
    assert "42 × 49.00 EUR = 2,058.00 EUR." in annex
    assert "2 / 2" in annex


def test_without_explanations_there_is_no_annex() -> None:
    lines = tuple(replace(line, explanation=()) for line in DOCUMENT.lines)
    assert len(pages_of(replace(DOCUMENT, lines=lines))) == 1


@pytest.mark.parametrize(
    ("locale", "currency", "words"),
    [
        ("de", "EUR", ("Rechnung", "2.389,52 EUR", "31. Dezember 2025", "1.–30. Nov. 2025", "Deutschland")),
        ("de-AT", "EUR", ("Rechnung", "2.389,52 EUR")),
        ("fr", "EUR", ("Facture", "2 389,52 EUR", "31 décembre 2025", "Allemagne")),
        ("es", "EUR", ("Factura", "2.389,52 EUR", "31 de diciembre de 2025", "Alemania")),
        ("es-MX", "MXN", ("Factura", "2,389.52 MXN")),
        ("ja", "JPY", ("請求書", "238,952 JPY", "2025年12月31日", "2025年11月1日～30日", "ドイツ")),
        ("en-GB", "KWD", ("Invoice", "238.952 KWD", "31 December 2025")),
        ("xx", "EUR", ("Invoice", "2,389.52 EUR")),
        ("not a locale", "EUR", ("Invoice", "December 31, 2025")),
        ("pt-BR", "EUR", ("Invoice", "2,389.52 EUR")),
    ],
)
def test_words_figures_and_dates_follow_the_locale(
    locale: str, currency: str, words: tuple[str, ...]
) -> None:
    text = text_of(replace(DOCUMENT, locale=locale, currency=currency))
    for word in words:
        assert word in text


def test_every_language_has_every_label_and_prints_it() -> None:
    english = LABELS["en"]
    for language in LANGUAGES:
        labels = LABELS[language]
        assert labels.keys() == english.keys()
        assert all(label.strip() for label in labels.values())
        assert "{date}" in labels["payable_by"]
        assert "{number}" in labels["explanations_intro"]
        assert str(find_locale(language)) == language
        text = text_of(replace(DOCUMENT, locale=language, paid_minor=38952, due_minor=200000))
        for key in (
            "title",
            "billed_to",
            "period",
            "quantity",
            "subtotal",
            "tax",
            "paid",
            "due",
            "explanations",
        ):
            assert " ".join(labels[key].split()) in text


def test_japanese_names_print_with_the_characters_people_have_in_them() -> None:
    customer = Party(
        "株式会社髙橋製作所", ("〒100-0005", "東京都千代田区丸の内1-9-1", "経理部 山﨑 様"), "JP"
    )
    text = text_of(replace(DOCUMENT, locale="ja", currency="JPY", customer=customer))
    for words in ("株式会社髙橋製作所", "〒100-0005", "東京都千代田区丸の内1-9-1", "経理部 山﨑 様", "日本"):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["draft", "paid", "void"])
def test_a_document_nobody_shall_pay_says_so_on_every_page(status: str, language: str) -> None:
    word = LABELS[language][f"banner_{status}"]
    sentence = LABELS[language][f"banner_{status}_sentence"]
    pages = pages_of(replace(DOCUMENT, status=status, locale=language, due_minor=0))
    assert sentence in pages[0]
    assert all(word in page for page in pages)
    assert sentence not in text_of(replace(DOCUMENT, locale=language))


def test_a_void_invoice_asks_for_nothing() -> None:
    text = text_of(replace(DOCUMENT, status="void", due_minor=0))
    assert "Payable by" not in text
    assert "Amount due 0.00 EUR" in text


def test_a_part_payment_shows_what_is_left() -> None:
    text = text_of(replace(DOCUMENT, paid_minor=38952, due_minor=200000))
    assert "Paid −389.52 EUR" in text
    assert "Amount due 2,000.00 EUR" in text


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "x"',
        '#import "@preview/cetz:0.3.0"',
        '#read("/etc/passwd")',
        "*bold* _emphasis_ `code` $x^2$",
        "= Heading",
        "// comment /* comment */",
        "@reference <label> [content] {code}",
        r"\u{1F4A9} \n \\",
        "-- --- ... ~ -> 3x4",
        "\"quoted\" 'quoted'",
        "{number} {date} %s",
        "https://example.com/?a=1#b",
        "</script><b>tag</b>&amp;",
    ],
)
def test_texts_print_literally(hostile: str) -> None:
    document = replace(
        DOCUMENT,
        number=hostile,
        product_name=hostile,
        issuer=Party(hostile, (hostile,), hostile, hostile),
        customer=Party(hostile, (hostile,), hostile, hostile),
        customer_reference=hostile,
        payment_terms=hostile,
        lines=(DocumentLine(hostile, 1, 1, 1, NOVEMBER, (hostile,)),),
    )
    # Columns may wrap a text anywhere it has a space, so the comparison goes without them.
    text = text_of(document).replace(" ", "")
    assert text.count(hostile.replace(" ", "")) >= 14


def test_ten_thousand_characters_print_to_the_last() -> None:
    words = "Ω" * 9_999 + "!"
    document = replace(DOCUMENT, customer=Party(words))
    text = text_of(document).replace(" ", "")
    assert text.count("Ω") == 9_999
    sentence = "lang und länger " * 625
    document = replace(DOCUMENT, lines=(DocumentLine(sentence, 1, 1, 1),))
    assert text_of(document).count("länger") == 625


def test_characters_that_would_disturb_the_page_are_left_out() -> None:
    name = "Acme\x00\x07 \u202e054\u202c \ud800Ltd\tNorth\r\nSouth"
    text = text_of(replace(DOCUMENT, customer=Party(name)))
    assert "Acme 054 Ltd North South" in text


def test_equal_documents_are_equal_bytes_also_from_many_threads() -> None:
    documents = [
        replace(DOCUMENT, number=f"INV-{number}", locale=LANGUAGES[number % 5]) for number in range(10)
    ]
    alone = [render_invoice(document) for document in documents]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(render_invoice, documents * 4))
    assert together == alone * 4
    assert len(set(alone)) == 10


def test_the_file_is_dated_by_the_invoice_and_named_after_it() -> None:
    metadata = PdfReader(io.BytesIO(render_invoice(DOCUMENT))).metadata
    assert metadata is not None
    assert metadata.title == "Invoice INV-2025-000184"
    assert metadata.author == "Example Issuer"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == DOCUMENT.issued_on


def test_only_the_fonts_of_the_repository_are_used() -> None:
    reader = PdfReader(io.BytesIO(render_invoice(replace(DOCUMENT, locale="ja"))))
    names = {
        str(font.get_object()["/BaseFont"]).split("+")[1]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert {name.split("-")[0] for name in names} == {"Inter", "NotoSansJP"}


def test_two_hundred_lines_spread_over_pages_under_repeated_headings() -> None:
    lines = tuple(
        DocumentLine(f"Workspace {position:03}", Decimal("1.5"), 1000, 1500, NOVEMBER, ("1.5 × 10.00 EUR.",))
        for position in range(1, 201)
    )
    document = replace(
        DOCUMENT, lines=lines, subtotal_minor=300000, tax_minor=57000, total_minor=357000, due_minor=357000
    )
    pages = pages_of(document)
    annex_from = next(index for index, page in enumerate(pages) if "How each line was computed" in page)
    invoice, annex = " ".join(pages[:annex_from]), " ".join(pages[annex_from:])
    for line in lines:
        assert invoice.count(line.description) == 1
        assert annex.count(line.description) == 1
    assert annex.count("1.5 × 10.00 EUR.") == 200
    assert all("Description" in page and f"{n} / {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert annex_from > 3
    assert "Subtotal 3,000.00 EUR Tax 570.00 EUR Total 3,570.00 EUR" in pages[annex_from - 1]


def test_paper_follows_the_country_of_the_customer() -> None:
    def width(country: str) -> float:
        document = replace(DOCUMENT, customer=Party("Northwind Traders", country=country))
        return float(PdfReader(io.BytesIO(render_invoice(document))).pages[0].mediabox.width)

    assert round(width("US")) == 612
    assert round(width("DE")) == round(width("")) == 595


def test_without_its_fonts_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paper, "FONTS", tmp_path)
    monkeypatch.setattr(paper, "_fonts", paper._fonts.__wrapped__)
    with pytest.raises(Unavailable, match="fonts_missing"):
        render_invoice(DOCUMENT)
