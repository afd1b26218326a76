"""Mail: addresses of messages, sending through SMTP, and reading what comes back."""

from models.integrations.mail.bounces import Bounce, read_bounces
from models.integrations.mail.errors import MailRefused, MailUnavailable
from models.integrations.mail.outgoing import (
    MailFile,
    OutgoingMail,
    build_mail,
    message_reference,
    with_files,
)
from models.integrations.mail.smtp import MailReceipt, send_mail, why_not_send

__all__ = [
    "Bounce",
    "MailFile",
    "MailReceipt",
    "MailRefused",
    "MailUnavailable",
    "OutgoingMail",
    "build_mail",
    "message_reference",
    "read_bounces",
    "send_mail",
    "why_not_send",
    "with_files",
]
