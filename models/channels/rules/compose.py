"""A whole mail from template, facts and customer."""

from collections.abc import Mapping

from models.accounts import Tenant
from models.channels.rules.catalogue import TemplateKind, Value
from models.channels.rules.render import Written, write_mail
from models.channels.rules.texts import TemplateText
from models.channels.rules.words import write_facts
from models.integrations.documents import find_locale
from models.kernel.settings import get_settings


def compose(
    kind: TemplateKind, text: TemplateText, facts: Mapping[str, Value | None], *, tenant: Tenant, locale: str
) -> Written:
    """The mail in the locale's language; raises PlaceholderMismatch as `write_facts` does."""
    found = find_locale(locale)
    settings = get_settings()
    common = {"customer_name": tenant.name, "our_name": settings.issuer_name}
    written = write_facts(kind, facts, common, locale=found, time_zone=tenant.time_zone)
    return write_mail(text.subject, text.body, written, language=found.language, footer=footer())


def footer() -> str:
    """Who writes: our name and address, one part a line."""
    settings = get_settings()
    address = [part.strip() for part in settings.issuer_address.split(";") if part.strip()]
    return "\n".join([settings.issuer_name, *address])
