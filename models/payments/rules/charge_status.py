"""What Stripe's word on a payment makes of our attempt, whatever order the words come in."""

from collections.abc import Mapping

from models.integrations.stripe import PaymentStatus
from models.payments.tables import ChargeStatus

# An attempt only moves to a higher rank; money that came is never forgotten, so success outranks every failure.
RANK: Mapping[ChargeStatus, int] = {
    ChargeStatus.requested: 0,
    ChargeStatus.sent: 1,
    ChargeStatus.needs_action: 2,
    ChargeStatus.processing: 3,
    ChargeStatus.failed: 4,
    ChargeStatus.cancelled: 4,
    ChargeStatus.succeeded: 5,
}
_WORDS: Mapping[PaymentStatus, ChargeStatus] = {
    PaymentStatus.needs_confirmation: ChargeStatus.sent,
    PaymentStatus.needs_action: ChargeStatus.needs_action,
    PaymentStatus.needs_capture: ChargeStatus.processing,
    PaymentStatus.processing: ChargeStatus.processing,
    PaymentStatus.succeeded: ChargeStatus.succeeded,
    PaymentStatus.cancelled: ChargeStatus.cancelled,
}


def read_status(found: PaymentStatus, *, is_declined: bool, is_page_open: bool) -> ChargeStatus:
    """Our word for the payment as it stands; `is_page_open`: its customer may still try again on Stripe's page."""
    if found is PaymentStatus.needs_method:
        return ChargeStatus.failed if is_declined and not is_page_open else ChargeStatus.needs_action
    return _WORDS[found]


def may_become(current: ChargeStatus, following: ChargeStatus) -> bool:
    """Whether the attempt moves on to it; equal and lower ranks are old news.

    A debit that was being processed may fail, and a failure may turn into success where the customer paid after
    all; success is final: what comes after it is a refund or a dispute.
    """
    return RANK[following] > RANK[current]
