"""Tasks of messages: one attempt each, and a sweep for those that are due again."""

from uuid import UUID

import structlog
from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.channels import (
    MailOrder,
    claim_message,
    list_due_messages,
    print_papers,
    read_papers,
    record_postponed,
    record_refused,
    record_sent,
)
from models.integrations.mail import MailReceipt, MailUnavailable, send_mail, with_files
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError, Kind
from models.kernel.events import Event

log = structlog.get_logger()

DUE_AT_ONCE = 500
FAULT = "A fault in the program stopped the attempt; it has been reported."


@subscriber("send-message", "message.queued")
def queue_sending(_session: Session, event: Event) -> None:
    """Queue the attempt; should this delivery be undone, the claim makes a second task harmless."""
    send_message(str((event.after or {})["message_id"]))


@task()
def send_message(message_id: str) -> None:
    """Make one attempt at a message; does nothing where it is sent, not due, or in other hands."""
    actor = system_actor("mail worker", Cause.event)
    with unit_of_work() as session:
        order = claim_message(session, actor, message_id=UUID(message_id))
    if order is None:
        return
    try:
        receipt = _hand_over(actor, order)
    except DomainError as error:
        _record_failure(actor, order, error)
        return
    except Exception:  # the edge: the message must not look as if it were under way until its lease ends
        with unit_of_work() as session:
            record_postponed(session, actor, order=order, sentence=FAULT, is_unknown=False)
        raise
    with unit_of_work() as session:
        record_sent(session, actor, order=order, answer=receipt.answer, refused=receipt.refused)


def _hand_over(actor: Actor, order: MailOrder) -> MailReceipt:
    """Read the documents, print them, and send: no session is open but for the reading."""
    with read_session() as session:
        papers = read_papers(session, actor, order.attachments)
    return send_mail(with_files(order.mail, print_papers(papers)))


def _record_failure(actor: Actor, order: MailOrder, error: DomainError) -> None:
    log.warning("mail.not_sent", message_id=str(order.id), code=error.code)
    with unit_of_work() as session:
        if error.kind is Kind.unavailable:
            is_unknown = isinstance(error, MailUnavailable) and error.is_unknown
            record_postponed(session, actor, order=order, sentence=error.sentence, is_unknown=is_unknown)
        else:
            record_refused(session, actor, order=order, error=error)


def send_due_messages() -> None:
    """Queue messages whose next attempt has come or whose worker vanished."""
    with read_session() as session:
        due = list_due_messages(session, system_actor("schedule"), limit=DUE_AT_ONCE)
    for message_id in due:
        send_message(str(message_id))
