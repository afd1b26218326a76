"""Disputes: what a payer's bank takes back, mirrored from Stripe, and our answer."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import get_scoped
from models.billing import Invoice, invoice_subject
from models.integrations.stripe import DisputeStatus, VendorDispute
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import record_event
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.rules.dispute_status import why_not_answer
from models.payments.tables import Charge, Dispute

# Stripe's names of the texts that help most, and what they are called here.
EVIDENCE: Mapping[str, str] = {
    "product_description": "What was sold",
    "service_date": "When it was used",
    "access_activity_log": "How the customer used it",
    "cancellation_rebuttal": "Why it was not cancelled",
    "refund_refusal_explanation": "Why nothing is refunded",
    "uncategorized_text": "Anything else",
}
LONGEST_TEXT = 20_000  # Stripe's limit for one text; all together 150,000.
# The order in which a dispute moves; the last three are final.
_RANK = {
    DisputeStatus.warning_needs_response: 0,
    DisputeStatus.warning_under_review: 1,
    DisputeStatus.needs_response: 2,
    DisputeStatus.under_review: 3,
    DisputeStatus.prevented: 4,
    DisputeStatus.warning_closed: 4,
    DisputeStatus.won: 4,
    DisputeStatus.lost: 4,
}


def apply_dispute_state(session: Session, actor: Actor, *, found: VendorDispute) -> Dispute | None:
    """Open or move on the dispute as it is at Stripe now; None where its payment is not ours."""
    actor.ensure(Permission.disputes_write)
    charge = session.exec(select(Charge).where(Charge.vendor_payment_id == found.payment_id)).first()
    if charge is None:
        return None
    lock_row(session, Charge, charge.id)
    invoice = session.get_one(Invoice, charge.invoice_id)
    dispute = session.exec(select(Dispute).where(Dispute.vendor_id == found.id)).first()
    if dispute is None:
        dispute = Dispute(
            tenant_id=charge.tenant_id,
            invoice_id=charge.invoice_id,
            charge_id=charge.id,
            vendor_id=found.id,
            status=found.status,
            reason=found.reason,
            currency=found.currency,
            amount_minor=found.amount_minor,
            evidence_due_at=found.evidence_due_at,
            opened_at=found.created_at,
        )
        session.add(dispute)
        session.flush()
        due = found.evidence_due_at.isoformat() if found.evidence_due_at else ""
        record_event(
            session,
            actor,
            events.DISPUTE_OPENED,
            invoice_subject(invoice),
            after={
                "amount_minor": found.amount_minor,
                "currency": found.currency,
                "reason": found.reason,
                "evidence_due_at": due,
            },
        )
    elif _RANK[found.status] > _RANK[DisputeStatus(dispute.status)]:
        _move(session, actor, invoice, dispute, found)
    return dispute


def keep_evidence(
    session: Session, actor: Actor, *, dispute_id: UUID, evidence: Mapping[str, str]
) -> Dispute:
    """Keep the texts of an answer until it is sent; Conflict where the bank takes none any more."""
    dispute = get_scoped(session, actor, Dispute, dispute_id, Permission.disputes_write)
    dispute = lock_row(session, Dispute, dispute.id)
    ensure_answerable(dispute)
    unknown = set(evidence) - set(EVIDENCE)
    if unknown or any(len(text) > LONGEST_TEXT for text in evidence.values()):
        raise Invalid(
            "dispute.evidence_unusable",
            f"Each text has at most {LONGEST_TEXT:,} characters. Shorten it and save again.",
            field=next(iter(unknown), "uncategorized_text"),
        )
    dispute.evidence = {name: text.strip() for name, text in evidence.items() if text.strip()}
    dispute.updated_at = clock.now()
    return dispute


def record_answer(session: Session, actor: Actor, *, dispute_id: UUID, found: VendorDispute) -> None:
    """The answer has been given to the bank."""
    actor.ensure(Permission.disputes_write)
    dispute = lock_row(session, Dispute, dispute_id)
    dispute.submitted_at = dispute.submitted_at or clock.now()
    record_event(
        session,
        actor,
        events.DISPUTE_ANSWERED,
        invoice_subject(session.get_one(Invoice, dispute.invoice_id)),
        after={"evidence": sorted(dispute.evidence), "is_final": True},
    )
    apply_dispute_state(session, actor, found=found)


def get_open_dispute(session: Session, actor: Actor, *, dispute_id: UUID) -> Dispute:
    """The dispute that can still be answered or accepted; Conflict where the bank has closed it."""
    dispute = get_scoped(session, actor, Dispute, dispute_id, Permission.disputes_write)
    ensure_answerable(dispute)
    return dispute


def ensure_answerable(dispute: Dispute) -> None:
    """Refuse to answer a dispute that is decided, answered or past its deadline."""
    why_not = why_not_answer(dispute.status, dispute.submitted_at, dispute.evidence_due_at, clock.now())
    if why_not:
        raise Conflict("dispute.closed", f"{why_not} Look at the dispute for how it goes on.")


def _move(session: Session, actor: Actor, invoice: Invoice, dispute: Dispute, found: VendorDispute) -> None:
    before = dispute.status
    dispute.status, dispute.evidence_due_at = found.status, found.evidence_due_at
    dispute.amount_minor, dispute.updated_at = found.amount_minor, clock.now()
    record_event(
        session,
        actor,
        events.DISPUTE_CHANGED,
        invoice_subject(invoice),
        before={"status": before},
        after={"status": dispute.status, "amount_minor": dispute.amount_minor, "currency": dispute.currency},
    )
