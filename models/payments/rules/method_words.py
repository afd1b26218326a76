"""What a payment method is called on screens and papers."""

from datetime import date

from models.integrations.stripe import MethodKind

_KINDS = {
    MethodKind.sepa_debit: "SEPA debit",
    MethodKind.us_bank_account: "ACH debit",
    MethodKind.card: "Card",
    MethodKind.other: "Other method",
}
_BRANDS = {"amex": "American Express", "unionpay": "UnionPay", "jcb": "JCB"}


def method_words(kind: str, brand: str, last4: str) -> str:
    """The method as a person knows it.

    >>> method_words("card", "visa", "4242"), method_words("sepa_debit", "", "3000")
    ('Visa •••• 4242', 'SEPA debit •••• 3000')
    """
    name = _BRANDS.get(brand, brand.capitalize()) if kind == MethodKind.card else ""
    return f"{name or _KINDS[MethodKind(kind)]} •••• {last4}" if last4 else name or _KINDS[MethodKind(kind)]


def is_expired(month: int | None, year: int | None, today: date) -> bool:
    """Whether a card's last month has passed; what has no expiry never expires."""
    return month is not None and year is not None and (year, month) < (today.year, today.month)
