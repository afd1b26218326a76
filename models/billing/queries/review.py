"""The review queue: drafts by the reason for which a person looks at them, and how one differs from the last time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from models.accounts import Tenant, get_scoped, in_scope
from models.billing.operations.draft_totals import UNISSUED, last_invoice_of, lines_of
from models.billing.rules.review import ReviewCode
from models.billing.tables import Invoice, InvoiceApproval, InvoiceLine, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission

SHOWN, SHOWN_ROUTINE = 200, 20
STUCK, HELD, ROUTINE = "stuck", "held", "routine"
# Riskiest first; a draft with several reasons stands under the first of them.
GROUPS: Mapping[str, str] = {
    STUCK: "A step failed",
    ReviewCode.above_bounds: "Above the bounds of a run",
    ReviewCode.reissued: "In the place of a void one",
    ReviewCode.first_invoice: "First invoice",
    ReviewCode.off_last: "More than 30 % off the last one",
    ReviewCode.not_positive: "Zero or negative",
    ReviewCode.change: "Change within a period",
    ReviewCode.edited: "Edited line",
    ReviewCode.tax_missing: "Tax missing",
    ReviewCode.above_limit: "Above the limit",
    ReviewCode.always: "Always looked at",
    HELD: "Held",
    ROUTINE: "Routine",
}


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A draft in the queue."""

    id: UUID
    number: str
    tenant_id: UUID
    customer: str
    status: str
    total: Money
    issued_on: date
    sentences: tuple[str, ...]
    approvals: int
    approvals_needed: int
    held_reason: str
    failed_step: str


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """Drafts with the same first reason; `count` may be more than are listed."""

    code: str
    label: str
    count: int
    items: tuple[ReviewItem, ...]


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line last time and this time in minor units, None where it was not there, and what explains it."""

    description: str
    last_minor: int | None
    this_minor: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft beside the last invoice of a period of the same subscription."""

    last_number: str
    last_issued_on: date | None
    last_total: Money | None
    this_total: Money
    lines: tuple[ComparedLine, ...]


def list_review(session: Session, actor: Actor) -> list[ReviewGroup]:
    """The queue, riskiest group first; routine drafts are counted and only the oldest listed."""
    odd = session.execute(_statement(actor, is_routine=False).limit(SHOWN)).all()
    routine = session.execute(_statement(actor, is_routine=True).limit(SHOWN_ROUTINE)).all()
    counted = _statement(actor, is_routine=True).with_only_columns(func.count()).order_by(None)
    approvals = _approvals(session, [invoice.id for invoice, _ in odd])
    grouped: dict[str, list[ReviewItem]] = defaultdict(list)
    for invoice, customer in [*odd, *routine]:
        grouped[_group(invoice)].append(_item(invoice, customer, approvals.get(invoice.id, 0)))
    counts = {code: len(items) for code, items in grouped.items()}
    counts[ROUTINE] = session.execute(counted).scalar_one()
    return [
        ReviewGroup(str(code), label, counts[code], tuple(grouped[code]))
        for code, label in GROUPS.items()
        if counts.get(code)
    ]


def compare_with_last(session: Session, actor: Actor, invoice_id: UUID) -> Comparison:
    """Line by line, what the subscription's last invoice of a period said and what this one says."""
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_read)
    last = last_invoice_of(session, invoice)
    now = {_key(each): each for each in lines_of(session, invoice)}
    then = {_key(each): each for each in lines_of(session, last)} if last else {}
    keys = dict.fromkeys([*now, *then])
    return Comparison(
        last.number if last else "",
        last.issued_on if last else None,
        Money(last.total_minor, last.currency) if last else None,
        Money(invoice.total_minor, invoice.currency),
        tuple(_compare(then.get(key), now.get(key), has_last=last is not None) for key in keys),
    )


def _statement(actor: Actor, *, is_routine: bool) -> Select[Any]:
    columns: tuple[Any, ...] = (Invoice, Tenant.name)
    statement = (
        select(*columns)
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .where(in_scope(Invoice.tenant_id, actor, Permission.invoices_approve))
        .where(col(Invoice.status).in_(UNISSUED))
        .order_by(col(Invoice.issued_on), col(Invoice.id))
    )
    plain = (
        (col(Invoice.status) == InvoiceStatus.draft)
        & (col(Invoice.approvals_needed) == 0)
        & (col(Invoice.held_reason) == "")
    )
    return statement.where(plain if is_routine else ~plain)


def _group(invoice: Invoice) -> str:
    if invoice.status == InvoiceStatus.generating:
        return STUCK
    if invoice.held_reason:
        return HELD
    codes = {each["code"] for each in invoice.review}
    return next((code for code in GROUPS if code in codes), ROUTINE)


def _item(invoice: Invoice, customer: str, approvals: int) -> ReviewItem:
    sentences = tuple(str(each["sentence"]) for each in invoice.review)
    return ReviewItem(
        invoice.id,
        invoice.number,
        invoice.tenant_id,
        customer,
        invoice.status,
        Money(invoice.total_minor, invoice.currency),
        invoice.issued_on,
        (invoice.failure, *sentences) if invoice.failure else sentences,
        approvals,
        invoice.approvals_needed,
        invoice.held_reason,
        invoice.failed_step,
    )


def _approvals(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    statement = (
        select(col(InvoiceApproval.invoice_id), func.count())
        .join(Invoice, col(Invoice.id) == InvoiceApproval.invoice_id)
        .where(
            col(InvoiceApproval.invoice_id).in_(ids),
            col(InvoiceApproval.invoice_version) == col(Invoice.version),
        )
        .group_by(col(InvoiceApproval.invoice_id))
    )
    return {identifier: int(count) for identifier, count in session.execute(statement)} if ids else {}


def _key(line: InvoiceLine) -> tuple[str, str]:
    return (line.kind, str(line.component_id or line.description))


def _compare(then: InvoiceLine | None, now: InvoiceLine | None, *, has_last: bool) -> ComparedLine:
    shown = now or then
    return ComparedLine(
        shown.description if shown else "",
        then.amount_minor if then else None,
        now.amount_minor if now else None,
        _why(then, now) if has_last else "",
    )


def _why(then: InvoiceLine | None, now: InvoiceLine | None) -> str:
    if then is None:
        return "New this time"
    if now is None:
        return "Not billed this time"
    if then.amount_minor == now.amount_minor:
        return ""
    found = []
    if now.derivation.get("kind") in {"edited", "dropped"}:
        found.append("Changed by hand")
    if then.quantity != now.quantity:
        found.append(f"Quantity {then.quantity:,} \u2192 {now.quantity:,}")
    if then.unit_amount_minor != now.unit_amount_minor:
        units = [Money(each.unit_amount_minor, each.currency).format() for each in (then, now)]
        found.append(f"Unit price {units[0]} \u2192 {units[1]}")
    if then.discount_minor != now.discount_minor:
        discounts = [Money(each.discount_minor, each.currency).format() for each in (then, now)]
        found.append(f"Discount {discounts[0]} \u2192 {discounts[1]}")
    return "; ".join(found) or "Another period"
