"""Messages to customers: templates, the outbox, and what became of each."""

from models.channels.operations.messages import (
    Attachment,
    AttachmentKind,
    queue_message,
    resend_message,
)
from models.channels.rules.catalogue import TEMPLATES, FactKind, Placeholder, TemplateKey, TemplateKind, Value
from models.channels.rules.words import Decline
from models.channels.tables import MailTemplate, Message, MessageStatus

__all__ = [
    "TEMPLATES",
    "Attachment",
    "AttachmentKind",
    "Decline",
    "FactKind",
    "MailTemplate",
    "Message",
    "MessageStatus",
    "Placeholder",
    "TemplateKey",
    "TemplateKind",
    "Value",
    "queue_message",
    "resend_message",
]
