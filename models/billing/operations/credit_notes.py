"""Credit notes: all or part of an issued invoice is taken back, settled to the cent in up to four ways."""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import get_scoped, lock_scoped
from models.billing.operations.balance import move_balance
from models.billing.operations.credit_amounts import (
    CreditLine,
    CreditWish,
    ceilings_of,
    credit_lines,
    refunded_of,
)
from models.billing.operations.credit_note_records import record_credit_note, record_refund
from models.billing.operations.issue import today_of
from models.billing.operations.numbering import take_credit_note_number
from models.billing.operations.paid import mark_paid
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.invoice_status import why_not_credit
from models.billing.rules.settlement import Ceilings, CreditSettlement, ensure_settlement, suggest_settlement
from models.billing.tables import (
    BalanceKind,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceStatus,
    PaymentChannel,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction, ensure_alone


@dataclass(frozen=True, slots=True)
class SettlementText:
    """The four parts as typed in the major unit, and how a refund was made."""

    reduce: str = "0"
    to_balance: str = "0"
    refund: str = "0"
    outside: str = "0"
    channel: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CreditPreview:
    """The credit note that would be issued, what it may settle in which way, and a proposal; `token` pins it.

    `parts` is the settlement that was asked for, else the proposal. `credited` and `refunded` are what earlier
    credit notes took: together with this one they are measured against the limits.
    """

    invoice_id: UUID
    number: str
    lines: tuple[CreditLine, ...]
    subtotal: Money
    tax: Money
    total: Money
    ceilings: Ceilings
    proposal: CreditSettlement
    parts: CreditSettlement
    credited: Money
    refunded: Money
    token: str

    @property
    def weights(self) -> dict[LimitedAction, Money]:
        """What counts against which limit: everything credited and refunded of the invoice, with this note."""
        currency = self.total.currency
        weights = {LimitedAction.credit: self.credited + self.total}
        if self.parts.refunded_minor:
            weights[LimitedAction.refund] = self.refunded + Money(self.parts.refunded_minor, currency)
        return weights


def preview_credit_note(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    wish: CreditWish,
    settlement: SettlementText | None = None,
) -> CreditPreview:
    """What `issue_credit_note` would issue now; a wish for nothing shows what is left of each line.

    With a settlement it raises the same refusals.
    """
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.credit_notes_create)
    preview = _preview(session, invoice, wish)
    return preview if settlement is None else _settled(preview, settlement)


def issue_credit_note(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    wish: CreditWish,
    settlement: SettlementText,
    reason: str,
    request_key: str,
    token: str = "",
) -> CreditNote:
    """Take back all or part of an issued invoice; nothing of the invoice itself is changed.

    The parts of the settlement are exactly the total. The tax of part credits adds up to the tax of each line.
    The same `request_key` twice is one credit note. With a preview's `token` it is exactly what was previewed, or
    refused. Raises Invalid for more than is left of a line or of the money, Conflict for an invoice that is not
    issued, void or written off, ApprovalNeeded where all that is credited or refunded of the invoice is more than
    one person may decide alone.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.credit_notes_create)
    known = session.exec(select(CreditNote).where(CreditNote.request_key == request_key)).first()
    if known is not None:
        return _same(known, invoice)
    text = ensure_reason(reason)
    preview = _preview(session, invoice, wish)
    _ensure_as_previewed(invoice, preview, token)
    preview = _settled(preview, settlement)
    for action, weight in preview.weights.items():
        ensure_alone(session, actor, action, weight, invoice.id)
    note = _note(session, invoice, preview, request_key)
    note.reason, note.issued_by = text, actor.name
    _settle(session, actor, invoice, note)
    if note.refunded_minor:
        record_refund(session, actor, invoice, note, settlement.channel, settlement.reference)
    note.number = take_credit_note_number(
        session, legal_entity=invoice.legal_entity, year=note.issued_on.year
    )
    session.flush()
    record_credit_note(session, actor, invoice, note)
    return note


def _preview(session: Session, invoice: Invoice, wish: CreditWish) -> CreditPreview:
    currency = invoice.currency
    refusal = why_not_credit(
        InvoiceStatus(invoice.status), Money(invoice.total_minor - invoice.credited_minor, currency)
    )
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    lines = credit_lines(session, invoice, wish)
    subtotal, tax = sum(each.credit_minor for each in lines), sum(each.tax_minor for each in lines)
    ceilings = ceilings_of(session, invoice)
    proposal = suggest_settlement(max(subtotal + tax, 0), ceilings)
    left = invoice.total_minor - invoice.credited_minor
    if subtotal + tax > left:
        raise Invalid(
            "credit_note.invoice_exceeded",
            f"{Money(left, currency).format()} of this invoice is left to credit. Enter at most that.",
            field="percent",
        )
    return CreditPreview(
        invoice.id,
        invoice.number,
        lines,
        Money(subtotal, currency),
        Money(tax, currency),
        Money(subtotal + tax, currency),
        ceilings,
        proposal,
        proposal,
        Money(invoice.credited_minor, currency),
        Money(refunded_of(session, invoice), currency),
        _token(invoice, lines),
    )


def _settled(preview: CreditPreview, settlement: SettlementText) -> CreditPreview:
    """The preview with the settlement that was typed; refuses one that does not add up or cannot be paid."""
    _ensure_positive(preview)
    parts = _read(settlement, preview.total.currency)
    ensure_settlement(preview.total, parts, preview.ceilings)
    if parts.refunded_minor:
        _ensure_channel(settlement.channel)
    return replace(preview, parts=parts)


def _ensure_as_previewed(invoice: Invoice, preview: CreditPreview, token: str) -> None:
    if token and token != preview.token:
        raise Conflict(
            "credit_note.changed",
            f"Invoice {invoice.number} has changed since the preview. Look at the new preview first.",
        )


def _ensure_positive(preview: CreditPreview) -> None:
    if preview.total.minor <= 0:
        raise Invalid(
            "credit_note.not_positive",
            "A credit note takes back more than zero. Enter an amount on at least one line.",
            field="percent",
        )


def _note(session: Session, invoice: Invoice, preview: CreditPreview, request_key: str) -> CreditNote:
    parts = preview.parts
    note = CreditNote(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        # Until its number is taken, last of all.
        number=request_key,
        currency=invoice.currency,
        subtotal_minor=preview.subtotal.minor,
        tax_minor=preview.tax.minor,
        total_minor=preview.total.minor,
        reduced_minor=parts.reduced_minor,
        to_balance_minor=parts.to_balance_minor,
        refunded_minor=parts.refunded_minor,
        outside_minor=parts.outside_minor,
        reason="",
        issued_on=max(today_of(session, invoice), invoice.issued_on),
        request_key=request_key,
    )
    session.add(note)
    session.flush()
    session.add_all(
        CreditNoteLine(
            tenant_id=note.tenant_id,
            credit_note_id=note.id,
            invoice_line_id=each.line_id,
            description=each.description,
            currency=note.currency,
            amount_minor=each.credit_minor,
            tax_minor=each.tax_minor,
        )
        for each in preview.lines
        if each.credit_minor
    )
    return note


def _settle(session: Session, actor: Actor, invoice: Invoice, note: CreditNote) -> None:
    """What the note does to the invoice and the balance."""
    due = invoice.due_minor - note.reduced_minor
    invoice.credited_minor += note.total_minor
    invoice.reduced_minor += note.reduced_minor
    invoice.version += 1
    invoice.updated_at = clock.now()
    if invoice.status == InvoiceStatus.open and due == 0:
        mark_paid(session, actor, invoice)
    session.flush()
    if note.to_balance_minor:
        move_balance(
            session,
            tenant_id=note.tenant_id,
            change=Money(note.to_balance_minor, note.currency),
            kind=BalanceKind.credit_note,
            invoice_id=invoice.id,
            credit_note_id=note.id,
        )


def _same(known: CreditNote, invoice: Invoice) -> CreditNote:
    if known.invoice_id != invoice.id:
        raise Conflict(
            "credit_note.key_reused",
            "This form was sent for another invoice already. Open it anew and send it.",
        )
    return known


def _read(text: SettlementText, currency: str) -> CreditSettlement:
    def minor(typed: str) -> int:
        return Money.parse(typed or "0", currency).minor

    return CreditSettlement(
        minor(text.reduce), minor(text.to_balance), minor(text.refund), minor(text.outside)
    )


def _ensure_channel(text: str) -> None:
    if text not in set(PaymentChannel):
        raise Invalid("refund.unknown_channel", "Choose how the money was given back.", field="channel")


def _token(invoice: Invoice, lines: tuple[CreditLine, ...]) -> str:
    facts = f"{invoice.id}|{invoice.version}|{invoice.status}|{invoice.due_minor}|{invoice.credited_minor}|"
    facts += "|".join(f"{each.line_id}:{each.credit_minor}:{each.tax_minor}" for each in lines)
    return hashlib.sha256(facts.encode()).hexdigest()
