"""One attempt at a message: claimed, sent outside any transaction, and its result recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from models.channels import events
from models.channels.operations.messages import record_message_event
from models.channels.rules.attachments import Attachment, read_stored
from models.channels.rules.message_status import LEASE, MAX_LOST, may_become, pause_after
from models.channels.tables import Message, MessageStatus
from models.integrations.documents import find_locale
from models.integrations.mail import OutgoingMail, why_not_send
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError
from models.kernel.events import EventType
from models.kernel.locking import lock_row
from models.kernel.settings import get_settings
from models.operations import ensure_program

UNKNOWN = (
    "Twice the connection or the worker was lost after the mail had been handed over. It may have arrived twice; "
    "ask the customer before it is sent again."
)


@dataclass(frozen=True, slots=True)
class MailOrder:
    """What a worker needs for one attempt, and the claim by which it holds the message."""

    id: UUID
    claimed_at: datetime
    mail: OutgoingMail
    attachments: tuple[Attachment, ...]


def claim_message(session: Session, actor: Actor, *, message_id: UUID) -> MailOrder | None:
    """The caller makes one attempt at this message; None where it is not due, in other hands, or stays here.

    Without a mail server it is kept. One whose worker vanished twice counts as failed, as a third attempt might be
    the third copy.
    """
    ensure_program(actor)
    message = session.exec(
        select(Message).where(Message.id == message_id).with_for_update(skip_locked=True)
    ).first()
    now = clock.now()
    if message is None or message.status != MessageStatus.queued or message.next_attempt_at > now:
        return None
    if message.claimed_at is not None:
        _note(message, "lost", "The worker vanished, and whether the mail went out is not known.")
        message.lost_attempts += 1
        if message.lost_attempts >= MAX_LOST:
            _fail(session, actor, message, UNKNOWN)
            return None
    if why_not_send():
        _become(message, MessageStatus.kept, "kept", why_not_send())
        record_message_event(session, actor, events.MESSAGE_KEPT, message)
        return None
    message.attempts += 1
    message.claimed_at = message.updated_at = now
    message.next_attempt_at = now + LEASE
    return _order(message, now)


def record_sent(
    session: Session, actor: Actor, *, order: MailOrder, answer: str, refused: Mapping[str, str]
) -> None:
    """The server has taken the mail; `refused` are recipients it would not take, each with its answer."""
    ensure_program(actor)
    message = lock_row(session, Message, order.id)
    others = "; ".join(f"not for {address}: {why}" for address, why in refused.items())
    detail = f"{answer} {others}".strip()
    if not may_become(message.status, MessageStatus.sent):
        # It was taken for lost and has gone another way meanwhile: the fact is kept.
        _note(message, "sent", detail)
        return
    message.sent_at = clock.now()
    _become(message, MessageStatus.sent, "sent", detail)
    message.error = others
    _record(session, actor, events.MESSAGE_SENT, message, detail)


def record_refused(session: Session, actor: Actor, *, order: MailOrder, error: DomainError) -> None:
    """The mail cannot be sent as it is; nothing happens where another worker has it."""
    ensure_program(actor)
    message = _held(session, order)
    if message is not None:
        _fail(session, actor, message, error.sentence)


def record_postponed(
    session: Session, actor: Actor, *, order: MailOrder, sentence: str, is_unknown: bool
) -> None:
    """The attempt failed and is repeated later, or was the last one; nothing happens where another worker has it.

    `is_unknown` where the server may have taken the mail: that is repeated once.
    """
    ensure_program(actor)
    message = _held(session, order)
    if message is None:
        return
    message.lost_attempts += 1 if is_unknown else 0
    if message.lost_attempts >= MAX_LOST:
        _fail(session, actor, message, f"{sentence} {UNKNOWN}")
    elif message.attempts >= get_settings().mail_attempts:
        _fail(session, actor, message, sentence)
    else:
        now = clock.now()
        message.claimed_at, message.error = None, sentence
        message.next_attempt_at = now + pause_after(message.attempts)
        message.updated_at = now
        _note(message, "postponed", sentence)


def _order(message: Message, now: datetime) -> MailOrder:
    mail = OutgoingMail(
        reference=message.reference,
        to=tuple(message.to_addresses),
        cc=tuple(message.cc_addresses),
        subject=message.subject,
        text=message.body_text,
        html=message.body_html,
        language=find_locale(message.locale).language,
        written_at=message.created_at,
    )
    return MailOrder(message.id, now, mail, read_stored(message.attachments))


def _held(session: Session, order: MailOrder) -> Message | None:
    message = lock_row(session, Message, order.id)
    is_held = message.status == MessageStatus.queued and message.claimed_at == order.claimed_at
    return message if is_held else None


def _fail(session: Session, actor: Actor, message: Message, sentence: str) -> None:
    _become(message, MessageStatus.failed, "failed", sentence)
    message.error = sentence
    _record(session, actor, events.MESSAGE_FAILED, message, sentence)


def _record(session: Session, actor: Actor, event: EventType, message: Message, detail: str) -> None:
    record_message_event(session, actor, event, message, attempts=message.attempts, detail=detail)


def _become(message: Message, status: MessageStatus, outcome: str, detail: str) -> None:
    message.status, message.claimed_at, message.error = status, None, ""
    message.updated_at = clock.now()
    _note(message, outcome, detail)


def _note(message: Message, outcome: str, detail: str) -> None:
    entry: dict[str, Any] = {"at": clock.now().isoformat(), "outcome": outcome, "detail": detail}
    # A new list, because a change within one is not seen.
    message.history = [*message.history, entry]
