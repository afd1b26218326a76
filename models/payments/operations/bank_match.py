"""Money that came by bank transfer, matched to the invoices it is for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant, get_scoped, lock_scoped
from models.billing import MAX_REFERENCE, Invoice, InvoiceStatus, PaymentChannel, PreviewStale, apply_incoming
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.locking import lock_row
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import events
from models.payments.operations.bank import ensure_open, line_subject, settle
from models.payments.tables import BankLine, BankLineStatus, BankMatch

MAX_PARTS = 50
TAKES_MONEY = {InvoiceStatus.open, InvoiceStatus.uncollectible}


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line, as text in the major unit, for one invoice."""

    invoice_id: UUID
    amount: str


@dataclass(frozen=True, slots=True)
class Share:
    """What matching gives to one invoice; `to_balance` of it is more than is due and goes to its customer."""

    invoice_id: UUID
    tenant_id: UUID
    number: str
    customer: str
    amount: Money
    to_balance: Money
    due: Money


@dataclass(frozen=True, slots=True)
class MatchPreview:
    """What matching would do; `token` pins it."""

    total: Money
    shares: tuple[Share, ...]
    token: str


def preview_match(session: Session, actor: Actor, *, line_id: UUID, parts: Sequence[Part]) -> MatchPreview:
    """What `match_line` would do now: each invoice's share; what is left goes with the first one.

    Raises Invalid where the parts do not fit the line or an invoice, Conflict where the line is settled.
    """
    actor.ensure(Permission.bank_lines_write)
    line = session.get(BankLine, line_id)
    if line is None:
        raise NotFound("bank_line", line_id)
    invoices = [
        get_scoped(session, actor, Invoice, each.invoice_id, Permission.payments_record) for each in parts
    ]
    return _preview(session, line, invoices, parts)


def match_line(
    session: Session, actor: Actor, *, line_id: UUID, parts: Sequence[Part], token: str
) -> MatchPreview:
    """Enter the line's money on the invoices, all of it, once; cannot be undone.

    What is left over goes to the balance of the customer, who must be one only. With another world than the
    preview's it is refused as stale.
    """
    actor.ensure(Permission.bank_lines_write)
    line = lock_row(session, BankLine, line_id)
    # Locked in one order, so that two people who match at once do not wait for each other in a ring.
    locked = {
        each: lock_scoped(session, actor, Invoice, each, Permission.payments_record)
        for each in sorted({part.invoice_id for part in parts})
    }
    found = _preview(session, line, [locked[each.invoice_id] for each in parts], parts)
    if found.token != token:
        raise PreviewStale("An invoice has changed since you looked.")
    for share in found.shares:
        _enter(session, actor, line, share)
    settle(line, actor, BankLineStatus.matched)
    session.flush()
    record_event(
        session,
        actor,
        events.BANK_LINE_MATCHED,
        line_subject(line),
        after={
            "amount_minor": line.amount_minor,
            "currency": line.currency,
            "payer": line.payer,
            "invoices": [each.number for each in found.shares],
        },
    )
    return found


def _enter(session: Session, actor: Actor, line: BankLine, share: Share) -> None:
    came = apply_incoming(
        session,
        actor,
        invoice_id=share.invoice_id,
        amount=share.amount,
        channel=PaymentChannel.bank_transfer,
        received_on=line.booked_on,
        reference=line.reference[:MAX_REFERENCE],
        request_key=f"bank:{line.id}:{share.invoice_id}",
    )
    session.add(
        BankMatch(
            tenant_id=share.tenant_id,
            line_id=line.id,
            invoice_id=share.invoice_id,
            currency=line.currency,
            amount_minor=share.amount.minor,
            to_balance_minor=came.to_balance.minor,
        )
    )


def _preview(
    session: Session, line: BankLine, invoices: Sequence[Invoice], parts: Sequence[Part]
) -> MatchPreview:
    ensure_open(line)
    total = Money(line.amount_minor, line.currency)
    if not 0 < len(parts) <= MAX_PARTS or len({each.id for each in invoices}) != len(parts):
        raise Invalid("bank_line.parts", f"Choose 1 to {MAX_PARTS} invoices, each once.", field="parts")
    amounts = [_amount(invoice, part.amount, total) for invoice, part in zip(invoices, parts, strict=True)]
    rest = _rest(total, amounts, {invoice.tenant_id for invoice in invoices})
    names = dict(
        session.exec(
            select(Tenant.id, Tenant.name).where(col(Tenant.id).in_({each.tenant_id for each in invoices}))
        ).all()
    )
    shares = tuple(
        Share(
            invoice.id,
            invoice.tenant_id,
            invoice.number,
            names[invoice.tenant_id],
            amount + (rest if number == 0 else Money(0, total.currency)),
            rest if number == 0 else Money(0, total.currency),
            _due(invoice),
        )
        for number, (invoice, amount) in enumerate(zip(invoices, amounts, strict=True))
    )
    facts = "|".join(
        f"{each.invoice_id}:{each.amount.minor}:{each.to_balance.minor}:{each.due.minor}" for each in shares
    )
    return MatchPreview(total, shares, hashlib.sha256(f"{line.id}|{facts}".encode()).hexdigest())


def _rest(total: Money, amounts: Sequence[Money], owners: set[UUID]) -> Money:
    left = total.minor - sum(each.minor for each in amounts)
    if left < 0:
        over = Money(-left, total.currency).format()
        raise Invalid(
            "bank_line.too_much", f"That is {over} more than the {total.format()} that came.", field="parts"
        )
    rest = Money(left, total.currency)
    if left and len(owners) > 1:
        raise Invalid(
            "bank_line.rest_of_whom",
            f"{rest.format()} are left, and the invoices are of several customers. Give all of it to invoices.",
            field="parts",
        )
    return rest


def _amount(invoice: Invoice, text: str, total: Money) -> Money:
    if invoice.currency != total.currency:
        raise Conflict(
            "bank_line.other_currency",
            f"{invoice.number} is in {invoice.currency}, and {total.currency} came. Choose another invoice.",
        )
    due = _due(invoice)
    money = Money.parse(text, total.currency)
    if not 0 < money.minor <= due.minor:
        raise Invalid(
            "bank_line.amount_out_of_range",
            f"{invoice.number} takes more than zero and at most the {due.format()} that are due.",
            field="parts",
        )
    return money


def _due(invoice: Invoice) -> Money:
    """What is still to be paid, also where it was written off."""
    open_minor = invoice.total_minor - invoice.balance_minor - invoice.reduced_minor - invoice.paid_minor
    return Money(open_minor if invoice.status in TAKES_MONEY else 0, invoice.currency)
