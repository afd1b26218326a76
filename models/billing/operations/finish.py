"""What follows a stored draft: a person looks at it, or it is issued at once."""

from sqlmodel import Session

from models.billing import events
from models.billing.errors import NumberingFailed
from models.billing.operations.draft_totals import lines_of, review_draft
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.issue import issue_invoice
from models.billing.rules.invoice_plan import InvoicePlan
from models.billing.rules.review import ReviewFacts, review_reasons
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.tax import TaxTreatment
from models.billing.tables import FailedStep, Invoice, InvoiceKind, InvoiceStatus, ReviewPolicy
from models.kernel.actor import Actor
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.settings import get_settings
from models.limits import read_limits


def needs_review(s: Snapshot, plan: InvoicePlan) -> bool:
    """Whether a person must look at the invoice of a plan before it is issued."""
    facts = ReviewFacts(
        total=Money(plan.total_minor, plan.currency),
        is_first=s.is_first_invoice,
        last_minor=s.last_total_minor,
        is_change=plan.kind is InvoiceKind.change,
        is_tax_missing=plan.treatment is TaxTreatment.missing,
        policy=ReviewPolicy.always if s.is_always_reviewed else ReviewPolicy.by_rule,
    )
    return bool(review_reasons(facts, read_limits(get_settings().invoice_approval_limit)))


def finish_draft(session: Session, actor: Actor, invoice: Invoice) -> bool:
    """Issue a routine draft; leave one with reasons for review, or with a failed step. Whether it was issued."""
    is_failed = invoice.status == InvoiceStatus.generating
    review_draft(session, invoice, lines_of(session, invoice), is_tax_missing=is_failed)
    if not is_failed and not invoice.review and issue_or_name_step(session, actor, invoice):
        return True
    session.flush()
    record_event(
        session,
        actor,
        events.INVOICE_DRAFTED,
        invoice_subject(invoice),
        after={
            "number": invoice.number,
            "status": invoice.status,
            "currency": invoice.currency,
            "total_minor": invoice.total_minor,
            "approvals_needed": invoice.approvals_needed,
            "review": [each["sentence"] for each in invoice.review],
            "failed_step": invoice.failed_step,
        },
    )
    return False


def issue_or_name_step(session: Session, actor: Actor, invoice: Invoice) -> bool:
    """Issue a draft nobody looks at; where the series gives no number it is left unfinished at that step."""
    try:
        with session.begin_nested():
            issue_invoice(session, actor, invoice)
    except NumberingFailed as error:
        invoice.status = InvoiceStatus.generating
        invoice.failed_step, invoice.failure = FailedStep.number, error.sentence
        return False
    return True
