"""Voiding an invoice and drafting another one with the same lines in its place, in one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, update

from models.accounts import get_scoped
from models.billing import events
from models.billing.operations.draft_totals import UNISSUED, lines_of, review_draft
from models.billing.operations.invoices import (
    ensure_voidable,
    invoice_subject,
    lock_voidable,
    mark_void,
    reverse_invoice,
)
from models.billing.operations.issue import today_of
from models.billing.operations.numbering import draft_number
from models.billing.operations.reasons import ensure_reason
from models.billing.operations.taxing import tax_again
from models.billing.rules.review import ReviewCode, ReviewReason
from models.billing.tables import (
    BillingProfile,
    FailedStep,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    PendingLine,
)
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission

NOT_COPIED = frozenset({"id", "invoice_id", "position", "mirrors_line_id"})


@dataclass(frozen=True, slots=True)
class ReissuePreview:
    """The draft that would stand in an invoice's place; `failure` is why its tax cannot be found."""

    lines: int
    total: Money
    was: Money
    tax_note: str
    failure: str


def preview_reissue(session: Session, actor: Actor, *, invoice_id: UUID) -> ReissuePreview:
    """What `reissue_invoice` would draft now; raises the same refusals."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_create)
    _ensure_possible(invoice)
    copy, lines = _copy(session, invoice)
    was = Money(invoice.total_minor, invoice.currency)
    return ReissuePreview(
        len(lines), Money(copy.total_minor, copy.currency), was, copy.tax_note, copy.failure
    )


def reissue_invoice(
    session: Session, actor: Actor, *, invoice_id: UUID, reason: str, token: str = ""
) -> Invoice:
    """The invoice is void, and a draft with its lines waits for review; each names the other. Returns the draft.

    Lines keep their computation and are taxed anew with the customer's details of today, as of their own days. The
    draft takes over the coupon periods and the lines that had waited; a balance that was used goes back and is used
    again at the issue. Raises what voiding does, and Conflict for a draft, whose lines can be changed.
    """
    get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_create)
    invoice = lock_voidable(session, actor, invoice_id, token)
    _ensure_possible(invoice)
    text = ensure_reason(reason)
    copy, lines = _copy(session, invoice)
    before = reverse_invoice(session, invoice)
    mark_void(session, actor, invoice, text, before, replaced_by=copy.number)
    session.flush()
    session.add(copy)
    session.flush()
    session.add_all(lines)
    session.exec(
        update(PendingLine).where(col(PendingLine.invoice_id) == invoice.id).values(invoice_id=copy.id)
    )
    session.flush()
    review_draft(session, copy, lines, is_tax_missing=bool(copy.failure))
    record_event(
        session,
        actor,
        events.INVOICE_REISSUED,
        invoice_subject(copy),
        reason=text,
        after={
            "number": copy.number,
            "replaces": invoice.number,
            "currency": copy.currency,
            "total_minor": copy.total_minor,
            "approvals_needed": copy.approvals_needed,
        },
    )
    return copy


def _ensure_possible(invoice: Invoice) -> None:
    if invoice.status in UNISSUED:
        raise Conflict(
            "invoice.reissue_of_draft",
            "A draft is not reissued. Change its lines, or void it.",
            number=invoice.number,
        )
    ensure_voidable(invoice)


def _copy(session: Session, invoice: Invoice) -> tuple[Invoice, Sequence[InvoiceLine]]:
    """The draft and its lines with their tax, not yet in the session."""
    today = today_of(session, invoice)
    profile = session.get(BillingProfile, invoice.tenant_id)
    identifier = new_id()
    sentence = f"It stands in the place of {invoice.number}, which is void."
    copy = Invoice(
        id=identifier,
        tenant_id=invoice.tenant_id,
        subscription_id=invoice.subscription_id,
        kind=invoice.kind,
        number=draft_number(identifier),
        legal_entity=profile.legal_entity if profile else invoice.legal_entity,
        status=InvoiceStatus.draft,
        currency=invoice.currency,
        subtotal_minor=0,
        total_minor=0,
        period_start_on=invoice.period_start_on,
        period_until_on=invoice.period_until_on,
        issued_on=today,
        due_on=today + (invoice.due_on - invoice.issued_on),
        memo=invoice.memo,
        review=[ReviewReason(ReviewCode.reissued, sentence, {"replaces": invoice.number}).record()],
        replaces_id=invoice.id,
    )
    kept = [each for each in lines_of(session, invoice) if _is_copied(each)]
    lines = [_line(each, copy, position) for position, each in enumerate(kept, start=1)]
    copy.failure = tax_again(session, copy, lines, billed_on=invoice.issued_on)
    if copy.failure:
        copy.status, copy.failed_step = InvoiceStatus.generating, FailedStep.tax
    copy.subtotal_minor = sum(each.amount_minor for each in lines)
    copy.tax_minor = sum(each.tax_minor for each in lines)
    copy.total_minor = copy.subtotal_minor + copy.tax_minor
    return copy, lines


def _is_copied(line: InvoiceLine) -> bool:
    return line.kind != LineKind.mirror and line.derivation.get("kind") != "dropped"


def _line(line: InvoiceLine, copy: Invoice, position: int) -> InvoiceLine:
    facts: dict[str, Any] = {
        name: getattr(line, name) for name in InvoiceLine.model_fields if name not in NOT_COPIED
    }
    return InvoiceLine(**facts, invoice_id=copy.id, position=position)
