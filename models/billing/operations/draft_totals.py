"""A draft after a change: its totals follow its lines, it is reviewed anew, and earlier approvals no longer count."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing.rules.hand_lines import is_by_hand
from models.billing.rules.review import (
    LASTING,
    NOBODY,
    ONE_PERSON,
    ReviewCode,
    ReviewFacts,
    approvals_needed,
    review_reasons,
)
from models.billing.tables import (
    BillingProfile,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    ReviewPolicy,
)
from models.kernel import clock
from models.kernel.money import Money
from models.kernel.settings import get_settings
from models.limits import read_limits

UNISSUED = (InvoiceStatus.draft, InvoiceStatus.generating)


def lines_of(session: Session, invoice: Invoice) -> Sequence[InvoiceLine]:
    """The lines of an invoice in their order."""
    statement = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
    return session.exec(statement.order_by(col(InvoiceLine.position))).all()


def recount(
    session: Session, invoice: Invoice, *, edited_by: UUID | None, is_tax_missing: bool | None = None
) -> None:
    """Make totals, tax, reasons for review and version of a draft follow its lines.

    `is_tax_missing` None keeps what was found when the tax was computed.
    """
    session.flush()
    lines = lines_of(session, invoice)
    invoice.subtotal_minor = sum(each.amount_minor for each in lines)
    invoice.tax_minor = sum(each.tax_minor for each in lines)
    invoice.total_minor = invoice.subtotal_minor + invoice.tax_minor
    if is_tax_missing is None:
        is_tax_missing = any(each["code"] == ReviewCode.tax_missing for each in invoice.review)
    review_draft(session, invoice, lines, is_tax_missing=is_tax_missing)
    if edited_by is not None:
        invoice.edited_by = edited_by
    invoice.version += 1
    invoice.updated_at = clock.now()
    session.flush()


def review_draft(
    session: Session, invoice: Invoice, lines: Sequence[InvoiceLine], *, is_tax_missing: bool
) -> None:
    """Store why a person must look at the draft, and how many have to agree; reasons from its making stay."""
    profile = session.get(BillingProfile, invoice.tenant_id)
    is_changed = invoice.kind != InvoiceKind.one_off and any(is_by_hand(each.derivation) for each in lines)
    facts = ReviewFacts(
        total=Money(invoice.total_minor, invoice.currency),
        is_first=_is_first(session, invoice),
        last_minor=last_total_of(session, invoice),
        is_change=invoice.kind == InvoiceKind.change,
        is_edited=is_changed,
        is_tax_missing=is_tax_missing,
        policy=ReviewPolicy(profile.review_policy) if profile else ReviewPolicy.by_rule,
    )
    reasons = review_reasons(facts, read_limits(get_settings().invoice_approval_limit))
    kept = [each for each in invoice.review if each["code"] in LASTING]
    records: list[dict[str, Any]] = [*kept, *(each.record() for each in reasons)]
    invoice.review = records
    invoice.approvals_needed = max(approvals_needed(reasons), ONE_PERSON if kept else NOBODY)


def last_total_of(session: Session, invoice: Invoice) -> int | None:
    """Total of the last invoice of a period of the same subscription, None where there is nothing to compare."""
    found = last_invoice_of(session, invoice)
    return found.total_minor if found else None


def last_invoice_of(session: Session, invoice: Invoice) -> Invoice | None:
    """The last issued invoice of a period of the same subscription and currency."""
    if invoice.kind != InvoiceKind.period or invoice.subscription_id is None:
        return None
    statement = (
        select(Invoice)
        .where(Invoice.subscription_id == invoice.subscription_id, Invoice.kind == InvoiceKind.period)
        .where(Invoice.currency == invoice.currency, Invoice.id != invoice.id)
        .where(col(Invoice.status).not_in([*UNISSUED, InvoiceStatus.void]))
        .order_by(col(Invoice.issued_on).desc(), col(Invoice.id).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def _is_first(session: Session, invoice: Invoice) -> bool:
    statement = (
        select(Invoice.id)
        .where(Invoice.tenant_id == invoice.tenant_id, Invoice.id != invoice.id)
        .where(col(Invoice.status).not_in(UNISSUED))
        # The index on customer and date finds one at once.
        .where(Invoice.issued_on >= date.min)
        .limit(1)
    )
    return session.exec(statement).first() is None
