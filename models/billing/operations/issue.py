"""Issuing: a draft becomes a demand with a number, a due date and the customer's balance taken off."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.accounts import Tenant
from models.billing import events
from models.billing.operations.balance import lock_balance, move_balance
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.numbering import take_invoice_numbers
from models.billing.rules.invoice_status import why_not_approve
from models.billing.tables import BalanceKind, Invoice, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, NotFound
from models.kernel.events import record_event
from models.kernel.money import Money


def issue_invoice(session: Session, actor: Actor, invoice: Invoice) -> Invoice:
    """Issue a draft that is loaded and locked, and whose approvals the caller has seen to.

    It is dated today in the customer's zone and due after the terms of the draft; the customer's balance is
    taken off, or a negative total given to it. With nothing left to pay it is paid. The number is taken last,
    because it holds the series until the transaction ends. Raises Conflict for anything but a draft that is
    not held.
    """
    refusal = why_not_approve(InvoiceStatus(invoice.status), invoice.held_reason)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    draft_number = invoice.number
    terms = invoice.due_on - invoice.issued_on
    invoice.issued_on = today_of(session, invoice)
    invoice.due_on = invoice.issued_on + max(terms, timedelta(0))
    invoice.balance_minor = _settle_with_balance(session, invoice)
    is_settled = invoice.total_minor - invoice.balance_minor == 0
    invoice.status = InvoiceStatus.paid if is_settled else InvoiceStatus.open
    invoice.paid_at = clock.now() if is_settled else None
    invoice.version += 1
    invoice.updated_at = clock.now()
    # Status and number reach the database together: what is issued changes no more.
    with session.no_autoflush:
        (invoice.number,) = take_invoice_numbers(
            session, legal_entity=invoice.legal_entity, year=invoice.issued_on.year, count=1
        )
    session.flush()
    _record(session, actor, invoice, draft_number)
    return invoice


def today_of(session: Session, invoice: Invoice) -> date:
    """The date where the customer is."""
    tenant = session.get(Tenant, invoice.tenant_id)
    if tenant is None:
        raise NotFound("tenant", invoice.tenant_id)
    return clock.now().astimezone(ZoneInfo(tenant.time_zone)).date()


def _settle_with_balance(session: Session, invoice: Invoice) -> int:
    """What the balance takes over: at most the total, and all of a negative one, which the customer is given."""
    taken = invoice.total_minor
    if taken > 0:
        taken = min(taken, lock_balance(session, invoice.tenant_id, invoice.currency))
    if taken:
        move_balance(
            session,
            tenant_id=invoice.tenant_id,
            change=Money(-taken, invoice.currency),
            kind=BalanceKind.invoice,
            invoice_id=invoice.id,
        )
    return taken


def _record(session: Session, actor: Actor, invoice: Invoice, draft_number: str) -> None:
    due = invoice.total_minor - invoice.balance_minor
    record_event(
        session,
        actor,
        events.INVOICE_ISSUED,
        invoice_subject(invoice),
        before={"status": InvoiceStatus.draft, "number": draft_number},
        after={
            "status": invoice.status,
            "number": invoice.number,
            "issued_on": invoice.issued_on.isoformat(),
            "due_on": invoice.due_on.isoformat(),
            "total_minor": invoice.total_minor,
            "balance_minor": invoice.balance_minor,
            "due_minor": due,
            "currency": invoice.currency,
        },
    )
    if due == 0:
        record_event(
            session,
            actor,
            events.INVOICE_PAID,
            invoice_subject(invoice),
            before={"status": InvoiceStatus.draft},
            after={"status": invoice.status, "paid_minor": 0, "currency": invoice.currency},
        )
