"""Tables of the channels context."""

from models.channels.tables.message import Message, MessageStatus
from models.channels.tables.template import MailTemplate

__all__ = ["MailTemplate", "Message", "MessageStatus"]
