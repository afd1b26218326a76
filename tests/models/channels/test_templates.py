"""Editing templates: versions, what is refused, previews for a real invoice, and a test to oneself."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from models.channels import (
    Message,
    TemplateDraft,
    get_template,
    list_templates,
    preview_template,
    restore_template,
    save_template,
    send_test,
)
from models.channels.errors import NothingToTestWith, TemplateBroken, TemplateUnchanged, TemplateUnknown
from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.channels import write_message

BODY = "Dear {{ customer_name }},\n\nplease pay {{ amount_due }}.\n\n[Pay]({{ payment_link }})"
DRAFT = TemplateDraft("payment_reminder", "en", "Please pay", BODY)
KEY = DRAFT.key


def _save(
    session: Session, actor: Actor | None = None, version: int = 0, reason: str = "Shorter", **facts: str
) -> int:
    draft = replace(DRAFT, **facts)
    return save_template(session, actor or anybody(), draft=draft, reason=reason, version=version)


def _editor(session: Session) -> Actor:
    user = make_staff(session, email="fin@clientforge.test")
    grants = dict.fromkeys(Permission, Scope.all)
    return Actor(ActorKind.user, user.id, user.name, Cause.click, grants)


def test_an_edit_is_a_version_that_the_next_mail_uses_and_the_built_in_text_comes_back(
    session: Session,
) -> None:
    tenant = make_tenant(session, name="Northwind", email="a@northwind.test")
    before = write_message(session, tenant=tenant)
    assert _save(session) == 1
    after = write_message(session, tenant=tenant)
    german = write_message(session, tenant=tenant, locale="de")
    assert (before.template_version, after.template_version, german.template_version) == (0, 1, 0)
    assert after.subject == "Please pay"
    assert after.body_text.startswith("Dear Northwind,\n\nplease pay 129.00 EUR.")
    assert before.subject.startswith("Reminder:")
    assert restore_template(session, anybody(), key=KEY, language="en", reason="No", version=1) == 2
    again = write_message(session, tenant=tenant)
    assert (again.subject, again.template_version) == (before.subject, 2)
    found = get_template(session, anybody(), key=KEY, language="en")
    assert [(each.version, each.is_built_in, each.reason) for each in found.versions] == [
        (2, True, "No"),
        (1, False, "Shorter"),
    ]
    assert not found.is_edited
    names = session.exec(
        select(Event.name).where(Event.subject_type == "mail_template").order_by(Event.id)
    ).all()
    assert names == ["mail_template.saved", "mail_template.restored"]


def test_the_list_has_every_mail_in_every_language(session: Session) -> None:
    _save(session)
    _save(session, version=1, subject="Pay, please")
    rows = list_templates(session, anybody())
    assert len(rows) == 45
    edited = [(row.key, row.language, row.version) for row in rows if row.is_edited]
    assert edited == [("payment_reminder", "en", 2)]


def test_what_cannot_be_saved_changes_nothing(session: Session) -> None:
    with pytest.raises(MissingPermission):
        _save(session, actor_with(Permission.notifications_read))
    with pytest.raises(TemplateBroken):
        _save(session, version=0, body="Hello {{ nobody }}")
    with pytest.raises(Invalid, match="Give a reason"):
        _save(session, version=0, reason="  ")
    with pytest.raises(TemplateUnknown):
        _save(session, version=0, language="it")
    with pytest.raises(TemplateUnchanged):
        restore_template(session, anybody(), key=KEY, language="en", reason="x", version=0)
    _save(session)
    with pytest.raises(Conflict, match="Someone changed this"):
        _save(session, version=0, subject="Mine")
    with pytest.raises(TemplateUnchanged):
        _save(session, version=1, body=BODY.replace("\n", "\r\n") + "\n")
    assert len(get_template(session, anybody(), key=KEY, language="en").versions) == 1


def test_a_preview_speaks_of_a_real_invoice_within_reach(session: Session) -> None:
    examples = preview_template(session, anybody(), draft=DRAFT, invoice_id=None)
    assert (examples.invoice, examples.customer) == (None, "Northwind Trading GmbH")
    tenant = make_tenant(session, name="Fabrikam", currency="JPY")
    invoice = make_invoice(session, tenant=tenant, total=12_900)
    shown = preview_template(session, anybody(), draft=replace(DRAFT, language="ja"), invoice_id=None)
    assert shown.invoice is not None
    assert (shown.invoice.number, shown.customer) == (invoice.number, "Fabrikam")
    assert "please pay 12,900 JPY" in shown.written.text
    stranger = actor_with(Permission.notifications_read, Permission.invoices_read, scope=Scope.own)
    with pytest.raises(NotFound):
        preview_template(session, stranger, draft=DRAFT, invoice_id=invoice.id)
    with pytest.raises(TemplateBroken):
        preview_template(session, anybody(), draft=replace(DRAFT, body="{{ x }}"), invoice_id=invoice.id)


def test_a_test_goes_to_oneself_and_on_no_customers_timeline(session: Session) -> None:
    editor = _editor(session)
    with pytest.raises(NothingToTestWith):
        send_test(session, editor, draft=DRAFT, invoice_id=None)
    invoice = make_invoice(session)
    assert send_test(session, editor, draft=DRAFT, invoice_id=invoice.id) == "fin@clientforge.test"
    [message] = session.exec(select(Message)).all()
    assert (message.is_test, message.to_addresses) == (True, ["fin@clientforge.test"])
    [event] = session.exec(select(Event).where(Event.name == "message.queued")).all()
    assert (event.tenant_id, event.subject_type) == (None, "message")
