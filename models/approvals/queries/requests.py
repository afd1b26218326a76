"""The inbox: requests for approval as a list, for whom they wait, how many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.accounts import StaffUser, Tenant, matches
from models.approvals.operations.procedures import PROCEDURES
from models.approvals.queries.visible import visible_to, waits_for
from models.approvals.tables import ApprovalRequest, RequestStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    money_of,
    register,
)
from models.kernel.permissions import Permission
from models.limits import ACTIONS, LimitedAction

# A figure in the navigation beyond this says no more.
MANY = 99


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list; `limit_minor` is what one person decides alone."""

    id: UUID
    kind: str
    procedure: str
    subject_type: str
    subject_id: UUID
    subject_label: str
    tenant_id: UUID
    customer: str
    currency: str
    amount_minor: int
    limit_minor: int
    reason: str
    requested_by: UUID
    requester: str
    created_at: datetime
    expires_at: datetime
    status: str
    decider: str | None
    decided_at: datetime | None
    note: str
    error: str
    reminded_at: datetime | None

    @property
    def title(self) -> str:
        """What is asked for, e.g. `Void INV-2026-000123`."""
        return f"{PROCEDURES[self.procedure].label} {self.subject_label}"

    @property
    def standing(self) -> str:
        """The status, which is over at the instant that time runs out."""
        is_late = self.status == RequestStatus.waiting and self.expires_at <= clock.now()
        return RequestStatus.expired if is_late else self.status

    @property
    def flag(self) -> str:
        """What a reader should see beside the status."""
        if self.standing != RequestStatus.waiting:
            return ""
        return "Failed" if self.error else "Reminded" if self.reminded_at else ""


_requester = aliased(StaffUser, name="requester")
_decider = aliased(StaffUser, name="decider")
_columns: tuple[Any, ...] = (
    ApprovalRequest.id,
    ApprovalRequest.kind,
    ApprovalRequest.procedure,
    ApprovalRequest.subject_type,
    ApprovalRequest.subject_id,
    ApprovalRequest.subject_label,
    ApprovalRequest.tenant_id,
    col(Tenant.name).label("customer"),
    ApprovalRequest.currency,
    ApprovalRequest.amount_minor,
    ApprovalRequest.limit_minor,
    ApprovalRequest.reason,
    ApprovalRequest.requested_by,
    _requester.name.label("requester_name"),  # type: ignore[attr-defined]
    ApprovalRequest.created_at,
    ApprovalRequest.expires_at,
    ApprovalRequest.status,
    _decider.name.label("decider_name"),  # type: ignore[attr-defined]
    ApprovalRequest.decided_at,
    ApprovalRequest.note,
    ApprovalRequest.error,
    ApprovalRequest.reminded_at,
)


def _statement(actor: Actor) -> Select[Any]:
    return (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == ApprovalRequest.tenant_id)
        .join(_requester, col(_requester.id) == ApprovalRequest.requested_by)
        .outerjoin(_decider, col(_decider.id) == ApprovalRequest.decided_by)
        .where(visible_to(actor))
    )


def _build(row: Any) -> RequestRow:
    return RequestRow(*row[: len(_columns)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip().upper()
    if plain.startswith(("INV", "DRAFT")):
        return col(ApprovalRequest.subject_label).startswith(plain, autoescape=True)
    return matches(text)


def _asked_by(reader: Actor) -> ColumnElement[bool]:
    return col(ApprovalRequest.requested_by) == reader.id


APPROVALS: Listing[RequestRow] = register(
    Listing(
        key="approvals",
        title="Approvals",
        noun="request",
        path="/approvals",
        permission=Permission.approvals_read,
        export_permission=Permission.approvals_read,
        statement=_statement,
        build=_build,
        identifier=col(ApprovalRequest.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "request",
                "Request",
                ColumnKind.link,
                lambda row: row.title,
                href=lambda row: f"/approvals/{row.id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.standing,
                note=lambda row: row.flag,
                note_tone=lambda row: "bad" if row.error else "special",
            ),
            Column("amount", "Amount", ColumnKind.money, lambda row: money_of(row, "amount"), "amount"),
            Column("requester", "Requested by", ColumnKind.text, lambda row: row.requester),
            Column("reason", "Reason", ColumnKind.text, lambda row: row.reason),
            Column("asked", "Asked", ColumnKind.instant, lambda row: row.created_at, "created_at"),
            Column("expires", "Expires", ColumnKind.instant, lambda row: row.expires_at, "expires_at"),
            Column("limit", "Alone up to", ColumnKind.money, lambda row: money_of(row, "limit")),
            Column(
                "kind",
                "Kind",
                ColumnKind.text,
                lambda row: ACTIONS[LimitedAction(row.kind)].label,
                is_default=False,
            ),
            Column("decider", "Decided by", ColumnKind.text, lambda row: row.decider or "", is_default=False),
            Column("decided", "Decided", ColumnKind.instant, lambda row: row.decided_at, is_default=False),
            Column("note", "Note", ColumnKind.text, lambda row: row.note, is_default=False),
        ),
        sorts=(
            SortKey("expires_at", col(ApprovalRequest.expires_at), datetime.fromisoformat),
            SortKey("created_at", col(ApprovalRequest.created_at), datetime.fromisoformat),
            SortKey("amount", col(ApprovalRequest.amount_minor), int),
        ),
        default_sort="expires_at",
        filters=(
            Filter(
                "whose",
                "Whose",
                FilterKind.choice,
                col(ApprovalRequest.requested_by),
                (
                    Choice("for_me", "For me", of_reader=waits_for),
                    Choice("asked", "I asked", of_reader=_asked_by),
                ),
            ),
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(ApprovalRequest.status),
                tuple(Choice(each.value, each.value.capitalize()) for each in RequestStatus),
            ),
            Filter(
                "kind",
                "Kind",
                FilterKind.choice,
                col(ApprovalRequest.kind),
                tuple(Choice(each.value, ACTIONS[each].label) for each in LimitedAction),
            ),
            Filter("asked", "Asked", FilterKind.date, col(ApprovalRequest.created_at)),
            Filter("amount", "Amount", FilterKind.money, col(ApprovalRequest.amount_minor)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Invoice number or customer",
        views=(
            View("for_me", "For me", "f=whose:for_me"),
            View("asked", "I asked", "f=whose:asked&sort=-created_at"),
            View("decided", "Decided", "f=status:approved,rejected,withdrawn&sort=-created_at"),
            View("expired", "Expired", "f=status:expired&sort=-expires_at"),
            View("all", "All", ""),
        ),
        opening="for_me",
        total=(col(ApprovalRequest.amount_minor), col(ApprovalRequest.currency)),
        empty="Nothing waits. What one person may not decide alone is asked for where it is done, and waits here.",
        nouns=frozenset({"approval", "tenant"}),
    )
)


def count_waiting(session: Session, actor: Actor) -> int:
    """How many requests wait for this person, counted up to a hundred; 0 without the permission."""
    if not actor.may(Permission.approvals_read):
        return 0
    few = (
        select(literal(1))
        .select_from(ApprovalRequest)
        .where(visible_to(actor), waits_for(actor))
        .limit(MANY + 1)
    )
    return int(session.execute(select(func.count()).select_from(few.subquery())).scalar_one())


def list_requests_about(session: Session, actor: Actor, subject_id: UUID) -> list[RequestRow]:
    """Requests about one thing, newest first; none for who may not see requests."""
    if not actor.may(Permission.approvals_read):
        return []
    statement = _statement(actor).where(col(ApprovalRequest.subject_id) == subject_id)
    return [_build(row) for row in session.execute(statement.order_by(col(ApprovalRequest.id).desc()))]


def similar_statement(actor: Actor, request: ApprovalRequest, since: datetime) -> Select[Any]:
    """Other requests of the same kind of the same customer or person since then, newest first."""
    return (
        _statement(actor)
        .where(
            col(ApprovalRequest.kind) == request.kind,
            (col(ApprovalRequest.tenant_id) == request.tenant_id)
            | (col(ApprovalRequest.requested_by) == request.requested_by),
            col(ApprovalRequest.created_at) >= since,
            col(ApprovalRequest.id) != request.id,
        )
        .order_by(col(ApprovalRequest.created_at).desc())
    )


def read_request(session: Session, actor: Actor, request_id: UUID) -> RequestRow | None:
    """One request that the actor sees, or None."""
    row = session.execute(_statement(actor).where(col(ApprovalRequest.id) == request_id)).first()
    return _build(row) if row else None


def build_rows(rows: Any) -> list[RequestRow]:
    """Rows of a statement of this module."""
    return [_build(row) for row in rows]
