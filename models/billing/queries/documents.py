"""Invoices, credit notes and statements as printed documents: everything they say, frozen before they are rendered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant
from models.billing.queries.credit_notes import get_credit_note
from models.billing.queries.explain import explain_line, title_line
from models.billing.queries.invoice_rows import InvoiceDetail
from models.billing.queries.invoices import get_invoice
from models.billing.queries.statement import get_statement
from models.billing.tables import BillingProfile, Invoice, InvoiceLine, LegalEntity
from models.integrations.documents import (
    CreditDocumentLine,
    CreditNoteDocument,
    DocumentLine,
    DocumentPeriod,
    InvoiceDocument,
    Party,
    StatementDocument,
    StatementDocumentRow,
    TaxTotal,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.settings import get_settings

MAIN = "main"

__all__ = [
    "build_credit_note_document",
    "build_invoice_document",
    "build_statement_document",
    "explain_line",
]


@dataclass(frozen=True, slots=True)
class _Letterhead:
    """Who writes to whom."""

    product: str
    issuer: Party
    customer: Party
    reference: str
    locale: str
    logo: str


def build_invoice_document(session: Session, actor: Actor, invoice_id: UUID) -> InvoiceDocument:
    """What the invoice's document says, in the customer's language; NotFound out of the actor's reach."""
    invoice = get_invoice(session, actor, invoice_id)
    row = invoice.row
    head = _letterhead(session, row.tenant_id, invoice.legal_entity)
    other = invoice.replaced_by
    lines = [each for each in invoice.lines if not (each.is_mirror or each.is_dropped)]
    return InvoiceDocument(
        number=row.number,
        # One that is not finished is no more to be paid than a draft.
        status="draft" if row.status == "generating" else row.status,
        product_name=head.product,
        issuer=head.issuer,
        customer=head.customer,
        customer_reference=head.reference,
        issued_on=row.issued_on,
        due_on=row.due_on,
        period=DocumentPeriod(row.period_start_on, row.period_until_on),
        currency=row.currency,
        lines=_lines(invoice, head.locale),
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=row.total_minor,
        paid_minor=row.paid_minor,
        due_minor=row.due_minor,
        discount_minor=sum(each.discount_minor for each in lines),
        taxes=_tax_totals(share for each in lines for share in each.taxes),
        balance_minor=row.balance_minor,
        credited_minor=row.reduced_minor,
        tax_note=invoice.tax_note,
        memo=invoice.memo,
        replaces=invoice.replaces.number if invoice.replaces else "",
        replaced_by=other.number if other and other.is_issued else "",
        logo=head.logo,
        locale=head.locale,
    )


def build_credit_note_document(session: Session, actor: Actor, credit_note_id: UUID) -> CreditNoteDocument:
    """What the credit note's document says, in the customer's language; NotFound out of the actor's reach."""
    note = get_credit_note(session, actor, credit_note_id)
    row = note.row
    invoice = session.get_one(Invoice, row.invoice_id)
    head = _letterhead(session, row.tenant_id, invoice.legal_entity)
    return CreditNoteDocument(
        number=row.number,
        status=row.status,
        invoice_number=row.invoice,
        product_name=head.product,
        issuer=head.issuer,
        customer=head.customer,
        issued_on=row.issued_on,
        currency=row.currency,
        lines=tuple(
            CreditDocumentLine(each.description, each.amount_minor, each.tax_minor) for each in note.lines
        ),
        subtotal_minor=note.subtotal_minor,
        tax_minor=note.tax_minor,
        total_minor=row.total_minor,
        taxes=_single_taxes(session, {each.invoice_line_id: each for each in note.lines}),
        reduced_minor=row.reduced_minor,
        to_balance_minor=row.to_balance_minor,
        refunded_minor=row.refunded_minor,
        outside_minor=row.outside_minor,
        reason=row.reason,
        logo=head.logo,
        locale=head.locale,
    )


def build_statement_document(
    session: Session, actor: Actor, *, tenant_id: UUID, currency: str, from_on: date, last_on: date
) -> StatementDocument:
    """What the customer's statement says; refused as `get_statement` refuses."""
    found = get_statement(
        session, actor, tenant_id=tenant_id, currency=currency, from_on=from_on, last_on=last_on
    )
    profile = session.get(BillingProfile, tenant_id)
    head = _letterhead(session, tenant_id, profile.legal_entity if profile else MAIN)
    return StatementDocument(
        product_name=head.product,
        issuer=head.issuer,
        customer=head.customer,
        customer_reference=head.reference,
        issued_on=clock.today(),
        from_on=from_on,
        last_on=last_on,
        currency=currency,
        rows=tuple(
            StatementDocumentRow(
                each.on, each.kind.value, each.reference, each.amount_minor, each.balance_minor
            )
            for each in found.rows
        ),
        opening_minor=found.opening.minor,
        closing_minor=found.closing.minor,
        logo=head.logo,
        locale=head.locale,
    )


def _letterhead(session: Session, tenant_id: UUID, legal_entity: str) -> _Letterhead:
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound("tenant", tenant_id)
    profile = session.get(BillingProfile, tenant_id) or BillingProfile(tenant_id=tenant_id)
    address = _parts(profile.address) or ((tenant.email,) if tenant.email else ())
    settings = get_settings()
    return _Letterhead(
        product=settings.issuer_name,
        issuer=_issuer(session.get(LegalEntity, legal_entity)),
        customer=Party(profile.legal_name or tenant.name, address, tenant.country, profile.tax_id),
        reference=tenant.external_ref,
        locale=tenant.locale,
        logo=settings.issuer_logo,
    )


def _issuer(entity: LegalEntity | None) -> Party:
    """The legal entity, or the issuer of the settings where it has no name of its own."""
    settings = get_settings()
    country = entity.country if entity else ""
    if entity is None or not entity.name:
        return Party(settings.issuer_name, _parts(settings.issuer_address), country, settings.issuer_tax_id)
    return Party(entity.name, _parts(entity.address), country, entity.tax_id)


def _lines(invoice: InvoiceDetail, locale: str) -> tuple[DocumentLine, ...]:
    return tuple(
        DocumentLine(
            title_line(line.derivation, line.description, locale),
            line.quantity,
            line.unit_amount_minor,
            line.amount_minor,
            DocumentPeriod(line.period_start_on, line.period_until_on),
            explain_line(line.derivation, line, invoice.row.currency, locale),
        )
        for line in invoice.lines
        if not (line.is_mirror or line.is_dropped)
    )


def _tax_totals(shares: Iterable[Mapping[str, Any]]) -> tuple[TaxTotal, ...]:
    """Shares of the same tax at the same rate, added up; the highest rate first."""
    bases: dict[tuple[str, int], int] = defaultdict(int)
    taxes: dict[tuple[str, int], int] = defaultdict(int)
    for share in shares:
        key = (str(share["name"]), int(share["rate_ppm"]))
        bases[key] += int(share["base_minor"])
        taxes[key] += int(share["tax_minor"])
    order = sorted(bases, key=lambda key: (-key[1], key[0]))
    return tuple(TaxTotal(*key, bases[key], taxes[key]) for key in order)


def _single_taxes(session: Session, credited: Mapping[UUID, Any]) -> tuple[TaxTotal, ...]:
    """The tax of a credit note by rate, where each credited line has but one; else it prints as one sum."""
    lines = session.exec(select(InvoiceLine).where(col(InvoiceLine.id).in_(credited))).all()
    if any(len(each.taxes) > 1 for each in lines):
        return ()
    return _tax_totals(
        {
            **each.taxes[0],
            "base_minor": credited[each.id].amount_minor,
            "tax_minor": credited[each.id].tax_minor,
        }
        for each in lines
        if each.taxes
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
