"""Documents that travel with a mail, by reference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AttachmentKind(StrEnum):
    """Documents that can travel with a mail; they are printed when it is sent."""

    invoice = "invoice"
    credit_note = "credit_note"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document by reference: `id` is the invoice's or credit note's, `number` what its file is called."""

    kind: AttachmentKind
    id: UUID
    number: str


def stored(attachments: Iterable[Attachment]) -> list[dict[str, str]]:
    """The references as a message keeps them."""
    return [{"kind": each.kind.value, "id": str(each.id), "number": each.number} for each in attachments]


def read_stored(kept: Iterable[Mapping[str, str]]) -> tuple[Attachment, ...]:
    """The references that a message keeps."""
    return tuple(Attachment(AttachmentKind(each["kind"]), UUID(each["id"]), each["number"]) for each in kept)
