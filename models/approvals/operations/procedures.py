"""What can be asked for: one table of how each is previewed and carried out, by the operations that do it alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from models.accounts import Tenant, get_scoped
from models.approvals.rules.shown import Fact, Shown
from models.billing import (
    CreditWish,
    Invoice,
    SettlementText,
    adjust_balance,
    issue_credit_note,
    preview_adjustment,
    preview_credit_note,
    preview_reissue,
    preview_void,
    preview_write_off,
    reissue_invoice,
    void_invoice,
    write_off_invoice,
)
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction


@dataclass(frozen=True, slots=True)
class VoidOrder:
    """Void this invoice; where it `is_reissued` a draft with its lines stands in its place."""

    invoice_id: UUID
    reason: str
    is_reissued: bool = False


@dataclass(frozen=True, slots=True)
class WriteOffOrder:
    """Write this invoice off; `reason` is a word of `WriteOffReason`."""

    invoice_id: UUID
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """Issue this credit note; `request_key` makes it one, however often it is carried out."""

    invoice_id: UUID
    wish: CreditWish
    settlement: SettlementText
    reason: str
    request_key: str


@dataclass(frozen=True, slots=True)
class BalanceOrder:
    """Give a customer balance; `amount` as typed in the major unit."""

    tenant_id: UUID
    amount: str
    currency: str
    reason: str


Order = VoidOrder | WriteOffOrder | CreditOrder | BalanceOrder


@dataclass(frozen=True, slots=True)
class Procedure:
    """How one kind of order is previewed and carried out.

    `permission` is the operation's own: whoever asks and whoever approves hold it. `preview` and `carry_out` raise
    the operation's refusals; `carry_out` does what the token was made of, or refuses.
    """

    key: str
    label: str
    order: type[Any]
    permission: Permission
    preview: Callable[[Session, Actor, Any], Shown]
    carry_out: Callable[[Session, Actor, Any, str], object]
    reason: Callable[[Any], str]

    def record(self, order: Order) -> dict[str, Any]:
        """The order as stored."""
        stored: dict[str, Any] = TypeAdapter(self.order).dump_python(order, mode="json")
        return stored

    def read(self, stored: Mapping[str, Any]) -> Any:
        """The order as it was asked for."""
        return TypeAdapter(self.order).validate_python(stored)


def procedure_for(order: Order) -> Procedure:
    """How this order is carried out."""
    return next(each for each in PROCEDURES.values() if isinstance(order, each.order))


def _void_shown(session: Session, actor: Actor, order: VoidOrder) -> Shown:
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
        _subject(invoice),
        invoice.tenant_id,
        preview.worth,
        {LimitedAction.void: preview.worth},
        tuple(facts),
        preview.token,
        "Every line is reversed and the number stays used. It cannot be undone.",
    )


def _void(session: Session, actor: Actor, order: VoidOrder, token: str) -> object:
    carry_out = reissue_invoice if order.is_reissued else void_invoice
    return carry_out(session, actor, invoice_id=order.invoice_id, reason=order.reason, token=token)


def _write_off_shown(session: Session, actor: Actor, order: WriteOffOrder) -> Shown:
    preview = preview_write_off(session, actor, invoice_id=order.invoice_id)
    invoice = get_scoped(session, actor, Invoice, order.invoice_id, Permission.invoices_write_off)
    return Shown(
        _subject(invoice),
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


def _write_off(session: Session, actor: Actor, order: WriteOffOrder, token: str) -> object:
    return write_off_invoice(
        session, actor, invoice_id=order.invoice_id, reason=order.reason, note=order.note, token=token
    )


def _write_off_reason(order: WriteOffOrder) -> str:
    words = order.reason.replace("_", " ").capitalize()
    return f"{words}: {order.note}" if order.note.strip() else words


def _credit_shown(session: Session, actor: Actor, order: CreditOrder) -> Shown:
    preview = preview_credit_note(
        session, actor, invoice_id=order.invoice_id, wish=order.wish, settlement=order.settlement
    )
    invoice = get_scoped(session, actor, Invoice, order.invoice_id, Permission.credit_notes_create)
    currency, parts = preview.total.currency, preview.parts
    due = Money(preview.ceilings.due_minor, currency)
    facts = [
        Fact(
            f"{number}. {each.description}",
            Money(each.left_minor, currency),
            Money(each.left_minor - each.credit_minor, currency),
        )
        for number, each in enumerate(preview.lines, start=1)
        if each.credit_minor
    ]
    facts += [
        Fact("Credited of this invoice", preview.credited, preview.credited + preview.total),
        Fact("Tax given back", None, preview.tax),
        Fact("Due", due, due - Money(parts.reduced_minor, currency)),
    ]
    for label, minor in (
        ("To the balance", parts.to_balance_minor),
        ("Refunded", parts.refunded_minor),
        ("Settled outside", parts.outside_minor),
    ):
        if minor:
            facts.append(Fact(label, None, Money(minor, currency)))
    return Shown(
        _subject(invoice),
        invoice.tenant_id,
        preview.total,
        preview.weights,
        tuple(facts),
        preview.token,
        f"A credit note of {preview.total.format()}. It can be voided while no money has left for it.",
    )


def _credit(session: Session, actor: Actor, order: CreditOrder, token: str) -> object:
    return issue_credit_note(
        session,
        actor,
        invoice_id=order.invoice_id,
        wish=order.wish,
        settlement=order.settlement,
        reason=order.reason,
        request_key=order.request_key,
        token=token,
    )


def _balance_shown(session: Session, actor: Actor, order: BalanceOrder) -> Shown:
    preview = preview_adjustment(
        session, actor, tenant_id=order.tenant_id, amount=order.amount, currency=order.currency
    )
    tenant = get_scoped(session, actor, Tenant, order.tenant_id, Permission.balances_write)
    return Shown(
        Subject("tenant", tenant.id, tenant.name, tenant.id),
        tenant.id,
        preview.change,
        {LimitedAction.credit: preview.given},
        (Fact("Balance", preview.before, preview.after),),
        preview.token,
        "The next invoices take it off. Rows of the ledger never change; it is reversed by the opposite amount.",
    )


def _balance(session: Session, actor: Actor, order: BalanceOrder, token: str) -> object:
    return adjust_balance(
        session,
        actor,
        tenant_id=order.tenant_id,
        amount=order.amount,
        currency=order.currency,
        reason=order.reason,
        token=token,
    )


def _subject(invoice: Invoice) -> Subject:
    return Subject("invoice", invoice.id, invoice.number, invoice.tenant_id)


PROCEDURES: Mapping[str, Procedure] = {
    each.key: each
    for each in (
        Procedure(
            "void_invoice",
            "Void",
            VoidOrder,
            Permission.invoices_void,
            _void_shown,
            _void,
            lambda order: str(order.reason),
        ),
        Procedure(
            "write_off_invoice",
            "Write off",
            WriteOffOrder,
            Permission.invoices_write_off,
            _write_off_shown,
            _write_off,
            _write_off_reason,
        ),
        Procedure(
            "issue_credit_note",
            "Credit",
            CreditOrder,
            Permission.credit_notes_create,
            _credit_shown,
            _credit,
            lambda order: str(order.reason),
        ),
        Procedure(
            "adjust_balance",
            "Give balance to",
            BalanceOrder,
            Permission.balances_write,
            _balance_shown,
            _balance,
            lambda order: str(order.reason),
        ),
    )
}
