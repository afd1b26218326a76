"""Which mails there are, and the facts each may speak of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.channels.errors import TemplateUnknown
from models.kernel.money import Money

Value = str | int | date | datetime | Money


class TemplateKey(StrEnum):
    """Every mail we write."""

    invoice_sent = "invoice_sent"
    payment_link = "payment_link"
    receipt = "receipt"
    refund = "refund"
    payment_failed = "payment_failed"
    action_needed = "action_needed"
    card_expiring = "card_expiring"
    payment_reminder = "payment_reminder"
    suspension = "suspension"


class FactKind(StrEnum):
    """How a fact is written in the customer's language."""

    text = "text"
    money = "money"
    date = "date"
    month = "month"
    number = "number"
    link = "link"
    decline = "decline"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A fact that a template may name as `{{ name }}`.

    One that is optional stands inside `{% if name %}`; one that is demanded must stand in the text.
    """

    name: str
    kind: FactKind
    meaning: str
    example: Value
    is_optional: bool = False
    is_demanded: bool = False


@dataclass(frozen=True, slots=True)
class TemplateKind:
    """A mail: when it is sent, and its placeholders by name."""

    key: TemplateKey
    name: str
    sentence: str
    placeholders: Mapping[str, Placeholder]


def _text(name: str, meaning: str, example: str, *, is_optional: bool = False) -> Placeholder:
    return Placeholder(name, FactKind.text, meaning, example, is_optional)


def _money(name: str, meaning: str, example_minor: int, *, is_optional: bool = False) -> Placeholder:
    return Placeholder(name, FactKind.money, meaning, Money(example_minor, "EUR"), is_optional)


def _date(name: str, meaning: str, example: date, *, is_optional: bool = False) -> Placeholder:
    return Placeholder(name, FactKind.date, meaning, example, is_optional)


def _link(name: str, meaning: str, *, is_optional: bool = False) -> Placeholder:
    example = f"https://pay.example.com/{name.replace('_', '-')}"
    return Placeholder(name, FactKind.link, meaning, example, is_optional, is_demanded=not is_optional)


# Given by us in every mail; a caller never passes them.
COMMON = ("customer_name", "our_name")
_COMMON = (
    _text("customer_name", "The customer's name", "Northwind Trading GmbH"),
    _text("our_name", "Our name, as on invoices", "ClientForge"),
)
_INVOICE = _text("invoice_number", "The invoice's number", "INV-2026-000123")
_DUE = _money("amount_due", "What is still to be paid", 12_900)
_DUE_ON = _date("due_on", "The last day to pay without being late", date(2026, 12, 5))
_METHOD = "The card or account, without its full number"
_CARD = "Visa •••• 4242"


def _kind(key: TemplateKey, name: str, sentence: str, *placeholders: Placeholder) -> TemplateKind:
    return TemplateKind(key, name, sentence, {each.name: each for each in (*_COMMON, *placeholders)})


_KINDS = (
    _kind(
        TemplateKey.invoice_sent,
        "Invoice sent",
        "An invoice goes to the customer, with its PDF.",
        _INVOICE,
        _money("total", "The invoice's total", 12_900),
        _money("amount_due", "What is still to be paid, where something is", 12_900, is_optional=True),
        _DUE_ON,
        _link("payment_link", "Where it can be paid", is_optional=True),
    ),
    _kind(
        TemplateKey.payment_link,
        "Payment link",
        "A link under which an open invoice can be paid.",
        _INVOICE,
        _DUE,
        _DUE_ON,
        _link("payment_link", "Where it is paid"),
        _date("link_until", "The last day on which the link works", date(2026, 12, 19), is_optional=True),
    ),
    _kind(
        TemplateKey.receipt,
        "Receipt",
        "A payment has arrived.",
        _INVOICE,
        _money("amount_paid", "What has arrived", 12_900),
        _date("paid_on", "The day it arrived", date(2026, 11, 21)),
        _text("method", _METHOD, _CARD, is_optional=True),
        _money("amount_due", "What is still to be paid, where something is", 2_900, is_optional=True),
    ),
    _kind(
        TemplateKey.refund,
        "Refund",
        "Money goes back to the customer.",
        _INVOICE,
        _money("amount_refunded", "What goes back", 4_133),
        _date("refunded_on", "The day it was sent back", date(2026, 11, 21)),
        _text("method", _METHOD, _CARD, is_optional=True),
        _text("credit_note_number", "The credit note's number", "CN-2026-000017", is_optional=True),
    ),
    _kind(
        TemplateKey.payment_failed,
        "Payment failed",
        "An automatic payment was declined.",
        _INVOICE,
        _DUE,
        _text("method", _METHOD, _CARD),
        Placeholder(
            "reason",
            FactKind.decline,
            "Why it was declined, in plain words",
            "insufficient_funds",
            is_optional=True,
        ),
        _date("next_try_on", "The day we try again", date(2026, 11, 24), is_optional=True),
        _link("payment_link", "Where to pay or to give another card"),
    ),
    _kind(
        TemplateKey.action_needed,
        "Action needed",
        "The bank wants the customer to confirm a payment (3-D Secure).",
        _INVOICE,
        _DUE,
        _text("method", _METHOD, _CARD),
        _link("confirm_link", "Where the payment is confirmed"),
        _date("confirm_until", "The last day to confirm", date(2026, 11, 28), is_optional=True),
    ),
    _kind(
        TemplateKey.card_expiring,
        "Card expiring",
        "The card on file ends soon.",
        _text("method", _METHOD, _CARD),
        Placeholder("expires_on", FactKind.month, "The last month it is valid", date(2026, 12, 31)),
        _date("next_charge_on", "The day it is needed next", date(2027, 1, 1), is_optional=True),
        _link("update_link", "Where another card is given"),
    ),
    _kind(
        TemplateKey.payment_reminder,
        "Payment reminder",
        "An invoice is overdue.",
        _INVOICE,
        _DUE,
        _DUE_ON,
        Placeholder("days_overdue", FactKind.number, "Days since it was due", 9),
        _link("payment_link", "Where it can be paid"),
        _date("suspension_on", "The day the service is suspended", date(2026, 12, 19), is_optional=True),
    ),
    _kind(
        TemplateKey.suspension,
        "Suspension",
        "The service has been suspended because an invoice is unpaid.",
        _INVOICE,
        _DUE,
        _DUE_ON,
        _date("suspended_on", "The day it was suspended", date(2026, 11, 21)),
        _link("payment_link", "Where it can be paid"),
    ),
)

TEMPLATES: Mapping[TemplateKey, TemplateKind] = {each.key: each for each in _KINDS}


def template_kind(key: str) -> TemplateKind:
    """The mail of this key; raises TemplateUnknown."""
    if key not in set(TemplateKey):
        raise TemplateUnknown(key, TemplateKey)
    return TEMPLATES[TemplateKey(key)]
