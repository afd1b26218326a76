"""PDFs of credit notes and statements: what they say, and for whose eyes."""

import io
from typing import Any

from pypdf import PdfReader
from sqlmodel import Session

from models.billing import (
    CreditWish,
    Invoice,
    SettlementText,
    adjust_balance,
    approve_invoice,
    issue_credit_note,
)
from models.billing.tables import BillingProfile, CreditNote, LegalEntity
from models.kernel.columns import new_id
from models.kernel.permissions import Permission, Scope
from tests.api.conftest import SignIn, ensure_problem
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_draft


def text_of(answer: Any) -> str:
    """The words of all pages."""
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text().replace("\u200b", "").split()) for page in pages)


def credited(session: Session) -> tuple[Invoice, CreditNote]:
    """An issued invoice of a French customer, half of it credited."""
    tenant = make_tenant(session, name="Boulanger", country="FR", currency="EUR", locale="fr_FR")
    entity = LegalEntity(
        key="paris",
        name="Forge SAS",
        address="1 rue de Rivoli; 75001 Paris",
        country="FR",
        tax_id="FR 40303265045",
        invoice_prefix="FAC",
        credit_note_prefix="AV",
    )
    session.add(entity)
    session.add(
        BillingProfile(
            tenant_id=tenant.id,
            legal_name="Boulanger SA",
            address="2 quai; 69001 Lyon",
            tax_id="FR 83404833048",
        )
    )
    session.flush()
    draft = make_draft(
        session, tenant=tenant, amounts=(10_000,), tax_ppm=200_000, needed=1, legal_entity="paris"
    )
    invoice = approve_invoice(session, actor_with(*Permission, user=make_staff(session)), invoice_id=draft.id)
    note = issue_credit_note(
        session,
        anybody(),
        invoice_id=invoice.id,
        wish=CreditWish(percent="50"),
        settlement=SettlementText(reduce="60"),
        reason="Panne",
        request_key=new_id().hex,
    )
    adjust_balance(
        session, anybody(), tenant_id=tenant.id, amount="5", currency="EUR", reason="Geste commercial"
    )
    session.commit()
    return invoice, note


def test_each_paper_is_of_the_legal_entity_in_the_customers_language(
    stored: Session, signed_in: SignIn
) -> None:
    invoice, note = credited(stored)
    viewer = signed_in("viewer")
    assert invoice.number.startswith("FAC-")
    assert note.number.startswith("AV-")
    facture = text_of(viewer.get(f"/api/documents/invoices/{invoice.id}.pdf"))
    avoir = text_of(viewer.get(f"/api/documents/credit-notes/{note.id}.pdf"))
    for words in (facture, avoir):
        for expected in ("Forge SAS", "75001 Paris", "FR 40303265045", "Boulanger SA", "FR 83404833048"):
            assert expected in words
    assert "VAT 20 % sur 100,00 20,00 EUR" in facture
    assert "Avoirs −60,00 EUR" in facture
    assert "Déduit du reste à payer 60,00 EUR" in avoir
    days = {"currency": "EUR", "from_on": str(invoice.issued_on), "last_on": str(invoice.issued_on)}
    releve = text_of(viewer.get(f"/api/documents/statements/{invoice.tenant_id}.pdf", **days))
    for expected in (invoice.number, note.number, "Geste commercial", "Solde final 55,00 EUR"):
        assert expected in releve


def test_out_of_reach_and_unusable_days_are_refused(stored: Session, signed_in: SignIn) -> None:
    invoice, note = credited(stored)
    stranger = signed_in(grants={Permission.credit_notes_read: Scope.own})
    ensure_problem(stranger.get(f"/api/documents/credit-notes/{note.id}.pdf"), 404, "credit_note.not_found")
    path = f"/api/documents/statements/{invoice.tenant_id}.pdf"
    days = {"currency": "EUR", "from_on": "2026-02-01", "last_on": "2026-01-01"}
    ensure_problem(stranger.get(path, **days), 404, "tenant.not_found")
    viewer = signed_in("viewer")
    ensure_problem(viewer.get(path, **days), 422, "statement.dates_unusable")
    ensure_problem(viewer.get(path, **days | {"currency": "eur"}), 422, "request.unreadable")
    nobody = signed_in(grants={Permission.invoices_read: Scope.all})
    ensure_problem(nobody.get(f"/api/documents/credit-notes/{note.id}.pdf"), 403, "permission.missing")
