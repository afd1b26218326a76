"""Giving money back through the charge it came with: the credit note and the transfer in one step."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import get_scoped
from models.billing import (
    CreditNote,
    CreditPreview,
    CreditWish,
    Invoice,
    SettlementText,
    invoice_subject,
    issue_credit_note,
    preview_credit_note,
)
from models.integrations.stripe import RefundStatus, VendorRefund
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import EventType, record_event
from models.kernel.locking import lock_row
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction
from models.payments import events
from models.payments.operations.charges import lock_charge
from models.payments.tables import Charge, ChargeStatus, RefundTransfer, TransferStatus

LEASE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
# Stripe replays a key's answer for 24 hours, errors too: what is not there after an hour never will be.
GIVE_UP_AFTER = timedelta(hours=1)
# A refund that waits at the bank is looked at once a day should the webhook be lost.
LOOK_AGAIN = timedelta(days=1)
RECENTLY = timedelta(hours=24)
CHANNEL = "card"


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """The credit note and refund that would be made; `left` is the most this charge can still give back.

    `repeats` names an equal refund of the last 24 hours, else "".
    """

    credit: CreditPreview
    amount: Money
    left: Money
    repeats: str
    token: str

    @property
    def weights(self) -> dict[LimitedAction, Money]:
        """What counts against which limit: all that the invoice's credit notes took, with this."""
        credited, refunded = self.credit.credited + self.amount, self.credit.refunded + self.amount
        return {LimitedAction.credit: credited, LimitedAction.refund: refunded}


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What is to be sent to Stripe; where it `is_repeat`, look for it first, and where it `is_last`, only that."""

    transfer_id: UUID
    key: str
    vendor_payment_id: str
    amount: Money
    is_repeat: bool
    is_last: bool


def preview_refund(session: Session, actor: Actor, *, charge_id: UUID, amount: str) -> RefundPreview:
    """What `refund_charge` would do now; Conflict for a charge that brought nothing, Invalid beyond what is left."""
    charge = get_scoped(session, actor, Charge, charge_id, Permission.payments_refund)
    money = _amount(session, charge, amount)
    credit = preview_credit_note(
        session, actor, invoice_id=charge.invoice_id, wish=CreditWish(total=str(money.decimal))
    )
    return RefundPreview(
        credit, money, _left(session, charge), _repeats(session, charge, money), credit.token
    )


def refund_charge(
    session: Session,
    actor: Actor,
    *,
    charge_id: UUID,
    amount: str,
    reason: str,
    request_key: str,
    token: str = "",
) -> RefundTransfer:
    """Issue the credit note and ask Stripe to give the money back; what the customer owes does not change.

    `amount` is text in the major unit, at most what the charge brought and has not given back. The same
    `request_key` twice is one refund. With a preview's `token` it is exactly what was previewed, or refused.
    Raises ApprovalNeeded above what one person may credit or refund of an invoice alone.
    """
    charge = get_scoped(session, actor, Charge, charge_id, Permission.payments_refund)
    _, charge = lock_charge(session, charge.id)
    known = session.exec(
        select(RefundTransfer).join(CreditNote).where(CreditNote.request_key == request_key)
    ).first()
    if known is not None:
        return known
    money = _amount(session, charge, amount)
    plain = str(money.decimal)
    note = issue_credit_note(
        session,
        actor,
        invoice_id=charge.invoice_id,
        wish=CreditWish(total=plain),
        settlement=SettlementText(refund=plain, channel=CHANNEL, reference=charge.vendor_payment_id or ""),
        reason=reason,
        request_key=request_key,
        token=token,
    )
    return _request(session, actor, charge, note, money.minor)


def claim_refund(session: Session, actor: Actor, *, transfer_id: UUID) -> RefundOrder | None:
    """Take the refund for sending or for asking again; None where that is not its turn."""
    actor.ensure(Permission.payments_refund)
    transfer = lock_row(session, RefundTransfer, transfer_id)
    now = clock.now()
    is_first = transfer.status == TransferStatus.requested
    if not is_first and (transfer.status != TransferStatus.sent or (transfer.check_at or now) > now):
        return None
    charge = session.get_one(Charge, transfer.charge_id)
    transfer.status, transfer.sent_at = TransferStatus.sent, transfer.sent_at or now
    transfer.check_at, transfer.updated_at = now + LEASE, now
    return RefundOrder(
        transfer.id,
        f"refund-{transfer.id}",
        charge.vendor_payment_id or "",
        Money(transfer.amount_minor, transfer.currency),
        is_repeat=not is_first,
        is_last=now - transfer.sent_at > GIVE_UP_AFTER,
    )


def retry_refund(session: Session, actor: Actor, *, transfer_id: UUID) -> RefundTransfer:
    """Send a refund that failed once more, under a new key: the first one is known not to have arrived."""
    failed = get_scoped(session, actor, RefundTransfer, transfer_id, Permission.payments_refund)
    failed = lock_row(session, RefundTransfer, failed.id)
    if failed.status != TransferStatus.failed:
        raise Conflict(
            "refund.not_failed", f"This refund is {failed.status}. Only one that failed is sent again."
        )
    again = session.exec(
        select(RefundTransfer).where(
            RefundTransfer.credit_note_id == failed.credit_note_id, RefundTransfer.id > failed.id
        )
    ).first()
    if again is not None:
        return again
    charge = session.get_one(Charge, failed.charge_id)
    note = session.get_one(CreditNote, failed.credit_note_id)
    return _request(session, actor, charge, note, failed.amount_minor)


def apply_refund_state(session: Session, actor: Actor, *, transfer_id: UUID, found: VendorRefund) -> None:
    """Move the refund to what it is at Stripe now; a success may still turn into a failure, never back."""
    actor.ensure(Permission.payments_refund)
    transfer = lock_row(session, RefundTransfer, transfer_id)
    transfer.vendor_id = found.id
    transfer.updated_at = clock.now()
    if transfer.status == TransferStatus.failed:
        return
    match found.status:
        case RefundStatus.succeeded if transfer.status != TransferStatus.succeeded:
            _finish(transfer, TransferStatus.succeeded, "")
            _record(session, actor, events.REFUND_SUCCEEDED, transfer)
        case RefundStatus.failed | RefundStatus.cancelled:
            fail_transfer(
                session,
                actor,
                transfer,
                f"The bank sent it back: {found.failure_reason or 'no reason given'}.",
            )
        case RefundStatus.pending | RefundStatus.needs_action if transfer.status != TransferStatus.succeeded:
            transfer.status = TransferStatus.pending
            transfer.check_at = clock.now() + LOOK_AGAIN
        case _:
            return


def fail_refund(session: Session, actor: Actor, *, transfer_id: UUID, sentence: str) -> None:
    """End the refund for a definite refusal; the credit note stands and the money is still to be given back."""
    actor.ensure(Permission.payments_refund)
    fail_transfer(session, actor, lock_row(session, RefundTransfer, transfer_id), sentence)


def note_refund_unknown(session: Session, actor: Actor, *, transfer_id: UUID, sentence: str) -> None:
    """Nobody knows yet what became of the call: the same one is made again, later and later."""
    actor.ensure(Permission.payments_refund)
    transfer = lock_row(session, RefundTransfer, transfer_id)
    if transfer.status != TransferStatus.sent:
        return
    waited = clock.now() - (transfer.sent_at or clock.now())
    transfer.sentence = sentence
    transfer.check_at = clock.now() + min(max(waited, timedelta(seconds=30)), LONGEST_PAUSE)


def fail_transfer(session: Session, actor: Actor, transfer: RefundTransfer, sentence: str) -> None:
    """The locked refund did not arrive."""
    if transfer.status == TransferStatus.failed:
        return
    _finish(transfer, TransferStatus.failed, sentence)
    _record(session, actor, events.REFUND_FAILED, transfer, sentence=sentence)


def _request(
    session: Session, actor: Actor, charge: Charge, note: CreditNote, amount_minor: int
) -> RefundTransfer:
    transfer = RefundTransfer(
        tenant_id=charge.tenant_id,
        invoice_id=charge.invoice_id,
        charge_id=charge.id,
        credit_note_id=note.id,
        currency=charge.currency,
        amount_minor=amount_minor,
        check_at=clock.now() + LEASE,
    )
    session.add(transfer)
    session.flush()
    _record(session, actor, events.REFUND_REQUESTED, transfer, reason=note.reason, credit_note=note.number)
    return transfer


def _finish(transfer: RefundTransfer, status: TransferStatus, sentence: str) -> None:
    transfer.status, transfer.sentence = status, sentence
    transfer.finished_at = transfer.updated_at = clock.now()
    transfer.check_at = None


def _amount(session: Session, charge: Charge, text: str) -> Money:
    if charge.status != ChargeStatus.succeeded:
        raise Conflict(
            "refund.nothing_charged",
            f"This charge is {charge.status} and brought no money. Nothing can go back.",
        )
    left = _left(session, charge)
    money = Money.parse(text, charge.currency)
    if not 0 < money.minor <= left.minor:
        raise Invalid(
            "refund.out_of_range",
            f"Refund more than zero and at most the {left.format()} that are left of this charge.",
            field="amount",
        )
    return money


def _left(session: Session, charge: Charge) -> Money:
    statement = select(RefundTransfer.amount_minor).where(
        RefundTransfer.charge_id == charge.id, RefundTransfer.status != TransferStatus.failed
    )
    ours = sum(session.exec(statement).all())
    return Money(charge.amount_minor - max(ours, charge.refunded_minor), charge.currency)


def _repeats(session: Session, charge: Charge, money: Money) -> str:
    statement = select(RefundTransfer.created_at).where(
        RefundTransfer.charge_id == charge.id,
        RefundTransfer.amount_minor == money.minor,
        RefundTransfer.status != TransferStatus.failed,
        RefundTransfer.created_at > clock.now() - RECENTLY,
    )
    earlier = session.exec(statement).first()
    return f"The same amount was refunded at {earlier:%H:%M} UTC already." if earlier else ""


def _record(
    session: Session,
    actor: Actor,
    event: EventType,
    transfer: RefundTransfer,
    *,
    reason: str = "",
    **more: object,
) -> None:
    record_event(
        session,
        actor,
        event,
        invoice_subject(session.get_one(Invoice, transfer.invoice_id)),
        reason=reason,
        after={
            "amount_minor": transfer.amount_minor,
            "currency": transfer.currency,
            "charge_id": str(transfer.charge_id),
            "transfer_id": str(transfer.id),
            **more,
        },
    )
