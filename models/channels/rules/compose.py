"""A whole mail from template, facts and customer."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.channels.rules.catalogue import TemplateKind, Value
from models.channels.rules.render import Written, write_mail
from models.channels.rules.texts import TemplateText
from models.channels.rules.words import write_facts
from models.integrations.documents import find_locale
from models.kernel.settings import get_settings


@dataclass(frozen=True, slots=True)
class Addressee:
    """The customer as a mail speaks of it; instants become days in its time zone."""

    name: str
    time_zone: str = "UTC"


def compose(
    kind: TemplateKind,
    text: TemplateText,
    facts: Mapping[str, Value | None],
    *,
    addressee: Addressee,
    locale: str,
) -> Written:
    """The mail in the locale's language; raises PlaceholderMismatch as `write_facts` does."""
    found = find_locale(locale)
    common = {"customer_name": addressee.name, "our_name": get_settings().issuer_name}
    written = write_facts(kind, facts, common, locale=found, time_zone=addressee.time_zone)
    return write_mail(text.subject, text.body, written, language=found.language, footer=_footer())


def _footer() -> str:
    """Who writes: our name and address, one part a line."""
    settings = get_settings()
    address = [part.strip() for part in settings.issuer_address.split(";") if part.strip()]
    return "\n".join([settings.issuer_name, *address])
