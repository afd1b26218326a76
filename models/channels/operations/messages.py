"""Writing messages to customers into the outbox, and sending one again."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.accounts import Tenant, get_scoped, lock_scoped, tenant_subject
from models.channels import events
from models.channels.errors import MessageNotResendable
from models.channels.queries.recipients import list_recipients
from models.channels.queries.templates import current_text
from models.channels.rules.addresses import ensure_recipients, mask_all, read_addresses
from models.channels.rules.attachments import Attachment, stored
from models.channels.rules.catalogue import Value, template_kind
from models.channels.rules.compose import Addressee, compose
from models.channels.rules.message_status import goes_again_as_itself
from models.channels.rules.render import Written
from models.channels.tables import Message, MessageStatus
from models.integrations.mail import message_reference
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.events import EventType, Subject, record_event, wake
from models.kernel.permissions import Permission

MAX_KEY = 200
COPIED = (
    *("tenant_id", "template", "template_version", "locale", "is_test", "cc_addresses", "subject"),
    *("body_text", "body_html", "attachments", "about_type", "about_id", "about_label"),
)


def queue_message(  # noqa: PLR0913 -- who, what, to whom, about what, with what, and why only once
    session: Session,
    actor: Actor,
    *,
    template: str,
    tenant_id: UUID,
    dedupe_key: str,
    context: Mapping[str, Value | None],
    to: str | Iterable[str] = (),
    cc: str | Iterable[str] = (),
    subject: Subject | None = None,
    attachments: Iterable[Attachment] = (),
    locale: str = "",
    reason: str = "",
) -> UUID:
    """Write a mail from its template into the outbox, from which a worker sends it; returns the message's id.

    `context` has a fact for each placeholder of the template (`TEMPLATES[key].placeholders`): `Money`, `date` (a
    `datetime` becomes the customer's day), `int`, an https link, text, or a `Decline`. The customer's and our own
    name are filled in here. Without `to` it goes to the customer's primary contact, else to its address; without
    `locale` it is written in the customer's language. `subject` is what it is about (invoice, payment, ...): its
    timeline and the customer's show the mail. The same `dedupe_key` again writes nothing and returns the first
    message's id. Raises PlaceholderMismatch, RecipientInvalid, RecipientMissing or TooManyRecipients.
    """
    tenant = get_scoped(session, actor, Tenant, tenant_id, Permission.notifications_send)
    kind = template_kind(template)
    recipients = read_addresses(to) or read_addresses(list_recipients(session, tenant))
    copies = [each for each in read_addresses(cc) if each not in recipients]
    ensure_recipients(recipients, copies)
    spoken = locale or tenant.locale
    text = current_text(session, kind.key, spoken)
    addressee = Addressee(tenant.name, tenant.time_zone)
    written = compose(kind, text, context, addressee=addressee, locale=spoken)
    message = _message(tenant, written, spoken, subject or tenant_subject(tenant), attachments)
    message.template, message.template_version = kind.key, text.version
    message.to_addresses, message.cc_addresses = recipients, copies
    message.dedupe_key = dedupe_key[:MAX_KEY]
    return put_message(session, actor, message, reason)


def resend_message(session: Session, actor: Actor, *, message_id: UUID, to: str = "") -> UUID:
    """The message goes out again as it was written; returns the id of the one that does.

    One that has reached nobody (kept, failed) is queued again as itself. Of one that was sent or bounced, or where
    `to` names other recipients, a copy is made. Refused while it is under way.
    """
    message = lock_scoped(session, actor, Message, message_id, Permission.notifications_send)
    if message.status == MessageStatus.queued:
        raise MessageNotResendable("It is under way already; its next attempt stands on this page.")
    recipients = read_addresses(to) or list(message.to_addresses)
    ensure_recipients(recipients, message.cc_addresses)
    if goes_again_as_itself(message.status) and recipients == message.to_addresses:
        return _queue_again(session, actor, message)
    copy = Message(**{name: getattr(message, name) for name in COPIED})
    copy.to_addresses, copy.resent_of = recipients, message.id
    copy.id = new_id()
    copy.reference, copy.dedupe_key = message_reference(copy.id), f"resend:{copy.id}"
    return put_message(session, actor, copy, "Sent again.")


def record_message_event(
    session: Session, actor: Actor, event: EventType, message: Message, reason: str = "", **facts: Any
) -> None:
    """The event on what the message is about, with the recipients masked; lists of messages are woken too.

    A test mail is on nobody's timeline.
    """
    subject = Subject("message", message.id, message.subject)
    if not message.is_test and message.about_id is not None:
        subject = Subject(message.about_type, message.about_id, message.about_label, message.tenant_id)
    after = {
        "message_id": str(message.id),
        "to": mask_all([*message.to_addresses, *message.cc_addresses]),
        "subject": message.subject,
        **facts,
    }
    record_event(session, actor, event, subject, reason=reason, after=after)
    wake(session, "message")


def _message(
    tenant: Tenant, written: Written, locale: str, about: Subject, attachments: Iterable[Attachment]
) -> Message:
    identifier = new_id()
    return Message(
        id=identifier,
        tenant_id=tenant.id,
        template="",
        locale=locale,
        subject=written.subject,
        body_text=written.text,
        body_html=written.html,
        attachments=stored(attachments),
        about_type=about.type,
        about_id=about.id,
        about_label=about.label,
        reference=message_reference(identifier),
        dedupe_key="",
    )


def put_message(session: Session, actor: Actor, message: Message, reason: str) -> UUID:
    """Into the outbox, or the id of the one that stands there for the same cause."""
    columns = message.model_dump()
    stored = session.execute(
        insert(Message)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(col(Message.id))
    ).first()
    if stored is None:
        return session.exec(select(Message.id).where(Message.dedupe_key == message.dedupe_key)).one()
    _record_queued(session, actor, message, reason)
    return message.id


def _queue_again(session: Session, actor: Actor, message: Message) -> UUID:
    message.status = MessageStatus.queued
    message.attempts = message.lost_attempts = 0
    message.error = ""
    message.next_attempt_at = message.updated_at = clock.now()
    message.claimed_at = None
    _record_queued(session, actor, message, "Sent again.")
    return message.id


def _record_queued(session: Session, actor: Actor, message: Message, reason: str) -> None:
    record_message_event(
        session,
        actor,
        events.MESSAGE_QUEUED,
        message,
        reason,
        template=message.template,
        language=message.locale,
        attachments=[f"{each['number']}.pdf" for each in message.attachments],
    )
