"""How much of which line a credit note takes back: what is left of each, and the tax that goes with a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlmodel import Session, col, func, select

from models.billing.rules.credit import ensure_creditable, share_of_tax
from models.billing.rules.settlement import Ceilings
from models.billing.tables import (
    CreditNote,
    CreditNoteLine,
    CreditNoteStatus,
    Invoice,
    InvoiceLine,
    LineKind,
)
from models.kernel.errors import Invalid, NotFound
from models.kernel.money import Money, allocate, read_decimal, round_half_up, round_quotient_half_up

PERCENT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CreditWish:
    """What to take back: amounts without tax by line as typed, a percentage of what is left, or a total with tax."""

    amounts: tuple[tuple[UUID, str], ...] = ()
    percent: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of the invoice: what is left of it without tax, and what is taken back now."""

    line_id: UUID
    description: str
    currency: str
    amount_minor: int
    left_minor: int
    left_tax_minor: int
    credit_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Credited:
    """What credit notes have taken back of a line."""

    amount_minor: int = 0
    tax_minor: int = 0


def credit_lines(session: Session, invoice: Invoice, wish: CreditWish) -> tuple[CreditLine, ...]:
    """Every line of the invoice with what is left and what the wish takes; refuses more than is left."""
    lines = _lines(session, invoice)
    credited = _credited(session, invoice.id)
    typed = dict(wish.amounts)
    unknown = set(typed) - {each.id for each in lines}
    if unknown:
        raise NotFound("invoice_line", next(iter(unknown)))
    if wish.total:
        return _spread(invoice, lines, credited, wish.total)
    share = _percent(wish.percent) if wish.percent else None
    return tuple(_line(each, credited.get(each.id, Credited()), typed, share) for each in lines)


def ceilings_of(session: Session, invoice: Invoice) -> Ceilings:
    """What a credit note on this invoice may settle in which way."""
    statement = select(
        func.coalesce(
            func.sum(CreditNote.to_balance_minor + CreditNote.refunded_minor + CreditNote.outside_minor), 0
        ),
        func.coalesce(func.sum(CreditNote.refunded_minor), 0),
    ).where(CreditNote.invoice_id == invoice.id, CreditNote.status == CreditNoteStatus.issued)
    given_back, refunded = session.exec(statement).one()
    given = invoice.paid_minor + max(invoice.balance_minor, 0)
    return Ceilings(
        due_minor=max(invoice.due_minor, 0),
        given_minor=max(given - int(given_back), 0),
        refundable_minor=max(min(invoice.paid_minor - int(refunded), given - int(given_back)), 0),
    )


def refunded_of(session: Session, invoice: Invoice) -> int:
    """What issued credit notes have refunded of this invoice, in minor units."""
    statement = select(func.coalesce(func.sum(CreditNote.refunded_minor), 0)).where(
        CreditNote.invoice_id == invoice.id, CreditNote.status == CreditNoteStatus.issued
    )
    return int(session.exec(statement).one())


def _line(
    line: InvoiceLine, credited: Credited, typed: Mapping[UUID, str], share: Fraction | None
) -> CreditLine:
    left = line.amount_minor - credited.amount_minor
    if share is not None:
        amount = round_half_up(left * share)
    else:
        amount = Money.parse(typed.get(line.id) or "0", line.currency).minor
    tax = 0
    if amount:
        ensure_creditable(
            line_amount=line.amount_minor,
            already_amount=credited.amount_minor,
            amount=amount,
            currency=line.currency,
        )
        tax = share_of_tax(
            line.amount_minor, line.tax_minor, credited.amount_minor, credited.tax_minor, amount
        )
    return CreditLine(
        line.id,
        line.description,
        line.currency,
        line.amount_minor,
        left,
        line.tax_minor - credited.tax_minor,
        amount,
        tax,
    )


def _spread(
    invoice: Invoice, lines: Sequence[InvoiceLine], credited: Mapping[UUID, Credited], text: str
) -> tuple[CreditLine, ...]:
    """The total, tax included, spread over the lines by what is left of each, to the minor unit."""
    done = [credited.get(each.id, Credited()) for each in lines]
    lefts = [each.amount_minor - had.amount_minor for each, had in zip(lines, done, strict=True)]
    taxes = [each.tax_minor - had.tax_minor for each, had in zip(lines, done, strict=True)]
    weights = [max(left + tax, 0) for left, tax in zip(lefts, taxes, strict=True)]
    total = Money.parse(text, invoice.currency)
    if not 0 < total.minor <= sum(weights):
        raise Invalid(
            "credit_note.total_out_of_bounds",
            f"Take back more than zero and at most the {Money(sum(weights), total.currency).format()} that are left.",
            field="amount",
        )
    parts = allocate(total.minor, weights)
    shares = [
        round_quotient_half_up(tax * part, weight) if weight else 0
        for tax, part, weight in zip(taxes, parts, weights, strict=True)
    ]
    return tuple(
        CreditLine(
            each.id, each.description, each.currency, each.amount_minor, left, tax, part - share, share
        )
        for each, left, tax, part, share in zip(lines, lefts, taxes, parts, shares, strict=True)
    )


def _percent(text: str) -> Fraction:
    value = read_decimal(text.strip().removesuffix("%").strip())
    if value is None or not 0 < value <= 100 or len(value.as_tuple().digits) > PERCENT_DIGITS + 3:  # noqa: PLR2004 -- a percentage
        raise Invalid(
            "credit_note.percent_out_of_bounds",
            "Give a percentage above 0 and up to 100, e.g. 50.",
            field="percent",
        )
    return Fraction(value) * Fraction(1, 100)


def _lines(session: Session, invoice: Invoice) -> Sequence[InvoiceLine]:
    statement = select(InvoiceLine).where(
        InvoiceLine.invoice_id == invoice.id, InvoiceLine.kind != LineKind.mirror
    )
    return session.exec(statement.order_by(col(InvoiceLine.position))).all()


def _credited(session: Session, invoice_id: UUID) -> dict[UUID, Credited]:
    statement = (
        select(
            CreditNoteLine.invoice_line_id,
            func.sum(CreditNoteLine.amount_minor),
            func.sum(CreditNoteLine.tax_minor),
        )
        .join(CreditNote, col(CreditNote.id) == CreditNoteLine.credit_note_id)
        .where(CreditNote.invoice_id == invoice_id, CreditNote.status == CreditNoteStatus.issued)
        .group_by(col(CreditNoteLine.invoice_line_id))
    )
    return {line: Credited(int(amount), int(tax)) for line, amount, tax in session.exec(statement)}
