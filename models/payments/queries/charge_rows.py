"""A charge as lists and pages show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.accounts import Tenant, scoped
from models.billing import Invoice, InvoiceStatus
from models.integrations.stripe import DisputeStatus
from models.kernel.actor import Actor
from models.kernel.permissions import Permission
from models.payments.rules.declines import DeclineClass
from models.payments.rules.method_words import method_words
from models.payments.rules.whose_move import Mover, whose_move
from models.payments.tables import (
    Charge,
    ChargeCause,
    ChargeStatus,
    Dispute,
    PaymentMethod,
    RefundTransfer,
    TransferStatus,
)

UNKNOWN = "unknown"
PAGE = "Payment page"
# A dispute in our favour leaves the money where it is.
_HARMLESS = (DisputeStatus.won, DisputeStatus.warning_closed, DisputeStatus.prevented)
_Later = aliased(Charge)


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One charge; `standing` is its status, or `unknown` while nobody knows what became of the call.

    `refunded_minor` counts what is on its way back too.
    """

    id: UUID
    tenant_id: UUID
    customer: str
    invoice_id: UUID
    number: str
    status: str
    cause: str
    currency: str
    amount_minor: int
    refunded_minor: int
    fee_minor: int | None
    fee_currency: str | None
    method_kind: str | None
    brand: str | None
    last4: str | None
    decline_code: str
    decline_class: str
    sentence: str
    created_at: datetime
    finished_at: datetime | None
    is_unknown: bool
    is_last: bool
    is_owed: bool
    is_disputed: bool

    @property
    def standing(self) -> str:
        """What its badge says."""
        return UNKNOWN if self.is_unknown else self.status

    @property
    def method(self) -> str:
        """The method as a person knows it."""
        return (
            method_words(self.method_kind, self.brand or "", self.last4 or "") if self.method_kind else PAGE
        )

    @property
    def move(self) -> Mover:
        """Whose move it is."""
        return whose_move(
            ChargeStatus(self.status),
            self.decline_class,
            is_unknown=self.is_unknown,
            is_last=self.is_last,
            is_owed=self.is_owed,
        )

    @property
    def flag(self) -> tuple[str, str]:
        """What a second badge says and its colour role, or nothing."""
        if self.is_disputed:
            return "Disputed", "bad"
        if not self.refunded_minor:
            return "", ""
        return ("Refunded" if self.refunded_minor == self.amount_minor else "Part refunded"), "neutral"


def is_unknown() -> ColumnElement[bool]:
    """It was sent, and the last call ended without an answer."""
    return and_(col(Charge.status) == ChargeStatus.sent, col(Charge.sentence) != "")


def _is_owed() -> ColumnElement[bool]:
    return col(Invoice.status) == InvoiceStatus.open


def _is_last() -> ColumnElement[bool]:
    return ~exists().where(col(_Later.invoice_id) == Charge.invoice_id, col(_Later.id) > Charge.id)


def is_move_of(mover: Mover) -> ColumnElement[bool]:
    """`whose_move` as a condition; a test holds the two together."""
    failed = and_(col(Charge.status) == ChargeStatus.failed, _is_last(), _is_owed())
    asks = col(Charge.decline_class) == DeclineClass.new_method
    match mover:
        case Mover.us:
            return or_(col(Charge.status) == ChargeStatus.requested, is_unknown(), and_(failed, ~asks))
        case Mover.customer:
            return or_(col(Charge.status) == ChargeStatus.needs_action, and_(failed, asks))
        case Mover.bank:
            waits = and_(col(Charge.status) == ChargeStatus.sent, ~is_unknown())
            return or_(waits, col(Charge.status) == ChargeStatus.processing)
        case Mover.nobody:
            return ~or_(*(is_move_of(each) for each in Mover if each is not Mover.nobody))


_refunded = (
    select(func.coalesce(func.sum(RefundTransfer.amount_minor), literal(0)))
    .where(col(RefundTransfer.charge_id) == Charge.id, col(RefundTransfer.status) != TransferStatus.failed)
    .correlate(Charge)
    .scalar_subquery()
)
_columns: tuple[Any, ...] = (
    Charge.id,
    Charge.tenant_id,
    col(Tenant.name).label("customer"),
    Charge.invoice_id,
    Invoice.number,
    Charge.status,
    Charge.cause,
    Charge.currency,
    Charge.amount_minor,
    func.greatest(Charge.refunded_minor, _refunded).label("refunded_minor"),
    Charge.fee_minor,
    Charge.fee_currency,
    col(PaymentMethod.kind).label("method_kind"),
    PaymentMethod.brand,
    PaymentMethod.last4,
    Charge.decline_code,
    Charge.decline_class,
    Charge.sentence,
    Charge.created_at,
    Charge.finished_at,
    is_unknown().label("is_unknown"),
    _is_last().label("is_last"),
    _is_owed().label("is_owed"),
    exists()
    .where(col(Dispute.charge_id) == Charge.id, col(Dispute.status).not_in(_HARMLESS))
    .label("is_disputed"),
)


def charge_statement(actor: Actor) -> Select[Any]:
    """Charges within the actor's reach."""
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == Charge.tenant_id)
        .join(Invoice, col(Invoice.id) == Charge.invoice_id)
        .outerjoin(PaymentMethod, col(PaymentMethod.id) == Charge.payment_method_id)
    )
    return scoped(statement, Charge.tenant_id, actor, Permission.payments_read)


def build_charge_row(row: Any) -> ChargeRow:
    """A row of the statement."""
    return ChargeRow(*row[: len(_columns)])


# Said of a cause on screens.
CAUSES = {
    ChargeCause.rule: "By rule, at the issue",
    ChargeCause.hand: "By hand",
    ChargeCause.dunning: "By dunning",
    ChargeCause.link: "Payment link",
    ChargeCause.fallback: "Next method",
}
