"""Writing messages: to whom, in which language, once, and sending one again."""

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from models.accounts import add_contact
from models.channels import Attachment, AttachmentKind, Message, queue_message, resend_message
from models.channels.errors import (
    MessageNotResendable,
    RecipientInvalid,
    RecipientMissing,
    TemplateUnknown,
    TooManyRecipients,
)
from models.kernel import clock
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.errors import NotFound
from models.kernel.events import Event, Subject
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_tenant
from tests.factories.channels import example_facts, write_message


def _events(session: Session, message: Message) -> list[Event]:
    found = session.exec(select(Event).where(col(Event.name).startswith("message.")).order_by(col(Event.id)))
    return [each for each in found if (each.after or {}).get("message_id") == str(message.id)]


def test_a_mail_is_written_in_the_customers_language_and_stands_on_the_timeline(session: Session) -> None:
    tenant = make_tenant(session, locale="de-AT", email="Buchhaltung@Beispiel.test", country="AT")
    about = Subject("invoice", new_id(), "INV-2026-000123", tenant.id)
    message = write_message(
        session,
        tenant=tenant,
        subject=about,
        cc="chef@beispiel.test; buchhaltung@beispiel.test",
        attachments=[Attachment(AttachmentKind.invoice, about.id, "INV-2026-000123")],
    )
    assert message.subject.startswith("Zahlungserinnerung: Rechnung INV-2026-000123 über 129,00 EUR")
    assert message.to_addresses == ["buchhaltung@beispiel.test"]
    assert message.cc_addresses == ["chef@beispiel.test"]
    assert message.status == "queued"
    assert message.reference == f"{message.id}@outbox.invalid"
    [event] = _events(session, message)
    assert (event.name, event.subject_id, event.tenant_id) == ("message.queued", about.id, tenant.id)
    assert event.after is not None
    assert event.after["to"] == "bu…@beispiel.test, ch…@beispiel.test"
    assert event.after["attachments"] == ["INV-2026-000123.pdf"]


def test_the_primary_contact_comes_before_the_customers_own_address(session: Session) -> None:
    tenant = make_tenant(session, email="office@northwind.test")
    assert write_message(session, tenant=tenant).to_addresses == ["office@northwind.test"]
    add_contact(session, anybody(), tenant_id=tenant.id, name="Kim", email="kim@northwind.test")
    assert write_message(session, tenant=tenant).to_addresses == ["kim@northwind.test"]
    assert write_message(session, tenant=tenant, to="A@x.test, b@x.test").to_addresses == [
        "a@x.test",
        "b@x.test",
    ]


def test_one_cause_is_one_mail(session: Session) -> None:
    tenant = make_tenant(session, email="office@northwind.test")
    first = write_message(session, tenant=tenant, dedupe_key="dunning:1:step:2")
    again = write_message(session, tenant=tenant, dedupe_key="dunning:1:step:2", to="other@northwind.test")
    assert again.id == first.id
    assert again.to_addresses == ["office@northwind.test"]
    assert session.exec(select(func.count()).select_from(Message)).one() == 1
    assert len(_events(session, first)) == 1


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"to": "nobody"}, RecipientInvalid),
        ({"to": ["a@x.test\nBcc: b@x.test"]}, RecipientInvalid),
        ({"to": ["ünal@x.test"]}, RecipientInvalid),
        ({"to": ""}, RecipientMissing),
        ({"to": [f"a{number}@x.test" for number in range(11)]}, TooManyRecipients),
        ({"template": "lottery", "to": "a@x.test", "context": {}}, TemplateUnknown),
    ],
)
def test_what_cannot_be_sent_is_not_written(
    session: Session, facts: dict[str, object], refusal: type
) -> None:
    tenant = make_tenant(session, email="")
    with pytest.raises(refusal):
        queue_message(
            session,
            anybody(),
            tenant_id=tenant.id,
            dedupe_key="x",
            **{"template": "payment_reminder", "context": example_facts(), **facts},
        )
    assert session.exec(select(Message)).all() == []


def test_who_may_not_send_or_see_the_customer_writes_nothing(session: Session) -> None:
    tenant = make_tenant(session, email="office@northwind.test")
    facts = {
        "template": "payment_reminder",
        "context": example_facts(),
        "tenant_id": tenant.id,
        "dedupe_key": "x",
    }
    with pytest.raises(MissingPermission):
        queue_message(session, actor_with(Permission.notifications_read), **facts)
    with pytest.raises(NotFound):
        queue_message(session, actor_with(Permission.notifications_send, scope=Scope.own), **facts)


def test_sending_again_repeats_what_reached_nobody_and_copies_what_was_sent(session: Session) -> None:
    message = write_message(session)
    with pytest.raises(MessageNotResendable):
        resend_message(session, anybody(), message_id=message.id)
    message.status, message.attempts, message.error = "failed", 8, "no answer"
    session.flush()
    assert resend_message(session, anybody(), message_id=message.id) == message.id
    assert (message.status, message.attempts, message.error) == ("queued", 0, "")
    message.status, message.sent_at = "sent", clock.now()
    session.flush()
    copy = session.get_one(Message, resend_message(session, anybody(), message_id=message.id))
    assert copy.id != message.id
    assert copy.resent_of == message.id
    assert (copy.subject, copy.body_text, copy.status) == (message.subject, message.body_text, "queued")
    assert copy.reference != message.reference
    other = session.get_one(
        Message, resend_message(session, anybody(), message_id=message.id, to="new@northwind.test")
    )
    assert other.to_addresses == ["new@northwind.test"]
