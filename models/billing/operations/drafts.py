"""Drafts: people look at them, approve or hold them back; the last yes issues the invoice."""

from uuid import UUID

from sqlmodel import Session, func, select

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.issue import issue_invoice
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.invoice_status import why_not_approve, why_not_hold
from models.billing.tables import Invoice, InvoiceApproval, InvoiceStatus
from models.kernel import clock
from models.kernel.actor import Actor, ActorKind
from models.kernel.errors import Conflict, Forbidden
from models.kernel.events import record_event
from models.kernel.locking import ensure_version
from models.kernel.permissions import Permission


def approve_invoice(
    session: Session, actor: Actor, *, invoice_id: UUID, version: int | None = None
) -> Invoice:
    """Say yes to a draft as it stands; with enough people's yes it is issued in the same unit of work.

    Each person counts once for a version of the draft, and an edit makes earlier yeses void. With `version` the
    draft must still be the one that was looked at. Refused: a draft that is held or not finished, the person who
    last edited it, anybody's second yes.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_approve)
    person = _ensure_approvable(session, actor, invoice, version)
    session.add(
        InvoiceApproval(
            tenant_id=invoice.tenant_id,
            invoice_id=invoice.id,
            staff_id=person,
            invoice_version=invoice.version,
            approved_at=clock.now(),
        )
    )
    session.flush()
    count = approvals_of(session, invoice)
    record_event(
        session,
        actor,
        events.INVOICE_APPROVED,
        invoice_subject(invoice),
        after={
            "approvals": count,
            "approvals_needed": max(invoice.approvals_needed, 1),
            "version": invoice.version,
        },
    )
    return issue_invoice(session, actor, invoice) if count >= invoice.approvals_needed else invoice


def hold_invoice(session: Session, actor: Actor, *, invoice_id: UUID, reason: str) -> Invoice:
    """Hold a draft back: nobody issues it until it is released. Its approvals stay."""
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_approve)
    refusal = why_not_hold(InvoiceStatus(invoice.status), invoice.held_reason)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    invoice.held_reason = ensure_reason(reason)
    invoice.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.INVOICE_HELD,
        invoice_subject(invoice),
        reason=invoice.held_reason,
        after={"held_reason": invoice.held_reason},
    )
    return invoice


def release_invoice(session: Session, actor: Actor, *, invoice_id: UUID, reason: str = "") -> Invoice:
    """Let a held draft go on; it can be approved again."""
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_approve)
    if not invoice.held_reason:
        raise Conflict("invoice.not_held", "This draft is not held. Nothing is left to do.")
    before, invoice.held_reason = invoice.held_reason, ""
    invoice.updated_at = clock.now()
    record_event(
        session,
        actor,
        events.INVOICE_RELEASED,
        invoice_subject(invoice),
        reason=" ".join(reason.split()),
        before={"held_reason": before},
        after={"held_reason": ""},
    )
    return invoice


def approvals_of(session: Session, invoice: Invoice, staff_id: UUID | None = None) -> int:
    """How many people have said yes to the draft as it stands; with `staff_id`, whether this one has."""
    statement = (
        select(func.count())
        .select_from(InvoiceApproval)
        .where(InvoiceApproval.invoice_id == invoice.id, InvoiceApproval.invoice_version == invoice.version)
    )
    if staff_id is not None:
        statement = statement.where(InvoiceApproval.staff_id == staff_id)
    return session.exec(statement).one()


def _ensure_approvable(session: Session, actor: Actor, invoice: Invoice, version: int | None) -> UUID:
    refusal = why_not_approve(InvoiceStatus(invoice.status), invoice.held_reason)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    ensure_version(version, invoice.version, "draft")
    person = _person(actor)
    if invoice.edited_by == person:
        raise Forbidden(
            "invoice.own_edit",
            "You changed this draft last, so somebody else approves it. Ask a colleague of finance.",
        )
    if approvals_of(session, invoice, person):
        raise Conflict(
            "invoice.approved_by_you",
            "You have approved this draft already. It waits for a second person.",
        )
    return person


def _person(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.user or actor.id is None:
        raise Forbidden(
            "invoice.approver_not_a_person", "Drafts are approved by people. Sign in and approve it there."
        )
    return actor.id
