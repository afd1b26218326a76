"""Invoices: voiding them, with everything they took given back."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select, update

from models.accounts import get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.balance import move_balance
from models.billing.operations.reasons import ensure_reason
from models.billing.rules.invoice_status import why_not_void
from models.billing.tables import (
    BalanceKind,
    Coupon,
    CouponDuration,
    Discount,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    PendingLine,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.kernel.events import Subject, record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction, ensure_alone


@dataclass(frozen=True, slots=True)
class VoidPreview:
    """What voiding will do; `token` pins the facts it was computed from, `worth` is measured against the limit."""

    number: str
    worth: Money
    no_longer_due: Money
    token: str
    to_balance: Money
    mirrored_lines: int
    coupon_uses: int
    waiting_lines: int
    keeps_number: bool


def preview_void(session: Session, actor: Actor, *, invoice_id: UUID) -> VoidPreview:
    """What `void_invoice` would do now; raises the same refusals."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_void)
    ensure_voidable(invoice)
    lines = _lines(session, invoice)
    waiting = session.exec(select(PendingLine.id).where(PendingLine.invoice_id == invoice.id)).all()
    return VoidPreview(
        invoice.number,
        _worth(invoice),
        Money(invoice.due_minor, invoice.currency),
        _token(invoice),
        Money(max(invoice.balance_minor, 0), invoice.currency),
        len(lines),
        len(_used_discounts(session, invoice, lines)),
        len(waiting),
        keeps_number=invoice.status not in {InvoiceStatus.draft, InvoiceStatus.generating},
    )


def void_invoice(
    session: Session, actor: Actor, *, invoice_id: UUID, reason: str, token: str = ""
) -> Invoice:
    """Void an invoice nothing was paid or credited on: it is no longer due, and its number stays used.

    Each line gets one that mirrors it; the balance it used, the uses of coupons and the lines that had waited
    for it are given back. Cannot be undone. With a preview's `token` the invoice must still be what the preview
    showed. Raises Conflict where it was paid or credited, is void already or has changed since; Invalid without
    a reason; ApprovalNeeded for a total above what one person may void alone.
    """
    invoice = lock_voidable(session, actor, invoice_id, token)
    text = ensure_reason(reason)
    _give_uses_back(session, invoice)
    mark_void(session, actor, invoice, text, reverse_invoice(session, invoice))
    return invoice


def lock_voidable(session: Session, actor: Actor, invoice_id: UUID, token: str) -> Invoice:
    """The invoice, locked and still as the preview of this token showed it; raises what `void_invoice` refuses."""
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.invoices_void)
    ensure_voidable(invoice)
    if token and token != _token(invoice):
        raise Conflict(
            "invoice.changed",
            f"Invoice {invoice.number} has changed since the preview. Look at the new preview first.",
        )
    ensure_alone(session, actor, LimitedAction.void, _worth(invoice), invoice.id)
    return invoice


def mark_void(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    reason: str,
    before: Mapping[str, object],
    *,
    replaced_by: str = "",
) -> None:
    """A locked invoice that is reversed already is void, on record with what stood before and what replaces it."""
    after = {name: 0 for name in before if name.endswith("_minor")}
    invoice.status = InvoiceStatus.void
    invoice.voided_at = invoice.updated_at = clock.now()
    invoice.version += 1
    record_event(
        session,
        actor,
        events.INVOICE_VOIDED,
        invoice_subject(invoice),
        reason=reason,
        before=before,
        after={
            "status": invoice.status,
            **after,
            "currency": invoice.currency,
            **({"replaced_by": replaced_by} if replaced_by else {}),
        },
    )


def invoice_subject(invoice: Invoice) -> Subject:
    """The invoice as the subject of an event."""
    return Subject("invoice", invoice.id, invoice.number, invoice.tenant_id)


def reverse_invoice(session: Session, invoice: Invoice) -> dict[str, object]:
    """Each line gets one that mirrors it, and the balance used goes back; returns what stood before."""
    before: dict[str, object] = {
        "status": invoice.status,
        "due_minor": invoice.due_minor,
        "currency": invoice.currency,
    }
    if invoice.balance_minor:
        before["balance_minor"] = invoice.balance_minor
    lines = _lines(session, invoice)
    last = max((each.position for each in lines), default=0)
    for offset, line in enumerate(lines, start=1):
        session.add(_mirror(line, last + offset))
    if invoice.balance_minor > 0:
        move_balance(
            session,
            tenant_id=invoice.tenant_id,
            change=Money(invoice.balance_minor, invoice.currency),
            kind=BalanceKind.invoice,
            invoice_id=invoice.id,
            reason=f"{invoice.number} was voided",
        )
        invoice.balance_minor = 0
    return before


def _give_uses_back(session: Session, invoice: Invoice) -> None:
    """Coupon periods count as unused again, and lines that had waited wait for the next invoice."""
    for discount, coupon in _used_discounts(session, invoice, _lines(session, invoice)):
        _return_use(discount, coupon, invoice.period_start_on)
    session.exec(update(PendingLine).where(col(PendingLine.invoice_id) == invoice.id).values(invoice_id=None))


def _mirror(line: InvoiceLine, position: int) -> InvoiceLine:
    return InvoiceLine(
        tenant_id=line.tenant_id,
        invoice_id=line.invoice_id,
        position=position,
        kind=LineKind.mirror,
        component_id=line.component_id,
        description=line.description,
        quantity=line.quantity,
        unit_amount_minor=-line.unit_amount_minor,
        discount_minor=-line.discount_minor,
        amount_minor=-line.amount_minor,
        tax_minor=-line.tax_minor,
        currency=line.currency,
        period_start_on=line.period_start_on,
        period_until_on=line.period_until_on,
        derivation={"kind": "mirror", "mirrors": str(line.id), "amount_minor": -line.amount_minor},
        mirrors_line_id=line.id,
    )


def _lines(session: Session, invoice: Invoice) -> Sequence[InvoiceLine]:
    statement = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
    return session.exec(statement.order_by(col(InvoiceLine.position))).all()


def _used_discounts(
    session: Session, invoice: Invoice, lines: Sequence[InvoiceLine]
) -> Sequence[tuple[Discount, Coupon]]:
    """Discounts of which the invoice used a period: those in the lines of the period it bills."""
    if invoice.kind != InvoiceKind.period or invoice.subscription_id is None:
        return []
    used = {
        UUID(part["coupon"])
        for each in lines
        for part in each.derivation.get("discounts", ())
        if part.get("coupon")
    }
    if not used:
        return []
    statement = (
        select(Discount, Coupon)
        .join(Coupon, col(Coupon.id) == Discount.coupon_id)
        .where(Discount.subscription_id == invoice.subscription_id, col(Discount.coupon_id).in_(used))
        .where(Discount.periods_used > 0)
    )
    return session.exec(statement).all()


def _return_use(discount: Discount, coupon: Coupon, period_start_on: date) -> None:
    discount.periods_used -= 1
    if discount.last_period_start_on == period_start_on:
        discount.last_period_start_on = None
    limit = {CouponDuration.once: 1, CouponDuration.periods: coupon.duration_periods}.get(
        CouponDuration(coupon.duration)
    )
    if limit is not None and discount.periods_used < limit:
        discount.ended_on = None
    discount.updated_at = clock.now()


def ensure_voidable(invoice: Invoice) -> None:
    """Raises Conflict for one that was paid or credited, or is void."""
    refusal = why_not_void(
        InvoiceStatus(invoice.status),
        Money(invoice.paid_minor, invoice.currency),
        Money(invoice.credited_minor, invoice.currency),
    )
    if refusal:
        raise Conflict(refusal.code, refusal.sentence, number=invoice.number)


def _worth(invoice: Invoice) -> Money:
    """What was asked for, also where nothing is due any more: a draft, or a balance that paid it."""
    return Money(abs(invoice.total_minor), invoice.currency)


def _token(invoice: Invoice) -> str:
    facts = (
        f"{invoice.id}|{invoice.version}|{invoice.status}|{invoice.due_minor}|{invoice.balance_minor}|"
        f"{invoice.currency}"
    )
    return hashlib.sha256(facts.encode()).hexdigest()
