"""Plans, subscriptions and invoices with the few facts a test is about."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from sqlmodel import Session, col, delete, select

from models.accounts import Tenant
from models.billing import (
    Invoice,
    InvoiceStatus,
    Payment,
    Plan,
    Subscription,
    SubscriptionStatus,
)
from models.billing.operations.numbering import draft_number
from models.billing.tables import InvoiceLine, Price
from models.kernel import clock
from models.kernel.columns import new_id
from models.kernel.money import round_half_up
from tests.factories.accounts import make_tenant

_numbers = count(1)


def make_plan(session: Session, **facts: Any) -> Plan:
    """A plan on sale."""
    number = next(_numbers)
    plan = Plan(**{"key": f"plan-{number}", "name": f"Plan {number}", **facts})
    session.add(plan)
    session.flush()
    return plan


def make_price(session: Session, plan: Plan, currency: str = "USD") -> Price:
    """The plan's monthly price in a currency; the amount is agreed with each customer."""
    found = session.exec(select(Price).where(Price.plan_id == plan.id, Price.currency == currency)).first()
    if found is None:
        found = Price(plan_id=plan.id, currency=currency)
        session.add(found)
        session.flush()
    return found


def make_subscription(
    session: Session,
    *,
    tenant: Tenant | None = None,
    plan: Plan | None = None,
    mrr: int = 2_985,
    started_on: date = date(2026, 1, 1),
    cancelled_on: date | None = None,
    **facts: Any,
) -> Subscription:
    """A monthly subscription; cancelled where a day is given, else active."""
    tenant = tenant or make_tenant(session)
    plan = plan or make_plan(session)
    subscription = Subscription(
        **{
            "tenant_id": tenant.id,
            "plan_id": plan.id,
            "price_id": make_price(session, plan, tenant.currency).id,
            "status": SubscriptionStatus.cancelled if cancelled_on else SubscriptionStatus.active,
            "currency": tenant.currency,
            "unit_amount_minor": mrr,
            "mrr_minor": mrr,
            "started_on": started_on,
            "period_start_on": started_on,
            "period_until_on": clock.months_after(started_on, 1),
            "cancelled_on": cancelled_on,
            **facts,
        }
    )
    session.add(subscription)
    session.flush()
    return subscription


def make_invoice(
    session: Session,
    *,
    tenant: Tenant | None = None,
    status: InvoiceStatus = InvoiceStatus.open,
    total: int = 10_000,
    paid: int | None = None,
    issued_on: date = date(2026, 3, 1),
    due_on: date | None = None,
    derivation: dict[str, Any] | None = None,
    **facts: Any,
) -> Invoice:
    """An invoice of one line for the month before its issue; a paid one has its payment."""
    tenant = tenant or make_tenant(session)
    paid_minor = (total if status is InvoiceStatus.paid else 0) if paid is None else paid
    invoice = Invoice(
        **{
            "tenant_id": tenant.id,
            "number": f"INV-{issued_on.year}-{next(_numbers):06}",
            "status": status,
            "currency": tenant.currency,
            "subtotal_minor": total,
            "total_minor": total,
            "paid_minor": paid_minor,
            "period_start_on": clock.months_after(issued_on, -1),
            "period_until_on": issued_on,
            "issued_on": issued_on,
            "due_on": due_on or issued_on + timedelta(days=14),
            **facts,
        }
    )
    session.add(invoice)
    session.flush()
    _add_line(session, invoice, derivation)
    if paid_minor:
        _add_payment(session, invoice)
    return invoice


def make_draft(
    session: Session,
    *,
    amounts: Sequence[int] = (10_000,),
    tax_ppm: int = 0,
    needed: int = 0,
    tenant: Tenant | None = None,
    **facts: Any,
) -> Invoice:
    """A draft with a line an amount, taxed at one rate each, as the engine would leave it."""
    identifier = new_id()
    taxes = [round_half_up(Fraction(amount * tax_ppm, 1_000_000)) for amount in amounts]
    invoice = make_invoice(
        session,
        tenant=tenant,
        status=InvoiceStatus.draft,
        total=sum(amounts),
        paid=0,
        id=identifier,
        number=draft_number(identifier),
        **{"approvals_needed": needed, **facts},
    )
    session.exec(delete(InvoiceLine).where(col(InvoiceLine.invoice_id) == invoice.id))
    for position, (amount, tax) in enumerate(zip(amounts, taxes, strict=True), start=1):
        add_line(session, invoice, position, amount, tax, tax_ppm)
    invoice.subtotal_minor, invoice.tax_minor = sum(amounts), sum(taxes)
    invoice.total_minor = invoice.subtotal_minor + invoice.tax_minor
    session.flush()
    return invoice


def add_line(
    session: Session, invoice: Invoice, position: int, amount: int, tax: int = 0, tax_ppm: int = 0
) -> InvoiceLine:
    """One more line, with a derivation like the engine's."""
    shares = [
        {
            "rate_id": str(new_id()),
            "name": "VAT",
            "rate_ppm": tax_ppm,
            "base_minor": amount,
            "tax_minor": tax,
        }
    ]
    line = InvoiceLine(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        position=position,
        description=f"Seats {position}",
        unit_amount_minor=amount,
        amount_minor=amount,
        tax_minor=tax,
        currency=invoice.currency,
        period_start_on=invoice.period_start_on,
        period_until_on=invoice.period_until_on,
        taxes=shares if tax_ppm else [],
        derivation={"kind": "recurring", "amount_minor": amount},
    )
    session.add(line)
    session.flush()
    return line


def lines_of(session: Session, invoice: Invoice) -> list[InvoiceLine]:
    """The lines of an invoice in their order."""
    statement = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
    return list(session.exec(statement.order_by(col(InvoiceLine.position))))


def _add_line(session: Session, invoice: Invoice, derivation: dict[str, Any] | None) -> None:
    session.add(
        InvoiceLine(
            tenant_id=invoice.tenant_id,
            invoice_id=invoice.id,
            position=1,
            description="Subscription",
            unit_amount_minor=invoice.subtotal_minor,
            amount_minor=invoice.subtotal_minor,
            currency=invoice.currency,
            period_start_on=invoice.period_start_on,
            period_until_on=invoice.period_until_on,
            derivation=derivation or {},
        )
    )
    session.flush()


def _add_payment(session: Session, invoice: Invoice) -> None:
    session.add(
        Payment(
            tenant_id=invoice.tenant_id,
            invoice_id=invoice.id,
            currency=invoice.currency,
            amount_minor=invoice.paid_minor,
            received_on=invoice.issued_on,
        )
    )
    session.flush()
