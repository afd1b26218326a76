"""Invoices whose making failed at a step: the step is tried again, the earlier ones are not repeated."""

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlmodel import Session

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.draft_totals import lines_of, recount
from models.billing.operations.finish import issue_or_name_step
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.taxing import tax_again
from models.billing.tables import FailedStep, Invoice, InvoiceStatus
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
    failure = tax_again(session, invoice, lines_of(session, invoice), billed_on=invoice.issued_on)
    if failure:
        invoice.failure = failure
        return
    _go_on(invoice)
    recount(session, invoice, edited_by=None, is_tax_missing=False)


def _number(session: Session, actor: Actor, invoice: Invoice) -> None:
    """Issue the draft that only lacked a number."""
    _go_on(invoice)
    session.flush()
    issue_or_name_step(session, actor, invoice)


def _go_on(invoice: Invoice) -> None:
    invoice.status, invoice.failed_step, invoice.failure = InvoiceStatus.draft, FailedStep.none, ""


STEPS: Mapping[FailedStep, Callable[[Session, Actor, Invoice], None]] = {
    FailedStep.tax: _tax,
    FailedStep.number: _number,
}
