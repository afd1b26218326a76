"""Changing the lines of a draft by hand: each with a reason, the engine's original kept, totals and tax following."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import lock_scoped
from models.billing import events
from models.billing.operations.draft_totals import lines_of, recount
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.reasons import ensure_reason
from models.billing.queries.tax_context import get_tax_context
from models.billing.rules.hand_lines import (
    DROPPED,
    EDITED,
    ONE_OFF,
    HandAmount,
    compute_hand_amount,
    ensure_description,
    retax,
)
from models.billing.rules.invoice_status import why_not_edit
from models.billing.rules.tax import Taxable, TaxResult, TaxTreatment
from models.billing.tables import Invoice, InvoiceLine, InvoiceStatus, LineKind
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.locking import ensure_version
from models.kernel.money import Money
from models.kernel.permissions import Permission

MAX_LINES = 200
KEPT = (
    "description",
    "quantity",
    "unit_amount_minor",
    "discount_minor",
    "amount_minor",
    "tax_minor",
    "taxes",
)


@dataclass(frozen=True, slots=True)
class LineText:
    """A line as people type it; the unit price is text in the major unit, without tax, and may be negative."""

    description: str
    quantity: str
    unit_amount: str
    tax_code: str = "standard"


def edit_draft_line(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    line_id: UUID,
    line: LineText,
    reason: str,
    version: int | None = None,
) -> Invoice:
    """Change a line; the same tax rates hold for its new amount, and earlier approvals no longer count."""
    invoice, found = _lock(session, actor, invoice_id, line_id, version)
    text, before = ensure_reason(reason), found.amount_minor
    description, quantity = ensure_description(line.description), read_quantity(line.quantity)
    original = _original(found)
    amount = compute_hand_amount(
        EDITED if original else ONE_OFF,
        quantity=quantity,
        unit_amount_minor=Money.parse(line.unit_amount, invoice.currency).minor,
        reason=text,
        by=actor.name,
        **original,
    )
    found.description, found.quantity = description, quantity
    found.unit_amount_minor, found.discount_minor = amount.unit_amount_minor, 0
    _settle(found, amount.amount_minor, amount.derivation)
    _done(session, actor, invoice, text, found.description, before, found.amount_minor)
    return invoice


def add_draft_line(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    line: LineText,
    reason: str,
    version: int | None = None,
) -> Invoice:
    """Add a line with the tax its code has for this customer today."""
    invoice, _ = _lock(session, actor, invoice_id, None, version)
    text, lines = ensure_reason(reason), lines_of(session, invoice)
    if len(lines) >= MAX_LINES:
        raise Invalid("line.too_many", f"A draft has at most {MAX_LINES} lines. Make a second invoice.")
    added = InvoiceLine(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        position=max((each.position for each in lines), default=0) + 1,
        kind=LineKind.one_off,
        description=ensure_description(line.description),
        quantity=read_quantity(line.quantity),
        unit_amount_minor=Money.parse(line.unit_amount, invoice.currency).minor,
        amount_minor=0,
        currency=invoice.currency,
        period_start_on=invoice.period_start_on,
        period_until_on=invoice.period_until_on,
    )
    amount = compute_hand_amount(
        ONE_OFF,
        quantity=added.quantity,
        unit_amount_minor=added.unit_amount_minor,
        reason=text,
        by=actor.name,
        tax_code=line.tax_code,
    )
    result = _tax_new(session, invoice, added, line.tax_code, amount)
    session.add(added)
    is_missing = True if result.treatment is TaxTreatment.missing else None
    _done(session, actor, invoice, text, added.description, 0, added.amount_minor, is_tax_missing=is_missing)
    return invoice


def _tax_new(
    session: Session, invoice: Invoice, line: InvoiceLine, tax_code: str, amount: HandAmount
) -> TaxResult:
    """Give a new line its amount with the tax of its code."""
    item = Taxable(amount.amount_minor, tax_code, is_inclusive=False, on=invoice.issued_on)
    result = get_tax_context(session, invoice.tenant_id, invoice.legal_entity).tax([item])
    line.taxes = [each.record() for each in result.lines[0].shares]
    _settle(line, amount.amount_minor, {**amount.derivation, "tax_treatment": result.treatment.value})
    return result


def drop_draft_line(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    line_id: UUID,
    reason: str,
    version: int | None = None,
) -> Invoice:
    """Take a line out: one of the engine's stays, struck through at zero, and one by hand goes."""
    invoice, found = _lock(session, actor, invoice_id, line_id, version)
    text, before, description = ensure_reason(reason), found.amount_minor, found.description
    original = _original(found)
    if not original:
        session.delete(found)
    else:
        derivation = {"kind": DROPPED, "reason": text, "by": actor.name, "amount_minor": 0, **original}
        found.unit_amount_minor = found.discount_minor = 0
        _settle(found, 0, derivation)
    _done(session, actor, invoice, text, description, before, 0)
    return invoice


def restore_draft_line(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    line_id: UUID,
    reason: str,
    version: int | None = None,
) -> Invoice:
    """Bring back the engine's original of a line that was changed or dropped."""
    invoice, found = _lock(session, actor, invoice_id, line_id, version)
    original = found.derivation.get("original")
    if original is None:
        raise Conflict("line.not_changed", "This line is as the engine made it. Nothing is left to do.")
    text, before = ensure_reason(reason), found.amount_minor
    for name in KEPT:
        setattr(found, name, original[name])
    found.derivation = original["derivation"]
    _done(session, actor, invoice, text, found.description, before, found.amount_minor)
    return invoice


def read_quantity(text: str) -> int:
    """A whole number as people type it; fractions and anything else are refused."""
    plain = text.strip().replace(",", "")
    if not (plain.isascii() and plain.isdigit()) or len(plain) > len("1000000"):
        raise Invalid(
            "line.quantity_unreadable", "A quantity is a whole number from 1 to 1,000,000.", field="quantity"
        )
    return int(plain)


def _lock(
    session: Session, actor: Actor, invoice_id: UUID, line_id: UUID | None, version: int | None
) -> tuple[Invoice, Any]:
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_create)
    refusal = why_not_edit(InvoiceStatus(invoice.status))
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)
    ensure_version(version, invoice.version, "draft")
    if line_id is None:
        return invoice, None
    line = session.get(InvoiceLine, line_id)
    if line is None or line.invoice_id != invoice.id:
        raise NotFound("invoice_line", line_id)
    return invoice, line


def _original(line: InvoiceLine) -> dict[str, Any]:
    """What the engine made of the line, whatever was changed since; nothing for a line by hand."""
    if "original" in line.derivation:
        return {"original": line.derivation["original"]}
    if "by" in line.derivation:
        return {}
    return {"original": {**{name: getattr(line, name) for name in KEPT}, "derivation": line.derivation}}


def _settle(line: InvoiceLine, amount_minor: int, derivation: dict[str, Any]) -> None:
    """The line's new amount with its tax."""
    line.amount_minor = amount_minor
    line.taxes = retax(line.taxes, amount_minor)
    line.tax_minor = sum(each["tax_minor"] for each in line.taxes)
    line.derivation = {**derivation, "tax_behavior": "exclusive", "taxes": line.taxes}


def _done(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    reason: str,
    description: str,
    before: int,
    after: int,
    *,
    is_tax_missing: bool | None = None,
) -> None:
    total = invoice.total_minor
    recount(session, invoice, edited_by=actor.id, is_tax_missing=is_tax_missing)
    record_event(
        session,
        actor,
        events.INVOICE_EDITED,
        invoice_subject(invoice),
        reason=reason,
        before={"amount_minor": before, "total_minor": total, "currency": invoice.currency},
        after={
            "line": description,
            "amount_minor": after,
            "total_minor": invoice.total_minor,
            "currency": invoice.currency,
        },
    )
