"""Errors as named facts: each driver maps a kind once (HTTP status, toast, retry)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What an error means to whoever called."""

    not_found = "not_found"
    conflict = "conflict"
    forbidden = "forbidden"
    invalid = "invalid"
    unavailable = "unavailable"


class DomainError(Exception):
    """A refusal with a stable code, a sentence a person understands and the data behind it."""

    kind = Kind.invalid

    def __init__(self, code: str, sentence: str, *, field: str = "", **data: Any) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.field = field
        self.data = data


class NotFound(DomainError):
    """The thing does not exist or is out of the actor's scope; the two look the same on purpose."""

    kind = Kind.not_found
    # What a table's row is called on screens, where the two differ.
    words: ClassVar[Mapping[str, str]] = {"staff_user": "member of staff", "tenant": "customer"}

    def __init__(self, what: str, identifier: object = "") -> None:
        word = self.words.get(what, what.replace("_", " "))
        super().__init__(
            f"{what}.not_found",
            f"There is no such {word}, or you may not see it. Check the address or search.",
            what=what,
            identifier=str(identifier),
        )


class Conflict(DomainError):
    """The world is not as the caller assumed."""

    kind = Kind.conflict


class Forbidden(DomainError):
    """The actor lacks a permission."""

    kind = Kind.forbidden


class Invalid(DomainError):
    """The input breaks a rule; `field` names where."""

    kind = Kind.invalid


class Unavailable(DomainError):
    """Something we depend on does not answer; trying again later may work."""

    kind = Kind.unavailable
