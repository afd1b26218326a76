"""Giving something back for whoever asked: a credit note, a refund through its charge, balance."""

from sqlmodel import Session

from models.accounts import Tenant, get_scoped
from models.approvals.operations.orders import BalanceOrder, ChargeRefundOrder, CreditOrder
from models.approvals.rules.shown import Fact, Shown
from models.billing import (
    Invoice,
    adjust_balance,
    invoice_subject,
    issue_credit_note,
    preview_adjustment,
    preview_credit_note,
)
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction
from models.payments import preview_refund, refund_charge


def show_credit(session: Session, actor: Actor, order: CreditOrder) -> Shown:
    """What the credit note would do now."""
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
        invoice_subject(invoice),
        invoice.tenant_id,
        preview.total,
        preview.weights,
        tuple(facts),
        preview.token,
        f"A credit note of {preview.total.format()}. It can be voided while no money has left for it.",
    )


def credit(session: Session, actor: Actor, order: CreditOrder, token: str) -> object:
    """Issue it as shown."""
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


def show_adjustment(session: Session, actor: Actor, order: BalanceOrder) -> Shown:
    """What the adjustment would do now."""
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


def adjust(session: Session, actor: Actor, order: BalanceOrder, token: str) -> object:
    """Adjust the balance as shown."""
    return adjust_balance(
        session,
        actor,
        tenant_id=order.tenant_id,
        amount=order.amount,
        currency=order.currency,
        reason=order.reason,
        token=token,
    )


def show_refund(session: Session, actor: Actor, order: ChargeRefundOrder) -> Shown:
    """What the refund would do now."""
    preview = preview_refund(session, actor, charge_id=order.charge_id, amount=order.amount)
    credit, amount = preview.credit, preview.amount
    invoice = get_scoped(session, actor, Invoice, credit.invoice_id, Permission.payments_refund)
    facts = [
        Fact("Left of the charge", preview.left, preview.left - amount),
        Fact("Credited of this invoice", credit.credited, credit.credited + amount),
        Fact("Tax given back", None, credit.tax),
        Fact("Refunded", credit.refunded, credit.refunded + amount),
    ]
    if preview.repeats:
        facts.append(Fact("Look twice", None, preview.repeats))
    return Shown(
        invoice_subject(invoice),
        invoice.tenant_id,
        amount,
        preview.weights,
        tuple(facts),
        preview.token,
        f"A credit note of {amount.format()}, which goes back through the charge it came with.",
    )


def refund(session: Session, actor: Actor, order: ChargeRefundOrder, token: str) -> object:
    """Refund as shown: the credit note at once, the money by the worker."""
    return refund_charge(
        session,
        actor,
        charge_id=order.charge_id,
        amount=order.amount,
        reason=order.reason,
        request_key=order.request_key,
        token=token,
    )
