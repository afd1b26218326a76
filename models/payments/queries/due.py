"""What the worker looks for: charges and refunds nobody has heard of for too long, and whose something is."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing import Invoice
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission
from models.payments.tables import (
    LIVE,
    Charge,
    MethodStatus,
    PaymentAccount,
    PaymentMethod,
    RefundTransfer,
    TransferStatus,
)


@dataclass(frozen=True, slots=True)
class DueCharge:
    """A live charge to look after; the ids at Stripe are "" where it has none."""

    id: UUID
    status: str
    vendor_payment_id: str
    vendor_page_id: str


def list_due_charges(session: Session, actor: Actor, *, limit: int) -> list[DueCharge]:
    """Live charges whose time to be looked after has come, longest waiting first."""
    actor.ensure(Permission.payments_charge)
    statement = (
        select(Charge.id, Charge.status, Charge.vendor_payment_id, Charge.vendor_page_id)
        .where(col(Charge.status).in_(LIVE), col(Charge.check_at) <= clock.now())
        .order_by(col(Charge.check_at))
        .limit(limit)
    )
    return [
        DueCharge(each, status, payment or "", page or "")
        for each, status, payment, page in session.exec(statement)
    ]


def list_due_refunds(session: Session, actor: Actor, *, limit: int) -> list[tuple[UUID, str]]:
    """Refunds to look after with their id at Stripe, "" where it has none."""
    actor.ensure(Permission.payments_refund)
    waiting = (TransferStatus.requested, TransferStatus.sent, TransferStatus.pending)
    statement = (
        select(RefundTransfer.id, RefundTransfer.vendor_id)
        .where(col(RefundTransfer.status).in_(waiting), col(RefundTransfer.check_at) <= clock.now())
        .order_by(col(RefundTransfer.check_at))
        .limit(limit)
    )
    return [(each, vendor_id or "") for each, vendor_id in session.exec(statement)]


def get_account_id(session: Session, actor: Actor, tenant_id: UUID) -> str:
    """The customer's id at Stripe, "" where there is none."""
    actor.ensure(Permission.payment_methods_read)
    account = session.get(PaymentAccount, tenant_id)
    return account.vendor_id if account and account.deleted_at is None else ""


def find_tenant_of_account(session: Session, actor: Actor, vendor_id: str) -> UUID | None:
    """Whose account at Stripe this is; None where it is not ours."""
    actor.ensure(Permission.payment_methods_read)
    return session.exec(select(PaymentAccount.tenant_id).where(PaymentAccount.vendor_id == vendor_id)).first()


def find_transfer(session: Session, actor: Actor, *, vendor_id: str, key: str) -> UUID | None:
    """The refund of ours behind one at Stripe, by its id or by the key it was made with."""
    actor.ensure(Permission.payments_refund)
    known = session.exec(select(RefundTransfer.id).where(RefundTransfer.vendor_id == vendor_id)).first()
    if known is not None or not key.startswith("refund-"):
        return known
    try:
        claimed = UUID(key.removeprefix("refund-"))
    except ValueError:
        return None
    return session.exec(select(RefundTransfer.id).where(RefundTransfer.id == claimed)).first()


def wants_automatic_charge(session: Session, actor: Actor, invoice_id: UUID) -> bool:
    """Whether the invoice's customer has agreed to be charged and has a method that works."""
    actor.ensure(Permission.payments_charge)
    statement = (
        select(PaymentMethod.id)
        .join(PaymentAccount, col(PaymentAccount.tenant_id) == PaymentMethod.tenant_id)
        .join(Invoice, col(Invoice.tenant_id) == PaymentMethod.tenant_id)
        .where(
            Invoice.id == invoice_id,
            PaymentMethod.status == MethodStatus.usable,
            col(PaymentAccount.is_automatic),
            col(PaymentAccount.deleted_at).is_(None),
        )
    )
    return session.exec(statement).first() is not None
