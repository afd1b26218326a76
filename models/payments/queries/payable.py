"""What a customer sees who comes through a link."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from models.accounts import Tenant
from models.billing import Invoice, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments.tables import LIVE, Charge, ChargeCause, PaymentAccount


@dataclass(frozen=True, slots=True)
class Payable:
    """One invoice for the eyes of its customer; `is_under_way`: money for it is being collected another way."""

    number: str
    customer: str
    locale: str
    status: str
    due: Money
    is_under_way: bool


def get_payable(session: Session, actor: Actor, invoice_id: UUID) -> Payable:
    """The invoice of a payment link; NotFound where there is none."""
    actor.ensure(Permission.payments_charge)
    row = session.exec(
        select(Invoice, Tenant)
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .where(Invoice.id == invoice_id)
    ).first()
    if row is None:
        raise NotFound("invoice", invoice_id)
    invoice, tenant = row
    under_way = session.exec(
        select(Charge.id).where(
            Charge.invoice_id == invoice_id, col(Charge.status).in_(LIVE), Charge.cause != ChargeCause.link
        )
    ).first()
    return Payable(
        invoice.number,
        tenant.name,
        tenant.locale,
        invoice.status,
        Money(max(invoice.due_minor, 0), invoice.currency),
        under_way is not None,
    )


@dataclass(frozen=True, slots=True)
class MethodOwner:
    """A customer who adds a payment method."""

    tenant_id: UUID
    name: str
    email: str
    locale: str
    currency: str


def get_method_owner(session: Session, actor: Actor, tenant_id: UUID) -> MethodOwner:
    """The customer of a link to add a method; NotFound where there is none."""
    actor.ensure(Permission.payment_methods_write)
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound("tenant", tenant_id)
    return _owner(tenant)


def list_without_account(session: Session, actor: Actor, *, limit: int) -> list[MethodOwner]:
    """Customers with open invoices and no account at Stripe, who owe longest first."""
    actor.ensure(Permission.payment_methods_write)
    statement = (
        select(Tenant)
        .join(Invoice, col(Invoice.tenant_id) == Tenant.id)
        .outerjoin(PaymentAccount, col(PaymentAccount.tenant_id) == Tenant.id)
        .where(Invoice.status == InvoiceStatus.open, col(PaymentAccount.tenant_id).is_(None))
        .group_by(col(Tenant.id))
        .order_by(func.min(Invoice.due_on), col(Tenant.id))
        .limit(limit)
    )
    return [_owner(each) for each in session.exec(statement)]


def _owner(tenant: Tenant) -> MethodOwner:
    return MethodOwner(tenant.id, tenant.name, tenant.email, tenant.locale, tenant.currency)
