"""One request: its frozen preview, what has changed since, who may decide, and what was decided before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import roles_with
from models.approvals.operations.decisions import missing_permission
from models.approvals.operations.procedures import PROCEDURES
from models.approvals.queries.requests import RequestRow, build_rows, read_request, similar_statement
from models.approvals.rules.deciding import Facts, Why, why_closed, why_not_decide, why_not_own
from models.approvals.rules.shown import Fact, Standing, differences, read_facts
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, NotFound
from models.kernel.money import Money
from models.limits import ACTIONS, LimitedAction

SIMILAR_DAYS = 90
SIMILAR_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule that demanded a second person, as it held when it was asked: `counted` was above `limit`.

    `rule` is the currency of the rule (`*`: any); version 0 came from the settings.
    """

    counted: Money
    limit: Money
    rule: str
    version: int
    set_by: str
    approve_permission: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """Everything a person needs for a decision; the sentences say why something is not possible."""

    row: RequestRow
    token: str
    sentence: str
    facts: tuple[Fact, ...]
    standing: Standing
    policy: Policy
    similar: tuple[RequestRow, ...]
    decide_refusal: str
    own_refusal: str
    is_own: bool
    is_open: bool


def get_request(session: Session, actor: Actor, request_id: UUID) -> RequestDetail:
    """One request that the actor asked for or may decide; NotFound otherwise."""
    row = read_request(session, actor, request_id)
    if row is None:
        raise NotFound("approval_request", request_id)
    request = session.get_one(ApprovalRequest, request_id)
    facts = Facts(RequestStatus(request.status), request.requested_by, request.expires_at, row.decider or "")
    now = clock.now()
    is_open = why_closed(facts, now) is None
    standing = _standing(session, actor, request) if is_open else Standing(is_current=True)
    why = why_not_decide(facts, now, actor.id, missing_permission(actor, request))
    similar = session.execute(
        similar_statement(actor, request, now - timedelta(days=SIMILAR_DAYS)).limit(SIMILAR_SHOWN)
    )
    return RequestDetail(
        row=row,
        token=request.token,
        sentence=str(request.preview.get("sentence", "")),
        facts=read_facts(request.preview),
        standing=standing,
        policy=_policy(session, request),
        similar=tuple(build_rows(similar)),
        decide_refusal=_sentence(why),
        own_refusal=_sentence(why_not_own(facts, now, actor.id)),
        is_own=actor.id == request.requested_by,
        is_open=is_open,
    )


def _standing(session: Session, actor: Actor, request: ApprovalRequest) -> Standing:
    """The preview now beside the frozen one; who lacks the operation's permission is told so, not what changed."""
    procedure = PROCEDURES[request.procedure]
    try:
        shown = procedure.preview(session, actor, procedure.read(request.asked))
    except DomainError as error:
        return Standing(is_current=False, refusal=error.sentence)
    return Standing(shown.token == request.token, differences(read_facts(request.preview), shown.facts))


def _policy(session: Session, request: ApprovalRequest) -> Policy:
    stored: dict[str, Any] = request.preview["policy"]
    approve = ACTIONS[LimitedAction(request.kind)].approve
    return Policy(
        Money(stored["counted_minor"], stored["currency"]),
        Money(stored["limit_minor"], stored["currency"]),
        stored["rule"],
        stored["version"],
        stored["set_by"],
        approve.value,
        tuple(roles_with(session, approve)),
    )


def _sentence(why: Why | None) -> str:
    return why.sentence if why else ""
