"""One charge with its round, and what collects an invoice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col

from models.accounts import get_scoped
from models.billing import Invoice, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.permissions import Permission
from models.payments.queries.charge_rows import ChargeRow, build_charge_row, charge_statement
from models.payments.queries.disputes import DisputeRow, find_dispute_of
from models.payments.queries.methods import MethodRow, list_methods_of
from models.payments.queries.refunds import RefundRow, build_refund_row, refund_statement
from models.payments.rules.whose_move import Mover, advice_for
from models.payments.tables import LIVE, Charge, ChargeStatus, MethodStatus, PaymentAccount, RefundTransfer

NOTHING_DUE = "Nothing is due, so nothing is charged."


@dataclass(frozen=True, slots=True)
class ChargeDetail:
    """A charge: the attempts of its round oldest first, what went back, its dispute, and its ids at Stripe.

    `key` is the idempotency key under which it was sent. `advice` says what to do after a decline, else "".
    `payment_method_id` is None for a payment page that was not used.
    """

    row: ChargeRow
    attempts: tuple[ChargeRow, ...]
    refunds: tuple[RefundRow, ...]
    dispute: DisputeRow | None
    advice: str
    key: str
    send_count: int
    sent_at: datetime | None
    check_at: datetime | None
    vendor_payment_id: str
    vendor_page_id: str
    page_expires_at: datetime | None
    payment_method_id: UUID | None
    left_minor: int


@dataclass(frozen=True, slots=True)
class Collection:
    """How an invoice is being collected: its charges newest first, and what stands in the way of another.

    `under_way` is the charge that must end first. `needs_customer`: the customer has to act, as the newest charge says.
    """

    charges: tuple[ChargeRow, ...]
    methods: tuple[MethodRow, ...]
    under_way: ChargeRow | None
    needs_customer: ChargeRow | None
    is_automatic: bool
    is_owed: bool
    refusal: str


def get_charge(session: Session, actor: Actor, charge_id: UUID) -> ChargeDetail:
    """One charge; NotFound out of reach."""
    found = session.execute(
        charge_statement(actor).add_columns(Charge).where(col(Charge.id) == charge_id)
    ).first()
    if found is None:
        raise NotFound("charge", charge_id)
    row, charge = build_charge_row(found), found.Charge
    round_of = charge_statement(actor).where(col(Charge.round_id) == charge.round_id).order_by(col(Charge.id))
    back = refund_statement(actor).where(col(RefundTransfer.charge_id) == charge_id)
    return ChargeDetail(
        row,
        tuple(build_charge_row(each) for each in session.execute(round_of)),
        tuple(
            build_refund_row(each) for each in session.execute(back.order_by(col(RefundTransfer.id).desc()))
        ),
        find_dispute_of(session, actor, charge_id),
        advice_for(charge.decline_class, charge.decline_code),
        "" if charge.vendor_page_id else f"charge-{charge.id}",
        charge.send_count,
        charge.sent_at,
        charge.check_at,
        charge.vendor_payment_id or "",
        charge.vendor_page_id or "",
        charge.page_expires_at,
        charge.payment_method_id,
        row.amount_minor - row.refunded_minor if charge.status == ChargeStatus.succeeded else 0,
    )


def get_collection(session: Session, actor: Actor, invoice_id: UUID) -> Collection:
    """How this invoice is collected; methods only for those who may see them."""
    statement = (
        charge_statement(actor).where(col(Charge.invoice_id) == invoice_id).order_by(col(Charge.id).desc())
    )
    charges = tuple(build_charge_row(each) for each in session.execute(statement))
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.payments_read)
    may_see = actor.may(Permission.payment_methods_read)
    methods = tuple(list_methods_of(session, actor, invoice.tenant_id)) if may_see else ()
    account = session.get(PaymentAccount, invoice.tenant_id)
    has_account = account is not None and account.deleted_at is None
    under_way = next((each for each in charges if each.status in LIVE), None)
    waiting = charges[0] if charges and charges[0].move is Mover.customer else None
    return Collection(
        charges,
        methods,
        under_way,
        waiting,
        has_account and account is not None and account.is_automatic,
        is_owed(invoice),
        _why_not_charge(invoice, under_way, methods if has_account else ()),
    )


def is_owed(invoice: Invoice) -> bool:
    """Whether the invoice asks for money."""
    return invoice.status == InvoiceStatus.open and invoice.due_minor > 0


def _why_not_charge(invoice: Invoice, under_way: ChargeRow | None, methods: tuple[MethodRow, ...]) -> str:
    if not is_owed(invoice):
        return NOTHING_DUE
    if under_way is not None:
        return "It is being collected already. Wait for that to end; nothing is charged twice."
    if not any(each.status == MethodStatus.usable for each in methods):
        return "The customer has no method that can be charged. Send the payment link."
    return ""
