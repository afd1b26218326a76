"""The built-in texts: files in `texts/`, whose first line is the subject."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.channels.errors import TemplateUnknown
from models.channels.rules.catalogue import template_kind
from models.integrations.documents import LANGUAGES

FOLDER = Path(__file__).parent.parent / "texts"
# What a built-in text counts as, where versions are compared.
BUILT_IN = 0


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A subject and a body, and which version they are; 0 is the built-in one."""

    subject: str
    body: str
    version: int = BUILT_IN


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template as it is being edited."""

    key: str
    language: str
    subject: str
    body: str


@cache
def built_in_text(key: str, language: str) -> TemplateText:
    """The text we ship; raises TemplateUnknown for a mail or a language there is not."""
    ensure_language(language)
    plain = (FOLDER / template_kind(key).key / f"{language}.txt").read_text("utf-8")
    subject, _, body = plain.partition("\n")
    return TemplateText(subject.strip(), body.strip("\n"))


def ensure_language(language: str) -> str:
    """The language; raises TemplateUnknown for one we do not write."""
    if language not in LANGUAGES:
        raise TemplateUnknown(language, LANGUAGES)
    return language
