"""Pages at Stripe on which a customer pays one invoice, reached through a link that we sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant, lock_scoped
from models.billing import Invoice
from models.integrations.stripe import CheckoutStatus, VendorCheckout
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.operations.charges import (
    ensure_chargeable,
    give_up,
    lock_charge,
    record_charge,
)
from models.payments.rules.charge_status import may_become
from models.payments.tables import Charge, ChargeCause, ChargeStatus, PaymentAccount

# Stripe takes 30 minutes or more; while the page is open nothing else charges the invoice.
PAGE_LIFE = timedelta(minutes=45)
# Somebody sent to a page that closes this soon would not finish.
LEAST_LEFT = timedelta(minutes=2)
LOOK_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PageOrder:
    """What the page is to ask for; `url` is set where it is open already. `vendor_customer_id` "" makes one first."""

    charge_id: UUID
    key: str
    tenant_id: UUID
    invoice_id: UUID
    customer: str
    email: str
    vendor_customer_id: str
    number: str
    amount: Money
    until: datetime
    url: str

    @property
    def metadata(self) -> dict[str, str]:
        """By what its payment is found again at Stripe."""
        return {"charge_id": str(self.charge_id), "invoice_id": str(self.invoice_id)}


def begin_page(session: Session, actor: Actor, *, invoice_id: UUID) -> PageOrder:
    """Begin, or find again, the page on which all that is due of an invoice is paid.

    Raises Conflict where nothing is due or the invoice is being collected in another way.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.payments_charge)
    page = session.exec(
        select(Charge).where(
            Charge.invoice_id == invoice.id,
            Charge.cause == ChargeCause.link,
            Charge.status == ChargeStatus.needs_action,
            col(Charge.page_expires_at) > clock.now() + LEAST_LEFT,
            Charge.amount_minor == invoice.due_minor,
        )
    ).first()
    if page is None:
        ensure_chargeable(session, invoice)
        page = _new(session, invoice)
    tenant = session.get_one(Tenant, invoice.tenant_id)
    account = session.get(PaymentAccount, invoice.tenant_id)
    has_account = account is not None and account.deleted_at is None
    return PageOrder(
        page.id,
        f"page-{page.id}",
        tenant.id,
        invoice.id,
        tenant.name,
        tenant.email,
        account.vendor_id if account and has_account else "",
        invoice.number,
        Money(page.amount_minor, page.currency),
        page.page_expires_at or clock.now() + PAGE_LIFE,
        page.page_url,
    )


def open_page(session: Session, actor: Actor, *, charge_id: UUID, found: VendorCheckout) -> str:
    """Remember the page that Stripe made; returns its address."""
    actor.ensure(Permission.payments_charge)
    invoice, charge = lock_charge(session, charge_id)
    if charge.vendor_page_id is None:
        charge.vendor_page_id, charge.page_expires_at = found.id, found.expires_at
        charge.vendor_payment_id = charge.vendor_payment_id or found.payment_id or None
        session.flush()
        record_charge(session, actor, events.PAYMENT_LINK_OPENED, invoice, charge)
    if charge.status == ChargeStatus.needs_action:
        charge.page_url = found.url
        charge.check_at = clock.now() + LOOK_AGAIN
    return found.url


def close_page(session: Session, actor: Actor, *, charge_id: UUID, found: VendorCheckout | None) -> None:
    """A page that was looked up: where it has expired unused, the invoice can be collected in other ways again.

    `found` None: Stripe never made it.
    """
    actor.ensure(Permission.payments_charge)
    invoice, charge = lock_charge(session, charge_id)
    is_over = found is None or found.status is CheckoutStatus.expired
    if is_over and may_become(ChargeStatus(charge.status), ChargeStatus.cancelled):
        give_up(session, actor, invoice, charge, charge.sentence or "The page was left without paying.")
        charge.page_url = ""
    elif not is_over:
        charge.check_at = clock.now() + LOOK_AGAIN


def find_page(session: Session, actor: Actor, *, vendor_page_id: str) -> UUID | None:
    """The charge behind a page of Stripe, None where it is not ours."""
    actor.ensure(Permission.payments_charge)
    return session.exec(select(Charge.id).where(Charge.vendor_page_id == vendor_page_id)).first()


def _new(session: Session, invoice: Invoice) -> Charge:
    identifier = new_id()
    charge = Charge(
        id=identifier,
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        round_id=identifier,
        cause=ChargeCause.link,
        status=ChargeStatus.needs_action,
        currency=invoice.currency,
        amount_minor=invoice.due_minor,
        sent_at=clock.now(),
        page_expires_at=clock.now() + PAGE_LIFE,
        check_at=clock.now() + LOOK_AGAIN,
    )
    session.add(charge)
    session.flush()
    return charge
