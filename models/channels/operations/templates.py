"""Changing the texts of mails: each change is a version with its reason."""

from typing import Any

from sqlmodel import Session

from models.channels import events
from models.channels.errors import TemplateUnchanged
from models.channels.queries.templates import TemplateDetail, get_template
from models.channels.rules.catalogue import TemplateKind
from models.channels.rules.markup import lines_of
from models.channels.rules.render import ensure_usable
from models.channels.rules.texts import TemplateDraft
from models.channels.tables import MailTemplate
from models.kernel.actor import Actor
from models.kernel.columns import can_store_text
from models.kernel.errors import Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import ensure_version, lock_name
from models.kernel.permissions import Permission

MAX_REASON = 500


def save_template(session: Session, actor: Actor, *, draft: TemplateDraft, reason: str, version: int) -> int:
    """The mail is written with this text from now on; returns its version.

    `version` is the one that was edited: a newer one refuses the save. Refused as `ensure_usable` says, without a
    reason, and where nothing differs.
    """
    found = _lock(session, actor, draft.key, draft.language, version)
    why = _ensure_reason(reason)
    subject = draft.subject.strip()
    body = "\n".join(each.rstrip() for each in lines_of(draft.body))
    ensure_usable(found.kind, subject, body)
    if (subject, body) == (found.text.subject, found.text.body):
        raise TemplateUnchanged
    row = _add(session, actor, MailTemplate(subject=subject, body=body, reason=why, **_next(found)))
    before = {"subject": found.text.subject, "body": found.text.body}
    after = {**_facts(row), "subject": subject, "body": body}
    record_event(
        session,
        actor,
        events.MAIL_TEMPLATE_SAVED,
        _subject(row, found.kind),
        reason=why,
        before=before,
        after=after,
    )
    return row.version


def restore_template(
    session: Session, actor: Actor, *, key: str, language: str, reason: str, version: int
) -> int:
    """The built-in text is used again, also as later releases better it; returns the version that says so."""
    found = _lock(session, actor, key, language, version)
    why = _ensure_reason(reason)
    if not found.is_edited:
        raise TemplateUnchanged
    row = _add(session, actor, MailTemplate(is_built_in=True, reason=why, **_next(found)))
    subject = _subject(row, found.kind)
    record_event(session, actor, events.MAIL_TEMPLATE_RESTORED, subject, reason=why, after=_facts(row))
    return row.version


def _lock(session: Session, actor: Actor, key: str, language: str, version: int) -> TemplateDetail:
    actor.ensure(Permission.mail_templates_write)
    lock_name(session, f"mail_template:{key}:{language}")
    found = get_template(session, actor, key=key, language=language)
    ensure_version(version, found.text.version, "mail_template")
    return found


def _next(found: TemplateDetail) -> dict[str, Any]:
    return {"key": found.kind.key, "language": found.language, "version": found.text.version + 1}


def _add(session: Session, actor: Actor, row: MailTemplate) -> MailTemplate:
    row.author = actor.name
    session.add(row)
    session.flush()
    return row


def _facts(row: MailTemplate) -> dict[str, object]:
    return {"template": row.key, "language": row.language, "version": row.version}


def _subject(row: MailTemplate, kind: TemplateKind) -> Subject:
    return Subject("mail_template", row.id, f"{kind.name} ({row.language})")


def _ensure_reason(reason: str) -> str:
    text = " ".join(reason.split())
    if not text or len(text) > MAX_REASON or not can_store_text(text):
        raise Invalid(
            "mail_template.no_reason", "Give a reason; it stands beside the version.", field="reason"
        )
    return text
