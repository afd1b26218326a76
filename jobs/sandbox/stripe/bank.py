"""What the payer's bank says to a charge or to the saving of a method."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.cards import Authentication, Bank, find_method
from jobs.sandbox.stripe.store import Body

# Codes that are errors of their own at Stripe; all others are `card_declined` with the code beside it.
OWN_CODES = frozenset(
    ("expired_card", "incorrect_cvc", "incorrect_number", "incorrect_zip", "processing_error")
)
ADVICE = {
    "approve_with_id": "try_again_later",
    "do_not_try_again": "do_not_try_again",
    "expired_card": "confirm_card_data",
    "incorrect_cvc": "confirm_card_data",
    "incorrect_number": "confirm_card_data",
    "insufficient_funds": "try_again_later",
    "issuer_not_available": "try_again_later",
    "lost_card": "do_not_try_again",
    "pickup_card": "do_not_try_again",
    "processing_error": "try_again_later",
    "reenter_transaction": "try_again_later",
    "restricted_card": "do_not_try_again",
    "revocation_of_all_authorizations": "do_not_try_again",
    "revocation_of_authorization": "do_not_try_again",
    "stolen_card": "do_not_try_again",
    "stop_payment_order": "do_not_try_again",
    "try_again_later": "try_again_later",
}
MESSAGES = {
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "incorrect_zip": "Your card's postal code is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "card_not_supported": "Your card does not support this type of purchase.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}


@dataclass(frozen=True, slots=True)
class Approved:
    """Go on."""


@dataclass(frozen=True, slots=True)
class NeedsOwner:
    """The bank wants 3-D Secure, and the owner is there."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, with Stripe's code, the bank's decline code and its advice."""

    code: str
    decline_code: str
    advice: str
    message: str

    @property
    def error(self) -> dict[str, Any]:
        """As it stands in an error or in `last_payment_error`."""
        facts = {
            "advice_code": self.advice,
            "decline_code": self.decline_code,
            "code": self.code,
            "message": self.message,
        }
        docs = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        return {
            "type": "card_error",
            "doc_url": docs,
            **{name: value for name, value in facts.items() if value},
        }


Answer = Approved | NeedsOwner | Refused


def refusal(decline: str, *, advice: str = "") -> Refused:
    """A refusal with a decline code."""
    is_own = decline in OWN_CODES
    return Refused(
        code=decline if is_own or decline == "authentication_required" else "card_declined",
        decline_code="" if is_own else decline,
        advice=advice or ADVICE.get(decline, ""),
        message=MESSAGES.get(decline, "Your card was declined."),
    )


def bank_of(account: Account, method: Body) -> Bank:
    """The bank behind a method; one without a test token always says yes."""
    found = find_method(account.store.hidden(method["id"]).get("token", ""))
    return found.bank if found else Bank()


def answer_charge(account: Account, method: Body, *, is_off_session: bool, is_authenticated: bool) -> Answer:
    """What the bank says to a charge; a refusal counts towards a card that fails some times only."""
    bank = bank_of(account, method)
    if _wants_owner(account, method, bank, is_off_session=is_off_session) and not is_authenticated:
        return refusal("authentication_required") if is_off_session else NeedsOwner()
    if bank.declines and _declines_now(account, method, bank):
        return refusal(bank.declines, advice=bank.advice)
    return Approved()


def answer_saving(account: Account, method: Body, *, is_authenticated: bool) -> Answer:
    """What the bank says to the saving of a method for charges without its owner."""
    bank = bank_of(account, method)
    if bank.declines and not bank.attaches:
        return refusal(bank.declines, advice=bank.advice)
    if bank.authentication is not Authentication.never and not is_authenticated:
        return NeedsOwner()
    return Approved()


def _wants_owner(account: Account, method: Body, bank: Bank, *, is_off_session: bool) -> bool:
    match bank.authentication:
        case Authentication.always:
            return True
        case Authentication.until_saved:
            return not account.store.hidden(method["id"]).get("is_saved")
        case Authentication.on_session:
            return not is_off_session
        case _:
            return False


def _declines_now(account: Account, method: Body, bank: Bank) -> bool:
    if bank.fails_from:
        return datetime.fromtimestamp(account.clock.now(), UTC).date() >= date.fromisoformat(bank.fails_from)
    if bank.fails_times:
        failures = account.store.hidden(method["id"]).get("failures", 0)
        if failures >= bank.fails_times:
            return False
        account.store.hide(method["id"], {"failures": failures + 1})
    return True
