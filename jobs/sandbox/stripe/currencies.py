"""What Stripe charges at least, and with which kinds of methods.

Source: docs.stripe.com/currencies, minimum and maximum charge amounts; elsewhere half a dollar's worth, taken as 50.
"""

from jobs.sandbox.stripe.errors import invalid, refused
from models.kernel.money import exponent

TYPES = ("card", "sepa_debit", "us_bank_account")
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
ANY_MINIMUM = 50
MAXIMUM = 99_999_999
DEBIT_CURRENCY = {"sepa_debit": "eur", "us_bank_account": "usd"}


def compatible_types(allowed: list[str] | None, currency: str) -> list[str]:
    """The kinds of methods that can pay in a currency, of those that are allowed."""
    return [
        kind
        for kind in TYPES
        if (not allowed or kind in allowed) and DEBIT_CURRENCY.get(kind, currency) == currency
    ]


def ensure_amount(amount: int, currency: str) -> None:
    """Refuse what Stripe does not charge: nothing, less than the currency's least, more than eight digits."""
    least = MINIMUM.get(currency, ANY_MINIMUM)
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount < least:
        decimals = exponent(currency.upper())
        shown = f"{least / 10**decimals:.{decimals}f} {currency}"
        raise refused(f"Amount must be at least {shown}.", code="amount_too_small", param="amount")
    if amount > MAXIMUM:
        raise refused(f"Amount must be no more than {MAXIMUM}.", code="amount_too_large", param="amount")
