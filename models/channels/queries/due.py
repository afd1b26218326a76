"""What the worker looks for in the outbox."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.channels.tables import Message, MessageStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.operations import ensure_program


def list_due_messages(session: Session, actor: Actor, *, limit: int) -> list[UUID]:
    """Messages whose next attempt has come, or whose worker let its lease run out; the longest waiting first."""
    ensure_program(actor)
    statement = (
        select(Message.id)
        .where(Message.status == MessageStatus.queued.value, Message.next_attempt_at <= clock.now())
        .order_by(col(Message.next_attempt_at))
        .limit(limit)
    )
    return list(session.exec(statement))
