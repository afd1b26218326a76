"""A message as it goes over the wire: headers, text, HTML and files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from models.kernel.settings import get_settings

# RFC 2606: never a real domain; stands where no sender is set, so that nothing leaves with it.
NO_DOMAIN = "outbox.invalid"


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that travels with a mail."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail to be sent; `reference` is its Message-ID without angle brackets."""

    reference: str
    to: Sequence[str]
    cc: Sequence[str]
    subject: str
    text: str
    html: str
    language: str
    written_at: datetime
    files: Sequence[MailFile] = ()


def message_reference(identifier: UUID) -> str:
    """The Message-ID of a message, without angle brackets: its id at the sender's domain (RFC 5322, 3.6.4)."""
    _, address = parseaddr(get_settings().mail_from)
    domain = address.rpartition("@")[2] or NO_DOMAIN
    return f"{identifier}@{domain}"


def build_mail(mail: OutgoingMail) -> EmailMessage:
    """The mail with plain text first and HTML as its alternative.

    A subject or address with a line end is refused by the library, so nobody writes a header of their own.
    """
    built = EmailMessage(policy=SMTP)
    name, address = parseaddr(get_settings().mail_from)
    built["From"] = Address(name, addr_spec=address)
    built["To"] = [Address(addr_spec=each) for each in mail.to]
    if mail.cc:
        built["Cc"] = [Address(addr_spec=each) for each in mail.cc]
    built["Subject"] = mail.subject
    built["Date"] = format_datetime(mail.written_at)
    built["Message-ID"] = f"<{mail.reference}>"
    # RFC 3834: tells answering machines not to answer.
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(mail.text, cte="quoted-printable")
    built.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    for each in mail.files:
        main, _, sub = each.media_type.partition("/")
        built.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    # Last, because making parts moves such headers into the first of them.
    built["Content-Language"] = mail.language
    return built


def with_files(mail: OutgoingMail, files: Sequence[MailFile]) -> OutgoingMail:
    """The same mail with these files."""
    return replace(mail, files=tuple(files))
