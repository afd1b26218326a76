"""Approving many routine drafts at once: previewed with sums and the largest, each issued or refused by itself."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.accounts import Tenant, in_scope
from models.billing.operations.drafts import approve_invoice
from models.billing.queries.chosen import (
    AT_ONCE,
    OUT_OF_REACH,
    Chosen,
    Skipped,
    chosen_invoices,
    group_skipped,
)
from models.billing.rules.invoice_status import why_not_approve
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError
from models.kernel.money import Money
from models.kernel.permissions import Permission

SHOWN = 5
NOT_ROUTINE = "A person looks at each of these by itself, under Review."


@dataclass(frozen=True, slots=True)
class LargeInvoice:
    """One of the largest of many."""

    number: str
    customer: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ApprovalPreview:
    """What a bulk approval will do; `token` pins the drafts and their versions, `left` are beyond what one click takes."""

    count: int
    left: int
    sums: tuple[Money, ...]
    largest: tuple[LargeInvoice, ...]
    skipped: tuple[Skipped, ...]
    token: str


@dataclass(frozen=True, slots=True)
class ApprovalOutcome:
    """What a bulk approval did: how many it issued, and what was refused after all."""

    issued: int
    refused: tuple[Skipped, ...]


Candidate = tuple[Invoice, str, str]


def preview_approval(session: Session, actor: Actor, *, chosen: Chosen | None = None) -> ApprovalPreview:
    """What `approve_routine` of these, or of all routine drafts, would do now."""
    rows = _candidates(session, actor, chosen)
    able = [(invoice, name) for invoice, name, sentence in rows if not sentence]
    taken = able[:AT_ONCE]
    return ApprovalPreview(
        count=len(taken),
        left=len(able) - len(taken),
        sums=add_up(Money(each.total_minor, each.currency) for each, _ in taken),
        largest=largest_of((each, name, each.total_minor) for each, name in taken),
        skipped=group_skipped((each.number, sentence) for each, _, sentence in rows if sentence),
        token=_token([each for each, _ in taken]),
    )


def approve_routine(
    session: Session, actor: Actor, *, token: str, chosen: Chosen | None = None
) -> ApprovalOutcome:
    """Approve and issue drafts nobody has a reason to look at, as previewed; a refused one keeps none of the others back."""
    rows = _candidates(session, actor, chosen)
    drafts = [invoice for invoice, _, sentence in rows if not sentence][:AT_ONCE]
    if token != _token(drafts):
        raise Conflict(
            "approval.changed", "These drafts have changed since the preview. Look at the new preview first."
        )
    issued = 0
    refused: list[tuple[str, str]] = []
    for draft in drafts:
        number = draft.number
        try:
            with session.begin_nested():
                approve_invoice(session, actor, invoice_id=draft.id, version=draft.version)
        except DomainError as error:
            refused.append((number, error.sentence))
            continue
        issued += 1
    return ApprovalOutcome(issued, group_skipped(refused))


def add_up(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum a currency."""
    sums: dict[str, int] = defaultdict(int)
    for each in amounts:
        sums[each.currency] += each.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def largest_of(rows: Iterable[tuple[Invoice, str, int]]) -> tuple[LargeInvoice, ...]:
    """The five with the largest amounts, of (invoice, customer, amount)."""
    found = sorted(rows, key=lambda each: -abs(each[2]))[:SHOWN]
    return tuple(LargeInvoice(each.number, name, Money(minor, each.currency)) for each, name, minor in found)


def _candidates(session: Session, actor: Actor, chosen: Chosen | None) -> Sequence[Candidate]:
    """Each with its customer and, where it is left alone, why."""
    if chosen is not None:
        rows = chosen_invoices(session, actor, chosen, Permission.invoices_approve)
        return [(each, name, _refusal(actor, each, is_reached=reach)) for each, name, reach in rows]
    found = session.exec(
        select(Invoice, Tenant.name)
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .where(in_scope(Invoice.tenant_id, actor, Permission.invoices_approve))
        .where(Invoice.status == InvoiceStatus.draft, Invoice.approvals_needed == 0)
        .order_by(col(Invoice.issued_on), col(Invoice.id))
    ).all()
    return [(each, name, _refusal(actor, each, is_reached=True)) for each, name in found]


def _refusal(actor: Actor, invoice: Invoice, *, is_reached: bool) -> str:
    if not is_reached:
        return OUT_OF_REACH
    refusal = why_not_approve(InvoiceStatus(invoice.status), invoice.held_reason)
    if refusal:
        return refusal.sentence
    if invoice.approvals_needed:
        return NOT_ROUTINE
    if invoice.edited_by is not None and invoice.edited_by == actor.id:
        return "You changed these last, so somebody else approves them."
    return ""


def _token(drafts: Sequence[Invoice]) -> str:
    facts = "|".join(f"{each.id}:{each.version}:{each.total_minor}" for each in drafts)
    return hashlib.sha256(facts.encode()).hexdigest()
