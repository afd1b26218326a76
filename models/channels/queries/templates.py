"""Reading mail templates: the text in force, and its versions."""

from sqlmodel import Session, col, select

from models.channels.rules.texts import TemplateText, built_in_text
from models.channels.tables import MailTemplate
from models.integrations.documents import find_locale


def current_text(session: Session, key: str, locale: str) -> TemplateText:
    """The text a mail is written with in the locale's language: the newest version, else the built-in one."""
    language = find_locale(locale).language
    newest = session.exec(
        select(MailTemplate)
        .where(MailTemplate.key == key, MailTemplate.language == language)
        .order_by(col(MailTemplate.version).desc())
        .limit(1)
    ).first()
    built_in = built_in_text(key, language)
    if newest is None:
        return built_in
    if newest.is_built_in:
        return TemplateText(built_in.subject, built_in.body, newest.version)
    return TemplateText(newest.subject, newest.body, newest.version)
