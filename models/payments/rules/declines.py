"""What a bank's refusal means for the next step: codes as data, each with a class and a sentence people understand.

Sources: Stripe's decline codes (docs.stripe.com/declines/codes), its advice codes (docs.stripe.com/declines/card) and
the failure codes of debits (docs.stripe.com/payments/ach-direct-debit, …/sepa-debit). The classes are our judgement.
"""

from dataclasses import dataclass
from enum import StrEnum


class DeclineClass(StrEnum):
    """What to do after a decline.

    `try_later`: the same method may work another day. `new_method`: only the customer can help, by confirming,
    correcting or replacing the method. `stop`: trying again is forbidden or suspicious, a person decides.
    """

    try_later = "try_later"
    new_method = "new_method"
    stop = "stop"


@dataclass(frozen=True, slots=True)
class Decline:
    """A reason to refuse; the sentence is for our staff, and for customers only where `is_told_to_customer`.

    Stripe asks not to tell a payer that a card is reported lost, stolen or fraudulent.
    """

    code: str
    decline_class: DeclineClass
    sentence: str
    is_told_to_customer: bool = True


_TRY_LATER = {
    "approve_with_id": "The bank could not approve it this time and gave no reason.",
    "call_issuer": "The bank refused and wants the customer to call.",
    "card_velocity_exceeded": "The card's limit for this period is used up.",
    "charge_exceeds_source_limit": "The account's debit limit for this week is used up.",
    "charge_exceeds_transaction_limit": "The amount is above what may be debited at once.",
    "could_not_process": "The bank could not carry out the debit.",
    "do_not_honor": "The bank refused without a reason.",
    "generic_could_not_process": "The bank could not carry out the debit.",
    "generic_decline": "The bank refused without a reason.",
    "insufficient_funds": "There is not enough money on the account.",
    "issuer_not_available": "The customer's bank could not be reached.",
    "no_action_taken": "The bank did nothing with the request.",
    "processing_error": "Something went wrong on the way to the bank.",
    "reenter_transaction": "The bank could not process it for an unknown reason.",
    "service_not_allowed": "The bank refused without a reason.",
    "try_again_later": "The bank refused for now and asks for another try later.",
    "withdrawal_count_limit_exceeded": "The account's limit for this period is used up.",
}
_NEW_METHOD = {
    "account_closed": "The bank account is closed.",
    "account_frozen": "The bank account is frozen.",
    "authentication_required": "The bank wants the customer to confirm the payment.",
    "bank_account_restricted": "The bank account does not allow debits.",
    "bank_ownership_changed": "The account moved to another bank.",
    "card_not_supported": "The card cannot be used for this kind of purchase.",
    "currency_not_supported": "The card cannot pay in this currency.",
    "duplicate_transaction": "The bank takes it for a payment that was made a moment ago.",
    "expired_card": "The card has expired.",
    "incorrect_account_holder_name": "The account holder's name is wrong.",
    "incorrect_address": "The billing address is wrong.",
    "incorrect_cvc": "The card's security code is wrong.",
    "incorrect_number": "The card number is wrong.",
    "incorrect_pin": "The PIN is wrong.",
    "incorrect_zip": "The postal code is wrong.",
    "invalid_account": "The card or its account is not valid.",
    "invalid_account_number": "The account number is wrong.",
    "invalid_amount": "The bank does not allow this amount.",
    "invalid_cvc": "The card's security code is wrong.",
    "invalid_expiry_month": "The card's expiry month is wrong.",
    "invalid_expiry_year": "The card's expiry year is wrong.",
    "invalid_number": "The card number is wrong.",
    "invalid_pin": "The PIN is wrong.",
    "mobile_device_authentication_required": "The bank wants the customer to confirm on the phone.",
    "new_account_information_available": "The customer has a newer card of the same account.",
    "no_account": "The bank does not find the account.",
    "not_permitted": "The bank does not permit this payment.",
    "offline_pin_required": "The bank wants a PIN.",
    "online_or_offline_pin_required": "The bank wants a PIN.",
    "payment_intent_authentication_failure": "The customer did not confirm the payment with the bank.",
    "pin_try_exceeded": "The PIN was entered wrong too often.",
    "refer_to_customer": "The bank asks to settle it with the customer.",
    "setup_intent_authentication_failure": "The customer did not confirm the card with the bank.",
    "testmode_decline": "A test card cannot pay real money.",
    "transaction_not_allowed": "The card does not allow this payment.",
}
_STOP = {
    "debit_not_authorized": "The customer did not authorise debits, or took it back.",
    "do_not_try_again": "The bank refused for good and forbids another try.",
    "revocation_of_all_authorizations": "The customer told the bank to stop all our payments.",
    "revocation_of_authorization": "The customer told the bank to stop this payment.",
    "stop_payment_order": "The customer told the bank to stop this payment.",
}
# A payer who is not the owner would learn too much.
_STOP_UNTOLD = {
    "fraudulent": "The bank or Stripe suspects fraud.",
    "highest_risk_level": "Stripe blocked the payment as too risky.",
    "lost_card": "The card is reported lost.",
    "merchant_blacklist": "The payment is on our block list at Stripe.",
    "pickup_card": "The card is blocked and may be lost or stolen.",
    "restricted_card": "The card is blocked and may be lost or stolen.",
    "security_violation": "The bank refused for security reasons.",
    "stolen_card": "The card is reported stolen.",
}

HARDENING_ADVICE = frozenset(("confirm_card_data", "do_not_try_again"))

DECLINES: dict[str, Decline] = {
    code: Decline(code, decline_class, sentence, is_told_to_customer=is_told)
    for decline_class, sentences, is_told in (
        (DeclineClass.try_later, _TRY_LATER, True),
        (DeclineClass.new_method, _NEW_METHOD, True),
        (DeclineClass.stop, _STOP, True),
        (DeclineClass.stop, _STOP_UNTOLD, False),
    )
    for code, sentence in sentences.items()
}


def read_decline(reason: str, *, advice: str = "") -> Decline:
    """What a decline's reason means, the bank's advice included.

    An unknown reason may be tried later. Advice only hardens: what could be tried later needs the customer where
    the bank says `do_not_try_again` or `confirm_card_data`.
    """
    found = DECLINES.get(reason) or Decline(
        reason,
        DeclineClass.try_later,
        f"The bank refused: {reason.replace('_', ' ')}." if reason else "The bank refused without a reason.",
    )
    if found.decline_class is DeclineClass.try_later and advice in HARDENING_ADVICE:
        return Decline(reason, DeclineClass.new_method, found.sentence)
    return found
