"""Events of the channels context; those about a message have what it is about as their subject."""

from models.kernel.events import declare

MAIL_TEMPLATE_RESTORED = declare(
    "mail_template.restored", "restored the built-in text of a mail", "template", "language", "version"
)
MAIL_TEMPLATE_SAVED = declare(
    "mail_template.saved", "changed the text of a mail", "template", "language", "version", "subject", "body"
)
MESSAGE_BOUNCED = declare(
    "message.bounced", "could not be delivered and came back", "message_id", "to", "subject", "detail"
)
MESSAGE_FAILED = declare(
    "message.failed", "could not send a mail", "message_id", "to", "subject", "attempts", "detail"
)
MESSAGE_KEPT = declare(
    "message.kept", "kept a mail in the outbox, as no mail server is set", "message_id", "to", "subject"
)
MESSAGE_QUEUED = declare(
    "message.queued", "wrote a mail", "message_id", "template", "language", "to", "subject", "attachments"
)
MESSAGE_SENT = declare("message.sent", "sent a mail", "message_id", "to", "subject", "attempts", "detail")
