"""Test cards and test bank accounts: who they are and how their bank behaves. Data, from Stripe's testing pages.

Sources: docs.stripe.com/testing, …/payments/sepa-debit/accept-a-payment (Test), …/payments/ach-direct-debit (Test).
What is named `pm_sandbox_…` is our own: every other decline code, and banks that change their mind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

DAY = 86_400


class Authentication(StrEnum):
    """When a card's bank wants 3-D Secure."""

    never = "never"
    # Unless the card was saved with it.
    until_saved = "until_saved"
    # On its first payment with the owner present; off-session it counts as saved.
    on_session = "on_session"
    always = "always"


@dataclass(frozen=True, slots=True)
class Bank:
    """How the bank behind a method answers.

    `declines` is the code it refuses with; `attaches` whether saving works nevertheless; `fails_from` (ISO date) and
    `fails_times` limit the refusing to a time. `dispute`, `refund` and `settles_in` (seconds) say what comes later.
    """

    authentication: Authentication = Authentication.never
    declines: str = ""
    advice: str = ""
    attaches: bool = False
    fails_from: str = ""
    fails_times: int = 0
    dispute: str = ""
    refund: str = ""
    settles_in: int = 0
    settles_as: str = ""


@dataclass(frozen=True, slots=True)
class TestMethod:
    """A test method: its token, what the payer would type, and its bank."""

    token: str
    number: str
    kind: str = "card"
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    title: str = ""
    bank: Bank = Bank()
    # No test of ours, whatever pytest makes of the name.
    __test__: ClassVar[bool] = False


def _card(
    token: str, number: str, title: str, brand: str = "visa", country: str = "US", **bank: Any
) -> TestMethod:
    return TestMethod(
        f"pm_card_{token}", number, brand=brand, country=country, title=title, bank=replace(Bank(), **bank)
    )


def _declined(token: str, number: str, code: str) -> TestMethod:
    return _card(token, number, f"Declined: {code}", declines=code)


CARDS = (
    _card("visa", "4242424242424242", "Visa, works"),
    _card("visa_debit", "4000056655665556", "Visa debit, works"),
    _card("mastercard", "5555555555554444", "Mastercard, works", "mastercard"),
    _card("mastercard_prepaid", "5105105105105100", "Mastercard prepaid, works", "mastercard"),
    _card("amex", "378282246310005", "American Express, works", "amex"),
    _card("discover", "6011111111111117", "Discover, works", "discover"),
    _card("jcb", "3566002020360505", "JCB, works", "jcb", "JP"),
    _card("de", "4000002760000016", "Visa from Germany, works", "visa", "DE"),
    _card("fr", "4000002500000003", "Visa from France, works", "visa", "FR"),
    _card("gb", "4000008260000000", "Visa from the United Kingdom, works", "visa", "GB"),
    _declined("visa_chargeDeclined", "4000000000000002", "generic_decline"),
    _declined("visa_chargeDeclinedInsufficientFunds", "4000000000009995", "insufficient_funds"),
    _declined("visa_chargeDeclinedLostCard", "4000000000009987", "lost_card"),
    _declined("visa_chargeDeclinedStolenCard", "4000000000009979", "stolen_card"),
    _declined("chargeDeclinedExpiredCard", "4000000000000069", "expired_card"),
    _declined("chargeDeclinedIncorrectCvc", "4000000000000127", "incorrect_cvc"),
    _declined("chargeDeclinedProcessingError", "4000000000000119", "processing_error"),
    _declined("visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", "card_velocity_exceeded"),
    _declined("radarBlock", "4100000000000019", "fraudulent"),
    _card(
        "chargeCustomerFail",
        "4000000000000341",
        "Can be saved, then every charge is declined",
        declines="generic_decline",
        attaches=True,
    ),
    _card(
        "authenticationRequiredOnSetup",
        "4000002500003155",
        "3-D Secure once: when it is saved, else on each payment",
        authentication=Authentication.until_saved,
    ),
    _card(
        "authenticationRequired",
        "4000002760003184",
        "3-D Secure on every payment",
        authentication=Authentication.always,
    ),
    _card(
        "authenticationRequiredSetupForOffSession",
        "4000003800000446",
        "3-D Secure with the owner present; counts as saved",
        authentication=Authentication.on_session,
    ),
    _card(
        "threeDSecure2Required",
        "4000000000003220",
        "3-D Secure on every payment with the owner present",
        authentication=Authentication.on_session,
    ),
    _card(
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        "3-D Secure, then declined: insufficient_funds",
        authentication=Authentication.until_saved,
        declines="insufficient_funds",
        attaches=True,
    ),
    _card("createDispute", "4000000000000259", "Works, then disputed as fraudulent", dispute="fraudulent"),
    _card(
        "createDisputeProductNotReceived",
        "4000000000002685",
        "Works, then disputed: product not received",
        dispute="product_not_received",
    ),
    _card("createDisputeInquiry", "4000000000001976", "Works, then the bank inquires", dispute="inquiry"),
    _card("pendingRefund", "4000000000007726", "Works; its refund is pending first", refund="pending"),
    _card("refundFail", "4000000000005126", "Works; its refund fails later", refund="fail"),
)


def _sepa(token: str, iban: str, title: str, **bank: Any) -> TestMethod:
    facts = {"settles_in": 5 * DAY, **bank}
    return TestMethod(
        f"pm_{token}",
        iban,
        kind="sepa_debit",
        brand=iban[4:12],
        country=iban[:2],
        title=title,
        bank=replace(Bank(), **facts),
    )


def _ach(token: str, number: str, title: str, **bank: Any) -> TestMethod:
    facts = {"settles_in": 4 * DAY, **bank}
    return TestMethod(
        f"pm_usBankAccount_{token}",
        number,
        kind="us_bank_account",
        brand="STRIPE TEST BANK",
        title=title,
        bank=replace(Bank(), **facts),
    )


DEBITS = (
    _sepa("sepaDebit_success", "DE89370400440532013000", "SEPA, arrives after five days"),
    _sepa(
        "sepaDebit_failure",
        "DE62370400440532013001",
        "SEPA, fails after five days",
        settles_as="generic_could_not_process",
    ),
    _sepa(
        "sepaDebit_dispute",
        "DE35370400440532013002",
        "SEPA, arrives and is disputed",
        dispute="debit_not_authorized",
    ),
    _sepa(
        "sepaDebit_insufficientFunds",
        "DE65370400440002222227",
        "SEPA, fails: insufficient_funds",
        settles_as="insufficient_funds",
    ),
    _sepa(
        "sepaDebit_noAccount", "DE18370400440002222222", "SEPA, fails: no_account", settles_as="no_account"
    ),
    _ach("success", "000123456789", "US bank account, arrives after four days"),
    _ach(
        "accountClosed", "000111111113", "US bank account, fails: account_closed", settles_as="account_closed"
    ),
    _ach("noAccount", "000111111116", "US bank account, fails: no_account", settles_as="no_account"),
    _ach(
        "insufficientFunds",
        "000222222227",
        "US bank account, fails: insufficient_funds",
        settles_as="insufficient_funds",
    ),
    _ach(
        "debitNotAuthorized",
        "000333333335",
        "US bank account, fails: debit_not_authorized",
        settles_as="debit_not_authorized",
    ),
    _ach(
        "dispute", "000666666661", "US bank account, arrives and is disputed", dispute="debit_not_authorized"
    ),
)

# Codes that no test card of Stripe's has; the sandbox has a card for each, `pm_sandbox_decline_<code>`.
FURTHER_DECLINES = (
    "approve_with_id",
    "call_issuer",
    "card_not_supported",
    "currency_not_supported",
    "do_not_honor",
    "do_not_try_again",
    "duplicate_transaction",
    "incorrect_zip",
    "invalid_account",
    "invalid_amount",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "issuer_not_available",
    "merchant_blacklist",
    "new_account_information_available",
    "no_action_taken",
    "not_permitted",
    "pickup_card",
    "reenter_transaction",
    "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "security_violation",
    "service_not_allowed",
    "stop_payment_order",
    "testmode_decline",
    "transaction_not_allowed",
    "try_again_later",
    "withdrawal_count_limit_exceeded",
)
SANDBOX_TOKENS: dict[re.Pattern[str], Callable[[re.Match[str]], Bank]] = {
    # Each can be saved, so that a charge meets it.
    re.compile(r"pm_sandbox_decline_([a-z_]+)"): lambda found: Bank(declines=found[1], attaches=True),
    re.compile(r"pm_sandbox_fails_from_(\d{4}-\d\d-\d\d)"): lambda found: Bank(
        declines="insufficient_funds", attaches=True, fails_from=found[1]
    ),
    re.compile(r"pm_sandbox_fails_times_(\d+)"): lambda found: Bank(
        declines="insufficient_funds", attaches=True, fails_times=int(found[1])
    ),
    re.compile(r"pm_sandbox_advice_([a-z_]+)"): lambda found: Bank(
        declines="generic_decline", advice=found[1], attaches=True
    ),
}
BY_TOKEN = {each.token: each for each in (*CARDS, *DEBITS)}
BY_NUMBER = {each.number: each for each in (*CARDS, *DEBITS)}


def find_method(token: str) -> TestMethod | None:
    """The test method behind a token, Stripe's or ours."""
    if token in BY_TOKEN:
        return BY_TOKEN[token]
    for pattern, bank in SANDBOX_TOKENS.items():
        if found := pattern.fullmatch(token):
            return TestMethod(token, "4000000000001018", title=token, bank=bank(found))
    return None


def has_check_digit(number: str) -> bool:
    """Whether a card number ends in the right check digit (Luhn)."""
    total = 0
    for index, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if index % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 -- the algorithm's own figure
    return total % 10 == 0
