"""Delivery status notifications (RFC 3464): what came back, about which of our messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Part
from email.policy import default
from email.utils import parseaddr

MAX_WORDS = 500


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server reports of one recipient.

    `reference` is our Message-ID without angle brackets, empty where the report does not carry it. Only a
    report that `is_final` (Action: failed) means the mail was not delivered; a delay is tried on by the server.
    """

    reference: str
    recipient: str
    status: str
    diagnostic: str
    is_final: bool


def read_bounces(raw: bytes) -> list[Bounce]:
    """The reports of a notification, one a recipient; empty for a mail that is none, however it is broken."""
    mail = message_from_bytes(raw, policy=default)
    parts = list(mail.walk())
    report = next((each for each in parts if each.get_content_type() == "message/delivery-status"), None)
    if report is None:
        return []
    reference = _reference(parts)
    # The first block speaks of the message, each further one of a recipient.
    payload: object = report.get_payload()
    blocks = [each for each in payload if isinstance(each, Part)] if isinstance(payload, list) else []
    return [
        _bounce(each, reference)
        for each in blocks
        if each.get("Final-Recipient") is not None or each.get("Original-Recipient") is not None
    ]


def _bounce(block: Part, reference: str) -> Bounce:
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    return Bounce(
        reference,
        parseaddr(recipient.rpartition(";")[2].strip())[1].lower(),
        _plain(block, "Status"),
        _plain(block, "Diagnostic-Code").removeprefix("smtp;").strip()[:MAX_WORDS],
        _plain(block, "Action").lower() == "failed",
    )


def _reference(parts: Sequence[Part]) -> str:
    """The Message-ID of the mail that came back: from the copy of it, or of its headers, within the report."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            returned = inner[0] if isinstance(inner, list) and inner else None
        elif kind == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            returned = message_from_bytes(content, policy=default) if isinstance(content, bytes) else None
        else:
            continue
        if isinstance(returned, Part) and returned.get("Message-ID"):
            return str(returned["Message-ID"]).strip().strip("<>")
    return ""


def _plain(block: Part, name: str) -> str:
    return " ".join(str(block.get(name) or "").split())
