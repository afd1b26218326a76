"""What the form of a new invoice shows, and the order it makes."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from dashboard.states.form_fields import as_id
from models.accounts import find_tenants
from models.billing import OneOffLine, OneOffOrder, OneOffPreview, SellablePrice
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.listing import show_date
from models.kernel.money import Money


@dataclass(frozen=True)
class Hit:
    """A customer that was found."""

    id: str
    label: str


@dataclass(frozen=True)
class Row:
    """A line as typed."""

    id: str
    description: str = ""
    quantity: str = "1"
    unit_amount: str = ""
    price_id: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed yet."""
        return not (self.description.strip() or self.unit_amount.strip() or self.price_id)


@dataclass(frozen=True)
class PriceChoice:
    """A price of the catalogue to choose."""

    id: str
    plan: str
    unit: str
    label: str


@dataclass(frozen=True)
class PaperLine:
    """A line of the previewed draft."""

    description: str
    amount: str
    tax: str


@dataclass(frozen=True)
class Paper:
    """The previewed draft."""

    subtotal: str = ""
    tax: str = ""
    total: str = ""
    due: str = ""
    note: str = ""
    lines: list[PaperLine] = field(default_factory=list)


def find_hits(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Customers within the reader's reach that match."""
    found = find_tenants(session, actor, text)
    return [Hit(str(identifier), f"{name} · {reference}") for identifier, name, reference, _ in found]


def show_prices(found: list[SellablePrice]) -> list[PriceChoice]:
    """The prices as choices."""
    return [
        PriceChoice(
            str(each.id),
            each.plan,
            str(each.unit.decimal) if each.unit else "",
            f"{each.plan}: {each.unit.format() if each.unit else 'by quantity'}",
        )
        for each in found
    ]


def order_of(customer_id: str, currency: str, terms: str, memo: str, rows: list[Row]) -> OneOffOrder:
    """The order the form asks for; empty lines are passed over."""
    lines = tuple(_line(each) for each in rows if not each.is_empty)
    return OneOffOrder(as_id(customer_id), currency, lines, _days(terms), memo)


def show_paper(preview: OneOffPreview, locale: str) -> Paper:
    """The preview in the reader's words."""
    currency = preview.total.currency

    def text(minor: int) -> str:
        return Money(minor, currency).format(locale)

    return Paper(
        preview.subtotal.format(locale),
        preview.tax.format(locale),
        preview.total.format(locale),
        show_date(preview.due_on, locale),
        preview.tax_note,
        [
            PaperLine(each.description, text(each.amount_minor), text(each.tax_minor))
            for each in preview.lines
        ],
    )


def _line(row: Row) -> OneOffLine:
    facts: dict[str, Any] = {"description": row.description, "quantity": row.quantity}
    if row.price_id:
        return OneOffLine(**facts, price_id=as_id(row.price_id))
    return OneOffLine(**facts, unit_amount=row.unit_amount)


def _days(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > len("365"):
        raise Invalid("new_invoice.terms_unreadable", "Terms are whole days, e.g. 14.", field="terms")
    return int(plain)
