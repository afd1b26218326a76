"""Mails that came back."""

from uuid import UUID

from sqlmodel import Session, select

from models.channels import events
from models.channels.operations.messages import record_message_event
from models.channels.rules.message_status import may_become
from models.channels.tables import Message, MessageStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

MAX_DETAIL = 600


def mark_bounced(
    session: Session, actor: Actor, *, reference: str, recipient: str, detail: str
) -> UUID | None:
    """The message could not be delivered to this recipient; returns its id, None where the reference is none of ours.

    `reference` is the Message-ID without angle brackets. The same report again changes nothing.
    """
    actor.ensure(Permission.notifications_send)
    message = session.exec(select(Message).where(Message.reference == reference).with_for_update()).first()
    if message is None:
        return None
    if not may_become(message.status, MessageStatus.bounced):
        return message.id
    sentence = f"{recipient or 'The recipient'}: {detail or 'no reason given'}"[:MAX_DETAIL]
    now = clock.now()
    message.status, message.error = MessageStatus.bounced, sentence
    message.bounced_at = message.updated_at = now
    message.claimed_at = None
    entry = {"at": now.isoformat(), "outcome": "bounced", "detail": sentence}
    message.history = [*message.history, entry]
    record_message_event(session, actor, events.MESSAGE_BOUNCED, message, detail=detail[:MAX_DETAIL])
    return message.id
