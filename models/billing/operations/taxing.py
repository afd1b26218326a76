"""Taxing the lines of an unissued invoice anew, each as of the day it was taxed at first."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, select

from models.billing.operations.invoice_store import missing_tax
from models.billing.queries.tax_context import get_tax_context
from models.billing.rules.tax import Taxable, TaxTreatment
from models.billing.tables import Invoice, InvoiceLine, LineKind, Plan, Price, TaxBehavior


def tax_again(session: Session, invoice: Invoice, lines: Sequence[InvoiceLine], *, billed_on: date) -> str:
    """Give each line and the invoice's note the tax of today's customer details; `billed_on` is when they were drafted first.

    Returns why that failed, and leaves the lines as they are then; empty where it did not.
    """
    context = get_tax_context(session, invoice.tenant_id, invoice.legal_entity)
    result = context.tax([_taxable(session, each, billed_on) for each in lines])
    if result.treatment is TaxTreatment.missing:
        return missing_tax(context.party)
    for line, taxed in zip(lines, result.lines, strict=True):
        line.taxes = [each.record() for each in taxed.shares]
        line.amount_minor, line.tax_minor = taxed.net_minor, taxed.tax_minor
        line.derivation = {
            **line.derivation,
            "taxes": line.taxes,
            "tax_treatment": result.treatment.value,
            "tax_note": result.note,
            "line_minor": taxed.net_minor,
            "tax_minor": taxed.tax_minor,
        }
    invoice.tax_note = result.note
    return ""


def _taxable(session: Session, line: InvoiceLine, billed_on: date) -> Taxable:
    is_inclusive = line.derivation.get("tax_behavior") == TaxBehavior.inclusive
    contained = line.tax_minor if is_inclusive else 0
    day = _tax_day(line, billed_on)
    return Taxable(line.amount_minor + contained, _tax_code(session, line), is_inclusive, day)


def _tax_day(line: InvoiceLine, billed_on: date) -> date:
    """As stored where it cannot be told; else the last day of what was billed at its end, or the first ahead."""
    if "tax_on" in line.derivation:
        return date.fromisoformat(line.derivation["tax_on"])
    if line.kind == LineKind.one_off:
        return billed_on
    last = line.period_until_on - timedelta(days=1)
    is_arrears = line.kind in {LineKind.recurring, LineKind.elapsed} and billed_on > last
    return last if is_arrears else line.period_start_on


def _tax_code(session: Session, line: InvoiceLine) -> str:
    """Of the line itself, else of the price it was made from, whatever a person changed since."""
    original = line.derivation.get("original", {}).get("derivation", {})
    record = {**original, **line.derivation}
    if "tax_code" in record:
        return str(record["tax_code"])
    if not record.get("price_id"):
        return "standard"
    price_id = UUID(record["price_id"])
    return session.scalar(select(Plan.tax_code).join(Price).where(Price.id == price_id)) or "standard"
