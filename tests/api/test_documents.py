"""Invoice PDFs: in whose language, for whose eyes."""

import io
from datetime import date
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlmodel import Session

from models.billing import Invoice, InvoiceStatus
from models.billing.queries.documents import explain_line
from models.billing.queries.invoices import LineRow
from models.kernel.permissions import Permission, Scope
from tests.api.conftest import Person, SignIn, ensure_problem
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice
from tests.fixtures.configured import Configure

FLAT = {"kind": "flat", "total_minor": 1_234_567, "months": 12, "month": 3, "rounding": "largest remainder"}


def german(session: Session, **facts: Any) -> Invoice:
    """An invoice of a German customer."""
    tenant = make_tenant(
        session,
        name="Müller & Söhne GmbH",
        country="DE",
        currency="EUR",
        locale="de_DE",
        email="ap@mueller.test",
    )
    invoice = make_invoice(
        session, tenant=tenant, total=123_456_789, issued_on=date(2026, 3, 1), derivation=FLAT, **facts
    )
    session.commit()
    return invoice


def pdf(person: Person, invoice: Invoice, **params: Any) -> Any:
    """The answer with the invoice's document."""
    return person.get(f"/api/documents/invoices/{invoice.id}.pdf", **params)


def text_of(content: bytes) -> str:
    """The words of all pages, with every kind of space as one plain space."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().replace("\u200b", "").split()) for page in pages)


def test_a_german_customer_reads_german(stored: Session, signed_in: SignIn, configure: Configure) -> None:
    """Words, amounts and dates as the customer writes them, our name and address, and how each line came about."""
    configure(
        ISSUER_NAME="Forge Holding Ltd",
        ISSUER_ADDRESS="12 Sample Street; London EC1A 1AA ;",
        ISSUER_TAX_ID="GB 123",
    )
    invoice = german(stored)
    answer = pdf(signed_in("viewer"), invoice)
    words = text_of(answer.content)
    for expected in (
        "Rechnung",
        invoice.number,
        "Müller & Söhne GmbH",
        "Deutschland",
        "1.234.567,89",
        "Zahlbar bis 15. März 2026",
        "Forge Holding Ltd",
        "London EC1A 1AA",
        "GB 123",
        "12.345,67 EUR, verteilt auf 12 Monate; dies ist Monat 3.",
    ):
        assert expected in words, expected
    assert "Invoice number" not in words


def test_it_is_shown_or_saved_and_never_kept_on_the_way(stored: Session, signed_in: SignIn) -> None:
    """The browser shows it in our own frame or saves it under its number; nothing between keeps a copy."""
    invoice, person = german(stored), signed_in("viewer")
    shown, saved = pdf(person, invoice), pdf(person, invoice, download=1)
    name = f'filename="{invoice.number}.pdf"'
    assert shown.headers["content-disposition"] == f"inline; {name}"
    assert saved.headers["content-disposition"] == f"attachment; {name}"
    for answer in (shown, saved):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
        assert answer.content.startswith(b"%PDF-")
    assert person.browser.head(f"/api/documents/invoices/{invoice.id}.pdf").content == b""


def test_a_void_one_says_so(stored: Session, signed_in: SignIn) -> None:
    """Across the page, in the customer's words."""
    words = text_of(pdf(signed_in("viewer"), german(stored, status=InvoiceStatus.void)).content)
    assert "Storniert" in words
    assert "nicht zu bezahlen" in words


def test_somebody_elses_invoice_does_not_exist(
    stored: Session, signed_in: SignIn, browser: TestClient
) -> None:
    """Out of scope and unknown answer alike; without session or permission the answer says which is missing."""
    manager = signed_in(grants={Permission.invoices_read: Scope.own})
    mine = make_invoice(stored, tenant=make_tenant(stored, owner_id=manager.user.id))
    theirs = make_invoice(stored)
    stored.commit()
    assert pdf(manager, mine).status_code == 200
    hidden = ensure_problem(pdf(manager, theirs), 404, "invoice.not_found")
    unknown = ensure_problem(manager.get(f"/api/documents/invoices/{uuid4()}.pdf"), 404, "invoice.not_found")
    assert hidden["detail"] == unknown["detail"]
    body = ensure_problem(manager.get("/api/documents/invoices/..%2f..%2fetc.pdf"), 404, "address.unknown")
    body = ensure_problem(manager.get("/api/documents/invoices/7.pdf"), 422, "request.unreadable")
    assert body["field"] == "invoice_id"
    ensure_problem(browser.get(f"/api/documents/invoices/{theirs.id}.pdf"), 401, "session.missing")
    nobody = signed_in(grants={Permission.customers_read: Scope.all})
    body = ensure_problem(pdf(nobody, theirs), 403, "permission.missing")
    assert body["permission"] == "invoices:read"
    assert "invoices:read" in body["detail"]


def test_a_line_explains_itself_in_every_language() -> None:
    """Known kinds in words, unknown ones fact by fact, unknown languages in English."""
    row = LineRow(uuid4(), 1, "Seats", 3, 4_900, 14_700, date(2026, 1, 1), date(2026, 2, 1), {})
    assert explain_line({}, row, "EUR", "en") == ("3 × 49.00 EUR = 147.00 EUR.",)
    assert explain_line({"tier_minor": 500, "unit": "seat"}, row, "EUR", "xx")[1:] == (
        "Tier: 5.00 EUR",
        "Unit: seat",
    )
    for locale in ("en_GB", "de-AT", "fr_FR", "es_MX", "ja_JP"):
        times, flat = explain_line(FLAT, row, "JPY", locale)
        assert "3" in times
        assert "12" in flat
