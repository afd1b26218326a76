"""Messages to customers: templates, the outbox, and what became of each."""

from models.channels.operations.bounces import mark_bounced
from models.channels.operations.invoice_mail import InvoiceMail, preview_invoice_mail, send_invoice
from models.channels.operations.messages import queue_message, resend_message
from models.channels.operations.sending import (
    MailOrder,
    claim_message,
    record_postponed,
    record_refused,
    record_sent,
)
from models.channels.operations.templates import restore_template, save_template
from models.channels.operations.trial import send_test
from models.channels.queries.attachments import print_papers, read_papers
from models.channels.queries.due import list_due_messages
from models.channels.queries.messages import (
    MESSAGES,
    MessageDetail,
    MessageRow,
    count_kept,
    get_message,
    list_messages_about,
)
from models.channels.queries.templates import (
    TemplateDetail,
    TemplatePreview,
    TemplateRow,
    TemplateVersion,
    get_template,
    list_templates,
    preview_template,
)
from models.channels.rules.attachments import Attachment, AttachmentKind
from models.channels.rules.catalogue import TEMPLATES, FactKind, Placeholder, TemplateKey, TemplateKind, Value
from models.channels.rules.invoice_mail import why_not_send_invoice
from models.channels.rules.message_status import LABELS as MESSAGE_LABELS
from models.channels.rules.message_status import goes_again_as_itself
from models.channels.rules.render import Written
from models.channels.rules.texts import TemplateDraft
from models.channels.rules.words import Decline
from models.channels.tables import MailTemplate, Message, MessageStatus

__all__ = [
    "MESSAGES",
    "MESSAGE_LABELS",
    "TEMPLATES",
    "Attachment",
    "AttachmentKind",
    "Decline",
    "FactKind",
    "InvoiceMail",
    "MailOrder",
    "MailTemplate",
    "Message",
    "MessageDetail",
    "MessageRow",
    "MessageStatus",
    "Placeholder",
    "TemplateDetail",
    "TemplateDraft",
    "TemplateKey",
    "TemplateKind",
    "TemplatePreview",
    "TemplateRow",
    "TemplateVersion",
    "Value",
    "Written",
    "claim_message",
    "count_kept",
    "get_message",
    "get_template",
    "goes_again_as_itself",
    "list_due_messages",
    "list_messages_about",
    "list_templates",
    "mark_bounced",
    "preview_invoice_mail",
    "preview_template",
    "print_papers",
    "queue_message",
    "read_papers",
    "record_postponed",
    "record_refused",
    "record_sent",
    "resend_message",
    "restore_template",
    "save_template",
    "send_invoice",
    "send_test",
    "why_not_send_invoice",
]
