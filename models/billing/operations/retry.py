"""Invoices whose making failed at a step: the step is tried again, the earlier ones are not repeated."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.draft_totals import lines_of, recount
from models.billing.operations.finish import issue_or_name_step
from models.billing.operations.invoice_store import missing_tax
from models.billing.operations.invoices import invoice_subject
from models.billing.queries.tax_context import get_tax_context
from models.billing.rules.tax import Taxable, TaxTreatment
from models.billing.tables import FailedStep, Invoice, InvoiceLine, InvoiceStatus, Plan, Price, TaxBehavior
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import record_event
from models.kernel.permissions import Permission


def retry_step(session: Session, actor: Actor, *, invoice_id: UUID) -> Invoice:
    """Try the failed step of an invoice again: it becomes a draft or, after its number, is issued; or keeps the new failure.

    Raises Conflict where no step has failed.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_approve)
    if invoice.status != InvoiceStatus.generating:
        raise Conflict("invoice.nothing_failed", "No step of this invoice has failed. Reload to see it.")
    before = {"status": invoice.status, "failed_step": invoice.failed_step, "failure": invoice.failure}
    STEPS[FailedStep(invoice.failed_step)](session, actor, invoice)
    invoice.updated_at = clock.now()
    session.flush()
    record_event(
        session,
        actor,
        events.INVOICE_RETRIED,
        invoice_subject(invoice),
        before=before,
        after={
            "status": invoice.status,
            "failed_step": invoice.failed_step,
            "failure": invoice.failure,
            "total_minor": invoice.total_minor,
            "currency": invoice.currency,
        },
    )
    return invoice


def _tax(session: Session, _actor: Actor, invoice: Invoice) -> None:
    """Tax every line anew, as of the day and on the amount it was to be taxed at first."""
    lines = lines_of(session, invoice)
    context = get_tax_context(session, invoice.tenant_id, invoice.legal_entity)
    result = context.tax([_taxable(session, invoice, each) for each in lines])
    if result.treatment is TaxTreatment.missing:
        invoice.failure = missing_tax(context.party)
        return
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
    _go_on(invoice)
    recount(session, invoice, edited_by=None, is_tax_missing=False)


def _number(session: Session, actor: Actor, invoice: Invoice) -> None:
    """Issue the draft that only lacked a number."""
    _go_on(invoice)
    session.flush()
    issue_or_name_step(session, actor, invoice)


def _go_on(invoice: Invoice) -> None:
    invoice.status, invoice.failed_step, invoice.failure = InvoiceStatus.draft, FailedStep.none, ""


def _taxable(session: Session, invoice: Invoice, line: InvoiceLine) -> Taxable:
    record = line.derivation
    on = date.fromisoformat(record["tax_on"]) if "tax_on" in record else invoice.issued_on
    is_inclusive = record.get("tax_behavior") == TaxBehavior.inclusive
    contained = line.tax_minor if is_inclusive else 0
    return Taxable(line.amount_minor + contained, _tax_code(session, line), is_inclusive, on)


def _tax_code(session: Session, line: InvoiceLine) -> str:
    if "tax_code" in line.derivation:
        return str(line.derivation["tax_code"])
    price_id = line.derivation.get("price_id")
    statement = select(Plan.tax_code).join(Price).where(Price.id == UUID(price_id)) if price_id else None
    found = session.exec(statement).first() if statement is not None else None
    return found or "standard"


STEPS: Mapping[FailedStep, Callable[[Session, Actor, Invoice], None]] = {
    FailedStep.tax: _tax,
    FailedStep.number: _number,
}
