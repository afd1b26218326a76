"""Reading mail templates: the texts in force, one with its versions, and what it looks like for a real invoice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.billing import InvoiceRow, get_invoice, list_recent_invoices
from models.channels.rules.catalogue import COMMON, TEMPLATES, TemplateKind, Value, template_kind
from models.channels.rules.compose import Addressee, compose
from models.channels.rules.render import Written, ensure_usable
from models.channels.rules.texts import TemplateDraft, TemplateText, built_in_text, ensure_language
from models.channels.tables import MailTemplate
from models.integrations.documents import LANGUAGES, find_locale
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template in one language: which version is in force, and since when where it was edited."""

    key: str
    language: str
    version: int
    is_edited: bool
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One edit of a template."""

    version: int
    subject: str
    body: str
    is_built_in: bool
    reason: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TemplateDetail:
    """A template in one language: the text in force, and its versions, the newest first."""

    kind: TemplateKind
    language: str
    text: TemplateText
    is_edited: bool
    versions: tuple[TemplateVersion, ...]


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """A mail as it would be written, and for which invoice; without one the facts are examples."""

    written: Written
    invoice: InvoiceRow | None
    customer: str


def current_text(session: Session, key: str, locale: str) -> TemplateText:
    """The text a mail is written with in the locale's language: the newest version, else the built-in one."""
    language = find_locale(locale).language
    newest = session.exec(_versions(key, language).limit(1)).first()
    return _in_force(newest, built_in_text(key, language))


def list_templates(session: Session, actor: Actor) -> list[TemplateRow]:
    """Every template in every language, in the order of the catalogue."""
    actor.ensure(Permission.notifications_read)
    statement = (
        select(MailTemplate)
        .ext(distinct_on(col(MailTemplate.key), col(MailTemplate.language)))
        .order_by(MailTemplate.key, MailTemplate.language, col(MailTemplate.version).desc())
    )
    newest = {(each.key, each.language): each for each in session.exec(statement)}
    rows = []
    for key in TEMPLATES:
        for language in LANGUAGES:
            found = newest.get((key.value, language))
            rows.append(
                TemplateRow(
                    key.value,
                    language,
                    found.version if found else 0,
                    found is not None and not found.is_built_in,
                    found.created_at if found else None,
                )
            )
    return rows


def get_template(session: Session, actor: Actor, *, key: str, language: str) -> TemplateDetail:
    """One template in one language; raises TemplateUnknown."""
    actor.ensure(Permission.notifications_read)
    kind = template_kind(key)
    found = session.exec(_versions(kind.key, ensure_language(language))).all()
    newest = found[0] if found else None
    fields = TemplateVersion.__dataclass_fields__
    return TemplateDetail(
        kind,
        language,
        _in_force(newest, built_in_text(kind.key, language)),
        newest is not None and not newest.is_built_in,
        tuple(TemplateVersion(**{name: getattr(each, name) for name in fields}) for each in found),
    )


def preview_template(
    session: Session, actor: Actor, *, draft: TemplateDraft, invoice_id: UUID | None
) -> TemplatePreview:
    """The template as typed, filled in for an invoice, else for the newest one, else with examples.

    Raises TemplateBroken with the line where it cannot be used.
    """
    actor.ensure(Permission.notifications_read)
    kind = template_kind(draft.key)
    ensure_usable(kind, draft.subject, draft.body)
    invoice = find_sample(session, actor, invoice_id)
    facts = example_facts(kind) | (invoice_facts(kind, invoice) if invoice else {})
    name = invoice.customer if invoice else str(kind.placeholders["customer_name"].example)
    text, language = TemplateText(draft.subject, draft.body), ensure_language(draft.language)
    written = compose(kind, text, facts, addressee=Addressee(name), locale=language)
    return TemplatePreview(written, invoice, name)


def find_sample(session: Session, actor: Actor, invoice_id: UUID | None) -> InvoiceRow | None:
    """The invoice to fill a template in for: the asked one, else the newest; None where there is none."""
    if not actor.may(Permission.invoices_read):
        return None
    if invoice_id is not None:
        return get_invoice(session, actor, invoice_id).row
    return next(iter(list_recent_invoices(session, actor, limit=1)), None)


def example_facts(kind: TemplateKind) -> dict[str, Value]:
    """A fact for every placeholder that a caller gives."""
    return {name: each.example for name, each in kind.placeholders.items() if name not in COMMON}


def invoice_facts(kind: TemplateKind, invoice: InvoiceRow) -> dict[str, Value]:
    """What an invoice says of the placeholders that speak of one; what is open counts as much where all is paid."""
    total = Money(invoice.total_minor, invoice.currency)
    due = Money(invoice.due_minor, invoice.currency) if invoice.due_minor else total
    facts: dict[str, Value] = {
        "invoice_number": invoice.number,
        "total": total,
        "amount_due": due,
        "amount_paid": total,
        "amount_refunded": total,
        "due_on": invoice.due_on,
        "days_overdue": max((clock.today() - invoice.due_on).days, 1),
    }
    return {name: value for name, value in facts.items() if name in kind.placeholders}


def _versions(key: str, language: str) -> SelectOfScalar[MailTemplate]:
    return (
        select(MailTemplate)
        .where(MailTemplate.key == key, MailTemplate.language == language)
        .order_by(col(MailTemplate.version).desc())
    )


def _in_force(newest: MailTemplate | None, built_in: TemplateText) -> TemplateText:
    if newest is None:
        return built_in
    if newest.is_built_in:
        return TemplateText(built_in.subject, built_in.body, newest.version)
    return TemplateText(newest.subject, newest.body, newest.version)
