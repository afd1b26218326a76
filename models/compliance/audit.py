"""The audit list: every event, by actor, event, subject and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col

from models.kernel.actor import Actor, ActorKind, Cause
from models.kernel.errors import Forbidden
from models.kernel.events import Event, event_catalogue
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    register,
)
from models.kernel.money import Money
from models.kernel.permissions import Permission, Scope

# Where a subject has a page of its own.
PAGES = {
    "approval": "/approvals/{id}",
    "invoice": "/billing/invoices/{id}",
    "subscription": "/billing/subscriptions/{id}",
    "tenant": "/customers/{id}",
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An event in the audit list."""

    id: UUID
    occurred_at: datetime
    actor_name: str
    on_behalf_of: str | None
    name: str
    subject_type: str
    subject_id: UUID
    subject_label: str
    cause: str
    reason: str
    request_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def page(self) -> str:
        """The address of the subject's page, or nothing."""
        return PAGES.get(self.subject_type, "").format(id=self.subject_id)

    @property
    def changes(self) -> str:
        """What changed, in one line; amounts in their currency."""
        before, after = self.before or {}, self.after or {}
        currency = str(after.get("currency") or before.get("currency") or "")
        return "; ".join(
            f"{key.removesuffix('_minor').replace('_', ' ')}: "
            f"{_shown(before.get(key), key, currency)} \u2192 {_shown(after.get(key), key, currency)}"
            for key in {**before, **after}
            if before.get(key) != after.get(key) and key != "currency"
        )


def _shown(value: Any, key: str, currency: str) -> str:
    if value is None or value == "":
        return "\u2014"
    if key.endswith("_minor") and currency and isinstance(value, int):
        return Money(value, currency).format()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_columns = tuple(getattr(Event, name) for name in AuditRow.__dataclass_fields__)


def _statement(actor: Actor) -> Select[Any]:
    if actor.ensure(Permission.audit_read) is not Scope.all:
        raise Forbidden(
            "audit.scope", "The audit log is read as a whole; your role reaches only your own customers."
        )
    return select(*_columns)


def _build(row: Any) -> AuditRow:
    return AuditRow(*row[: len(_columns)])


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    """By the beginning of a subject's name or number, or a whole request id."""
    return or_(
        col(Event.subject_label).istartswith(text, autoescape=True), col(Event.request_id) == text.strip()
    )


def _choices(values: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, value.replace("_", " ").capitalize()) for value in values)


class DeclaredEvents(Sequence[Choice]):
    """One choice per declared event, also of contexts that are imported after this one."""

    @overload
    def __getitem__(self, index: int) -> Choice: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Choice]: ...

    def __getitem__(self, index: int | slice) -> Choice | Sequence[Choice]:
        return [Choice(name, name) for name in sorted(event_catalogue())][index]

    def __len__(self) -> int:
        return len(event_catalogue())


AUDIT: Listing[AuditRow] = register(
    Listing(
        key="audit",
        title="Audit",
        noun="event",
        path="/audit",
        permission=Permission.audit_read,
        export_permission=Permission.audit_read,
        statement=_statement,
        build=_build,
        identifier=col(Event.id),
        row_id=lambda row: row.id,
        columns=(
            Column("occurred_at", "When", ColumnKind.instant, lambda row: row.occurred_at, "occurred_at"),
            Column("actor", "Actor", ColumnKind.text, lambda row: row.actor_name),
            Column(
                "on_behalf_of",
                "On behalf of",
                ColumnKind.text,
                lambda row: row.on_behalf_of or "",
                is_default=False,
            ),
            Column("name", "Event", ColumnKind.code, lambda row: row.name),
            Column(
                "subject",
                "Subject",
                ColumnKind.link,
                lambda row: row.subject_label or row.subject_type,
                href=lambda row: row.page,
            ),
            Column("reason", "Reason", ColumnKind.text, lambda row: row.reason),
            Column("changes", "Change", ColumnKind.text, lambda row: row.changes),
            Column("cause", "Cause", ColumnKind.text, lambda row: row.cause.replace("_", " ")),
            Column("request_id", "Request id", ColumnKind.code, lambda row: row.request_id, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(SortKey("occurred_at", col(Event.occurred_at), datetime.fromisoformat),),
        default_sort="-occurred_at",
        filters=(
            Filter("actor", "Actor", FilterKind.text, col(Event.actor_name)),
            Filter(
                "event",
                "Event",
                FilterKind.choice,
                col(Event.name),
                DeclaredEvents(),
            ),
            Filter("subject", "Subject", FilterKind.text, col(Event.subject_label)),
            Filter("cause", "Cause", FilterKind.choice, col(Event.cause), _choices([*Cause])),
            Filter("by", "By", FilterKind.choice, col(Event.actor_kind), _choices([*ActorKind])),
            Filter("when", "When", FilterKind.date, col(Event.occurred_at)),
        ),
        search=_search,
        search_hint="Subject or request id",
        views=(
            View("all", "All", ""),
            View("money", "Touched money", "f=event:invoice.voided,payment.recorded,invoice.paid"),
            View(
                "access", "Access", "f=event:staff_user.signed_in,staff_user.password_changed,session.ended"
            ),
            View("people", "By people", "f=by:user"),
        ),
        empty="Every change stands here with who made it and why.",
    )
)
