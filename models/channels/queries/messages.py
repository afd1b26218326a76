"""Reading messages: the list, one as it was written, and those about one thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from models.accounts import Tenant, get_scoped, matches, scoped
from models.channels.rules.addresses import mask_all
from models.channels.rules.attachments import Attachment, read_stored
from models.channels.rules.catalogue import TEMPLATES
from models.channels.rules.message_status import LABELS
from models.channels.tables import Message, MessageStatus
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
    register,
)
from models.kernel.permissions import Permission

# Where the page of what a message is about stands.
PLACES: Mapping[str, str] = {
    "credit_note": "/billing/credit-notes/{id}",
    "invoice": "/billing/invoices/{id}",
    "subscription": "/billing/subscriptions/{id}",
    "tenant": "/customers/{id}",
}
MANY_TRIES = 1


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in a list; recipients are masked there."""

    id: UUID
    tenant_id: UUID
    customer: str
    template: str
    template_version: int
    locale: str
    is_test: bool
    to_addresses: tuple[str, ...]
    subject: str
    about_type: str
    about_id: UUID | None
    about_label: str
    status: str
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None

    @property
    def about_href(self) -> str:
        """The page of what it is about, or nothing."""
        return PLACES.get(self.about_type, "").format(id=self.about_id) if self.about_id else ""

    @property
    def kind(self) -> str:
        """What kind of mail it is, in words."""
        found = next((each for key, each in TEMPLATES.items() if key.value == self.template), None)
        return found.name if found else self.template

    @property
    def flag(self) -> str:
        """What else must be seen beside the status."""
        if self.is_test:
            return "Test"
        is_retrying = self.status == MessageStatus.queued and self.attempts >= MANY_TRIES
        return f"{self.attempts} tries" if is_retrying else ""


@dataclass(frozen=True, slots=True)
class MessageDetail:
    """A message as it was written, and everything that became of it."""

    row: MessageRow
    cc_addresses: tuple[str, ...]
    body_text: str
    body_html: str
    attachments: tuple[Attachment, ...]
    history: tuple[Mapping[str, Any], ...]
    next_attempt_at: datetime
    bounced_at: datetime | None
    reference: str
    resent_of: UUID | None


_columns: tuple[Any, ...] = (
    Message.id,
    Message.tenant_id,
    col(Tenant.name).label("customer"),
    Message.template,
    Message.template_version,
    Message.locale,
    Message.is_test,
    Message.to_addresses,
    Message.subject,
    Message.about_type,
    Message.about_id,
    Message.about_label,
    Message.status,
    Message.attempts,
    Message.error,
    Message.created_at,
    Message.sent_at,
)


def get_message(session: Session, actor: Actor, *, message_id: UUID) -> MessageDetail:
    """One message within the actor's reach; NotFound otherwise."""
    message = get_scoped(session, actor, Message, message_id, Permission.notifications_read)
    row = session.execute(_statement(actor).where(col(Message.id) == message_id)).one()
    return MessageDetail(
        _build(row),
        tuple(message.cc_addresses),
        message.body_text,
        message.body_html,
        read_stored(message.attachments),
        tuple(message.history),
        message.next_attempt_at,
        message.bounced_at,
        message.reference,
        message.resent_of,
    )


def list_messages_about(
    session: Session, actor: Actor, *, about_id: UUID, limit: int = 50
) -> list[MessageRow]:
    """The newest messages about an invoice, a credit note or another thing; test mails are left out."""
    statement = _statement(actor).where(col(Message.about_id) == about_id, col(Message.is_test).is_(False))
    found = session.execute(statement.order_by(col(Message.id).desc()).limit(limit))
    return [_build(row) for row in found]


def count_kept(session: Session, actor: Actor) -> int:
    """Messages within the actor's reach that wait for a mail server."""
    statement = select(func.count()).where(col(Message.status) == MessageStatus.kept.value)
    return session.scalar(scoped(statement, Message.tenant_id, actor, Permission.notifications_read)) or 0


def _statement(actor: Actor) -> Select[Any]:
    statement = select(*_columns).join(Tenant, col(Tenant.id) == Message.tenant_id)
    return scoped(statement, Message.tenant_id, actor, Permission.notifications_read)


def _build(row: Any) -> MessageRow:
    facts = dict(zip(MessageRow.__dataclass_fields__, row, strict=False))
    return MessageRow(**{**facts, "to_addresses": tuple(facts["to_addresses"])})


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    if "@" in plain:
        return col(Message.to_addresses).contains([plain.lower()])
    return matches(plain)


MESSAGES: Listing[MessageRow] = register(
    Listing(
        key="messages",
        title="Notifications",
        noun="message",
        path="/ops/notifications",
        permission=Permission.notifications_read,
        export_permission=Permission.notifications_export,
        statement=_statement,
        build=_build,
        identifier=col(Message.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "subject",
                "Subject",
                ColumnKind.link,
                lambda row: row.subject,
                href=lambda row: f"/ops/notifications/{row.id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column("template", "Template", ColumnKind.text, lambda row: row.kind),
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.status,
                note=lambda row: row.flag,
                note_tone=lambda row: "special" if row.is_test else "attention",
            ),
            Column("created_at", "When", ColumnKind.instant, lambda row: row.created_at, "created_at"),
            Column("to", "To", ColumnKind.text, lambda row: mask_all(row.to_addresses)),
            Column(
                "about",
                "About",
                ColumnKind.link,
                lambda row: row.about_label if row.about_href else "",
                href=lambda row: row.about_href,
            ),
            Column("sent_at", "Sent", ColumnKind.instant, lambda row: row.sent_at, is_default=False),
            Column("locale", "Language", ColumnKind.text, lambda row: row.locale, is_default=False),
            Column(
                "version", "Version", ColumnKind.number, lambda row: row.template_version, is_default=False
            ),
            Column("error", "Error", ColumnKind.text, lambda row: row.error, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(SortKey("created_at", col(Message.created_at), datetime.fromisoformat),),
        default_sort="-created_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Message.status),
                tuple(Choice(each.value, LABELS[each]) for each in MessageStatus),
            ),
            Filter(
                "template",
                "Template",
                FilterKind.choice,
                col(Message.template),
                tuple(Choice(each.key.value, each.name) for each in TEMPLATES.values()),
            ),
            Filter("created_at", "When", FilterKind.date, col(Message.created_at)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
            Filter("about", "About", FilterKind.text, col(Message.about_label)),
        ),
        search=_search,
        search_hint="Customer or a whole address",
        views=(
            View("all", "All", ""),
            View("failed", "Failed", "f=status:failed,bounced"),
            View("kept", "Kept here", "f=status:kept"),
        ),
        empty="Messages to customers appear here when an invoice is sent or a payment fails.",
        nouns=frozenset({"message", "tenant"}),
        labels=LABELS,
    )
)
