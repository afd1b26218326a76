"""Approving many requests of one kind at once: previewed with sums, each carried out or refused by itself."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.approvals.operations.decisions import approve_request, missing_permission
from models.approvals.operations.store import facts_of, sums_of, title_of
from models.approvals.queries.visible import visible_to
from models.approvals.rules.deciding import why_not_decide
from models.approvals.tables import ApprovalRequest
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError, Invalid
from models.kernel.money import Money

# One unit of work; each is a real operation.
AT_ONCE = 100
SHOWN = 5


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What approving these will do; `token` pins the requests and their previews."""

    kind: str
    count: int
    sums: tuple[Money, ...]
    largest: tuple[tuple[str, Money], ...]
    skipped: tuple[tuple[str, int], ...]
    token: str


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What was carried out, and what was not, with the reason of each."""

    done: int
    refused: tuple[tuple[str, str], ...]


def preview_approve_many(session: Session, actor: Actor, *, request_ids: Sequence[UUID]) -> BulkPreview:
    """What `approve_many` of these would do now; refuses several kinds, none, and more than a hundred."""
    rows = _rows(session, actor, request_ids)
    able, skipped = _sorted_out(session, actor, rows)
    kinds = {each.kind for each in able}
    if len(kinds) > 1:
        raise Invalid(
            "approval.mixed_kinds", "Approve one kind at a time: choose only voids, or only credits."
        )
    largest = sorted(able, key=lambda each: -each.amount_minor)[:SHOWN]
    return BulkPreview(
        kind=next(iter(kinds), ""),
        count=len(able),
        sums=sums_of(able),
        largest=tuple((title_of(each), Money(each.amount_minor, each.currency)) for each in largest),
        skipped=tuple(skipped.items()),
        token=_token(able),
    )


def approve_many(session: Session, actor: Actor, *, request_ids: Sequence[UUID], token: str) -> BulkOutcome:
    """Approve these as previewed; one that is refused keeps none of the others back, and stays open."""
    rows = _rows(session, actor, request_ids)
    able, _ = _sorted_out(session, actor, rows)
    if token != _token(able) or not able:
        raise Conflict(
            "approval.selection_changed",
            "These requests have changed since the preview. Look at the new one first.",
        )
    refused: list[tuple[str, str]] = []
    for request in able:
        title = title_of(request)
        try:
            with session.begin_nested():
                decision = approve_request(session, actor, request_id=request.id, token=request.token)
        except DomainError as error:
            refused.append((title, error.sentence))
            continue
        if not decision.is_done:
            refused.append((title, decision.error))
    return BulkOutcome(len(able) - len(refused), tuple(refused))


def _rows(session: Session, actor: Actor, request_ids: Sequence[UUID]) -> Sequence[ApprovalRequest]:
    if len(request_ids) > AT_ONCE:
        raise Invalid("approval.too_many_requests", f"Approve at most {AT_ONCE} requests at once.")
    statement = select(ApprovalRequest).where(visible_to(actor), col(ApprovalRequest.id).in_(request_ids))
    return session.exec(statement.order_by(col(ApprovalRequest.id))).all()


def _sorted_out(
    session: Session, actor: Actor, rows: Sequence[ApprovalRequest]
) -> tuple[list[ApprovalRequest], Counter[str]]:
    able: list[ApprovalRequest] = []
    skipped: Counter[str] = Counter()
    for each in rows:
        why = why_not_decide(facts_of(session, each), clock.now(), actor.id, missing_permission(actor, each))
        if why is None:
            able.append(each)
        else:
            skipped[why.sentence] += 1
    return able, skipped


def _token(rows: Sequence[ApprovalRequest]) -> str:
    facts = "|".join(f"{each.id}:{each.token}:{each.amount_minor}" for each in rows)
    return hashlib.sha256(facts.encode()).hexdigest()
