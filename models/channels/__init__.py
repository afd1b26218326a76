"""Messages to customers: templates, the outbox, and what became of each."""

from models.channels.operations.bounces import mark_bounced
from models.channels.operations.messages import queue_message, resend_message
from models.channels.operations.sending import (
    MailOrder,
    claim_message,
    record_postponed,
    record_refused,
    record_sent,
)
from models.channels.queries.attachments import print_papers, read_papers
from models.channels.queries.due import list_due_messages
from models.channels.rules.attachments import Attachment, AttachmentKind
from models.channels.rules.catalogue import TEMPLATES, FactKind, Placeholder, TemplateKey, TemplateKind, Value
from models.channels.rules.words import Decline
from models.channels.tables import MailTemplate, Message, MessageStatus

__all__ = [
    "TEMPLATES",
    "Attachment",
    "AttachmentKind",
    "Decline",
    "FactKind",
    "MailOrder",
    "MailTemplate",
    "Message",
    "MessageStatus",
    "Placeholder",
    "TemplateKey",
    "TemplateKind",
    "Value",
    "claim_message",
    "list_due_messages",
    "mark_bounced",
    "print_papers",
    "queue_message",
    "read_papers",
    "record_postponed",
    "record_refused",
    "record_sent",
    "resend_message",
]
