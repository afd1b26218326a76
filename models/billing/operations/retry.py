"""Invoices whose making failed at a step: the step is tried again, the earlier ones are not repeated."""

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.draft_totals import lines_of, recount
from models.billing.operations.invoices import invoice_subject
from models.billing.queries.tax_context import get_tax_context
from models.billing.rules.tax import Taxable, TaxTreatment
from models.billing.tables import Invoice, InvoiceLine, InvoiceStatus, Plan, Price
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError
from models.kernel.events import record_event
from models.kernel.permissions import Permission

TAX = "tax"


def retry_step(session: Session, actor: Actor, *, invoice_id: UUID) -> Invoice:
    """Try the failed step of an invoice again: it becomes a draft, or keeps the new failure for people to read.

    Raises Conflict where no step has failed, or where the step is one that only a new invoice repairs.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_approve)
    if invoice.status != InvoiceStatus.generating:
        raise Conflict("invoice.nothing_failed", "No step of this invoice has failed. Reload to see it.")
    step = STEPS.get(invoice.failed_step)
    if step is None:
        raise Conflict(
            "invoice.step_not_repeatable",
            f"The step “{invoice.failed_step}” cannot be repeated alone. Void this invoice and bill again.",
        )
    before = {"status": invoice.status, "failed_step": invoice.failed_step, "failure": invoice.failure}
    try:
        step(session, invoice)
    except DomainError as error:
        invoice.failure = error.sentence
    else:
        invoice.status = InvoiceStatus.draft
        invoice.failed_step = invoice.failure = ""
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


def _tax(session: Session, invoice: Invoice) -> None:
    """Tax every line anew, on its amount without tax."""
    lines = lines_of(session, invoice)
    items = [
        Taxable(each.amount_minor, _tax_code(session, each), is_inclusive=False, on=invoice.issued_on)
        for each in lines
    ]
    result = get_tax_context(session, invoice.tenant_id, invoice.legal_entity).tax(items)
    for line, taxed in zip(lines, result.lines, strict=True):
        line.taxes = [each.record() for each in taxed.shares]
        line.tax_minor = taxed.tax_minor
        facts = {"taxes": line.taxes, "tax_treatment": result.treatment.value, "tax_note": result.note}
        line.derivation = {**line.derivation, **facts}
    invoice.tax_note = result.note
    is_missing = result.treatment is TaxTreatment.missing
    recount(session, invoice, edited_by=None, is_tax_missing=is_missing)


def _tax_code(session: Session, line: InvoiceLine) -> str:
    if "tax_code" in line.derivation:
        return str(line.derivation["tax_code"])
    price_id = line.derivation.get("price_id")
    statement = select(Plan.tax_code).join(Price).where(Price.id == UUID(price_id)) if price_id else None
    found = session.exec(statement).first() if statement is not None else None
    return found or "standard"


STEPS: Mapping[str, Callable[[Session, Invoice], None]] = {TAX: _tax}
