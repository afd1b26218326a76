"""Ending an invoice for whoever asked: voiding it, with a draft in its place or without, and writing it off."""

from sqlmodel import Session

from models.accounts import get_scoped
from models.approvals.operations.orders import VoidOrder, WriteOffOrder
from models.approvals.rules.shown import Fact, Shown
from models.billing import (
    Invoice,
    invoice_subject,
    preview_reissue,
    preview_void,
    preview_write_off,
    reissue_invoice,
    void_invoice,
    write_off_invoice,
)
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction


def show_void(session: Session, actor: Actor, order: VoidOrder) -> Shown:
    """What voiding would do now."""
    preview = preview_void(session, actor, invoice_id=order.invoice_id)
    invoice = get_scoped(session, actor, Invoice, order.invoice_id, Permission.invoices_void)
    zero = Money(0, invoice.currency)
    facts = [
        Fact("Status", invoice.status, "void"),
        Fact("Total", preview.worth, zero),
        Fact("Due", preview.no_longer_due, zero),
    ]
    if preview.to_balance.minor:
        facts.append(Fact("Back to the balance", None, preview.to_balance))
    if preview.coupon_uses:
        facts.append(Fact("Coupon periods given back", None, str(preview.coupon_uses)))
    if preview.waiting_lines:
        facts.append(Fact("Lines that wait for the next invoice", None, str(preview.waiting_lines)))
    if order.is_reissued:
        draft = preview_reissue(session, actor, invoice_id=order.invoice_id)
        facts.append(Fact("Draft in its place", None, draft.total))
    return Shown(
        invoice_subject(invoice),
        invoice.tenant_id,
        preview.worth,
        {LimitedAction.void: preview.worth},
        tuple(facts),
        preview.token,
        "Every line is reversed and the number stays used. It cannot be undone.",
    )


def void(session: Session, actor: Actor, order: VoidOrder, token: str) -> object:
    """Void it as shown."""
    carry_out = reissue_invoice if order.is_reissued else void_invoice
    return carry_out(session, actor, invoice_id=order.invoice_id, reason=order.reason, token=token)


def show_write_off(session: Session, actor: Actor, order: WriteOffOrder) -> Shown:
    """What writing off would do now."""
    preview = preview_write_off(session, actor, invoice_id=order.invoice_id)
    invoice = get_scoped(session, actor, Invoice, order.invoice_id, Permission.invoices_write_off)
    return Shown(
        invoice_subject(invoice),
        invoice.tenant_id,
        preview.lost,
        {LimitedAction.write_off: preview.lost},
        (
            Fact("Status", invoice.status, "written off"),
            Fact("Due", preview.lost, Money(0, preview.lost.currency)),
            Fact("Due on", invoice.due_on.isoformat(), invoice.due_on.isoformat()),
        ),
        preview.token,
        "The money is no longer expected. Reopen takes it back, and so does a payment that arrives.",
    )


def write_off(session: Session, actor: Actor, order: WriteOffOrder, token: str) -> object:
    """Write it off as shown."""
    return write_off_invoice(
        session, actor, invoice_id=order.invoice_id, reason=order.reason, note=order.note, token=token
    )


def reason_of_write_off(order: WriteOffOrder) -> str:
    """The word of the list and the note, as they stand on the timeline."""
    words = order.reason.replace("_", " ").capitalize()
    return f"{words}: {order.note}" if order.note.strip() else words
