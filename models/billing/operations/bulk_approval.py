"""Approving many drafts at once: previewed with sums and the largest, each one issued or refused by itself."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant, in_scope
from models.billing.operations.drafts import approve_invoice
from models.billing.rules.invoice_status import why_not_approve
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError, Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission

# One unit of work; with more, a click approves the oldest and says how many are left.
AT_ONCE = 500
SHOWN = 5


@dataclass(frozen=True, slots=True)
class LargeDraft:
    """One of the largest drafts of a bulk approval."""

    number: str
    customer: str
    total: Money


@dataclass(frozen=True, slots=True)
class ApprovalPreview:
    """What a bulk approval will do; `token` pins the drafts and their versions."""

    count: int
    left: int
    sums: tuple[Money, ...]
    largest: tuple[LargeDraft, ...]
    skipped: tuple[tuple[str, int], ...]
    token: str


@dataclass(frozen=True, slots=True)
class ApprovalOutcome:
    """What a bulk approval did: issued, waiting for a second person, and refused with (number, sentence)."""

    issued: int
    waiting: int
    refused: tuple[tuple[str, str], ...]


def preview_approval(
    session: Session, actor: Actor, *, invoice_ids: Sequence[UUID] | None = None
) -> ApprovalPreview:
    """What `approve_many` of these, or without ids `approve_routine`, would do now."""
    rows = _candidates(session, actor, invoice_ids)
    able = [(invoice, name) for invoice, name in rows if not _refusal(invoice)][:AT_ONCE]
    reasons: dict[str, int] = defaultdict(int)
    for invoice, _ in rows:
        if sentence := _refusal(invoice):
            reasons[sentence] += 1
    sums: dict[str, int] = defaultdict(int)
    for invoice, _ in able:
        sums[invoice.currency] += invoice.total_minor
    largest = sorted(able, key=lambda each: -abs(each[0].total_minor))[:SHOWN]
    return ApprovalPreview(
        count=len(able),
        left=len(rows) - len(able) - sum(reasons.values()),
        sums=tuple(Money(minor, currency) for currency, minor in sorted(sums.items())),
        largest=tuple(
            LargeDraft(each.number, name, Money(each.total_minor, each.currency)) for each, name in largest
        ),
        skipped=tuple(reasons.items()),
        token=_token([each for each, _ in able]),
    )


def approve_routine(session: Session, actor: Actor, *, token: str) -> ApprovalOutcome:
    """Approve and issue the drafts nobody has a reason to look at, as previewed."""
    return _approve(session, actor, _candidates(session, actor, None), token)


def approve_many(
    session: Session, actor: Actor, *, invoice_ids: Sequence[UUID], token: str
) -> ApprovalOutcome:
    """Approve these drafts as previewed; one that is refused keeps none of the others back."""
    return _approve(session, actor, _candidates(session, actor, invoice_ids), token)


def _approve(
    session: Session, actor: Actor, rows: Sequence[tuple[Invoice, str]], token: str
) -> ApprovalOutcome:
    drafts = [invoice for invoice, _ in rows if not _refusal(invoice)][:AT_ONCE]
    if token != _token(drafts):
        raise Conflict(
            "approval.changed", "These drafts have changed since the preview. Look at the new preview first."
        )
    issued = waiting = 0
    refused: list[tuple[str, str]] = []
    for draft in drafts:
        number = draft.number
        try:
            with session.begin_nested():
                done = approve_invoice(session, actor, invoice_id=draft.id, version=draft.version)
        except DomainError as error:
            refused.append((number, error.sentence))
            continue
        is_issued = done.status != InvoiceStatus.draft
        issued, waiting = issued + is_issued, waiting + (not is_issued)
    return ApprovalOutcome(issued, waiting, tuple(refused))


def _candidates(
    session: Session, actor: Actor, invoice_ids: Sequence[UUID] | None
) -> Sequence[tuple[Invoice, str]]:
    statement = (
        select(Invoice, Tenant.name)
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .where(in_scope(Invoice.tenant_id, actor, Permission.invoices_approve))
        .order_by(col(Invoice.issued_on), col(Invoice.id))
    )
    if invoice_ids is None:
        statement = statement.where(Invoice.status == InvoiceStatus.draft, Invoice.approvals_needed == 0)
    elif len(invoice_ids) > AT_ONCE:
        raise Invalid("approval.too_many", f"Approve at most {AT_ONCE} drafts at once.")
    else:
        statement = statement.where(col(Invoice.id).in_(invoice_ids))
    return session.exec(statement).all()


def _refusal(invoice: Invoice) -> str:
    refusal = why_not_approve(InvoiceStatus(invoice.status), invoice.held_reason)
    return refusal.sentence if refusal else ""


def _token(drafts: Sequence[Invoice]) -> str:
    facts = "|".join(f"{each.id}:{each.version}:{each.total_minor}" for each in drafts)
    return hashlib.sha256(facts.encode()).hexdigest()
