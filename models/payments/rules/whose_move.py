"""Whose move a charge is: ours, the customer's, the bank's, or nobody's any more."""

from enum import StrEnum

from models.payments.rules.declines import DeclineClass
from models.payments.tables import ChargeStatus


class Mover(StrEnum):
    """Who has to do something before the money arrives; `nobody` where it came, was given up or tried again."""

    us = "us"
    customer = "customer"
    bank = "bank"
    nobody = "nobody"


_UNDER_WAY = {
    ChargeStatus.requested: Mover.us,
    ChargeStatus.sent: Mover.bank,
    ChargeStatus.needs_action: Mover.customer,
    ChargeStatus.processing: Mover.bank,
}


def whose_move(
    status: ChargeStatus, decline_class: str, *, is_unknown: bool, is_last: bool, is_owed: bool
) -> Mover:
    """Who moves next.

    `is_unknown`: it was sent and nobody knows what became of it. `is_last`: no later charge of the same invoice
    took its place. `is_owed`: the invoice still asks for money.

    >>> whose_move(ChargeStatus.failed, "new_method", is_unknown=False, is_last=True, is_owed=True).value
    'customer'
    """
    if status is not ChargeStatus.failed:
        return Mover.us if is_unknown else _UNDER_WAY.get(status, Mover.nobody)
    if not (is_last and is_owed):
        return Mover.nobody
    return Mover.customer if decline_class == DeclineClass.new_method else Mover.us


ADVICE = {
    DeclineClass.try_later: "Charge again another day: the same method may work then.",
    DeclineClass.new_method: "Ask the customer: send the payment link, where they confirm, correct or replace it.",
    DeclineClass.stop: "Do not charge it again. Speak with the customer about another way to pay.",
}
CLASSES = {
    DeclineClass.try_later: "Try later",
    DeclineClass.new_method: "Ask the customer",
    DeclineClass.stop: "Never again",
}


def advice_for(decline_class: str, decline_code: str) -> str:
    """What to do after a decline, "" where there was none.

    >>> advice_for("new_method", "authentication_required")
    'Send the payment link: the customer confirms with the bank there (3-D Secure).'
    """
    if decline_code == "authentication_required":
        return "Send the payment link: the customer confirms with the bank there (3-D Secure)."
    return ADVICE[DeclineClass(decline_class)] if decline_class else ""
