"""Sending an invoice, and the lists in which messages are found."""

from urllib.parse import urlencode

import pytest
from sqlmodel import Session, select

from models.billing import InvoiceStatus
from models.channels import (
    MESSAGES,
    Message,
    get_message,
    list_messages_about,
    preview_invoice_mail,
    send_invoice,
)
from models.channels.errors import InvoiceNotSendable, MailChanged, RecipientMissing
from models.channels.queries.messages import count_kept
from models.compliance import list_timeline
from models.kernel.errors import NotFound
from models.kernel.listing import ListQuery, list_page
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.channels import write_message


def test_what_was_shown_is_sent_once_and_stands_on_both_timelines(session: Session) -> None:
    tenant = make_tenant(session, locale="fr", email="compta@exemple.test", currency="EUR", country="FR")
    invoice = make_invoice(session, tenant=tenant)
    shown = preview_invoice_mail(session, anybody(), invoice_id=invoice.id)
    assert shown.to == ("compta@exemple.test",)
    assert shown.written.subject.startswith(f"Facture {invoice.number}")
    assert "Reste à payer : 100,00 EUR" in shown.written.text
    facts = {
        "invoice_id": invoice.id,
        "to": "compta@exemple.test",
        "token": shown.token,
        "request_key": "form-1",
    }
    first = send_invoice(session, anybody(), **facts)
    assert send_invoice(session, anybody(), **facts) == first
    [message] = session.exec(select(Message)).all()
    assert (message.subject, message.body_text) == (shown.written.subject, shown.written.text)
    assert message.attachments == [{"kind": "invoice", "id": str(invoice.id), "number": invoice.number}]
    for timeline in (
        list_timeline(session, anybody(), subject_id=invoice.id),
        list_timeline(session, anybody(), tenant_id=tenant.id),
    ):
        assert [each.name for each in timeline if each.name.startswith("message.")] == ["message.queued"]
    [about] = list_messages_about(session, anybody(), about_id=invoice.id)
    assert about.about_href == f"/billing/invoices/{invoice.id}"
    assert (about.kind, about.flag) == ("Invoice sent", "")


def test_a_mail_that_is_no_longer_the_one_shown_is_not_sent(session: Session) -> None:
    tenant = make_tenant(session, email="a@northwind.test")
    invoice = make_invoice(session, tenant=tenant)
    shown = preview_invoice_mail(session, anybody(), invoice_id=invoice.id)
    tenant.name = "Another name"
    session.add(tenant)
    session.flush()
    facts = {"invoice_id": invoice.id, "to": "a@northwind.test", "request_key": "1"}
    with pytest.raises(MailChanged):
        send_invoice(session, anybody(), **facts, token=shown.token)
    other = preview_invoice_mail(session, anybody(), invoice_id=invoice.id, locale="de")
    with pytest.raises(MailChanged):
        send_invoice(session, anybody(), **facts, token=other.token)
    assert session.exec(select(Message)).all() == []
    assert send_invoice(session, anybody(), **facts, token=other.token, locale="de")


@pytest.mark.parametrize(
    ("status", "words"),
    [(InvoiceStatus.draft, "Approve and issue it first"), (InvoiceStatus.void, "is void")],
)
def test_what_nobody_owes_is_not_sent(session: Session, status: InvoiceStatus, words: str) -> None:
    invoice = make_invoice(session, status=status)
    with pytest.raises(InvoiceNotSendable, match=words):
        send_invoice(session, anybody(), invoice_id=invoice.id, to="a@x.test", token="", request_key="1")


def test_a_paid_one_says_that_nothing_is_left_and_nobody_to_write_to_is_told(session: Session) -> None:
    tenant = make_tenant(session, email="a@northwind.test")
    invoice = make_invoice(session, tenant=tenant, status=InvoiceStatus.paid)
    shown = preview_invoice_mail(session, anybody(), invoice_id=invoice.id)
    assert "Nothing is left to pay." in shown.written.text
    facts = {"invoice_id": invoice.id, "request_key": "1"}
    with pytest.raises(RecipientMissing):
        send_invoice(session, anybody(), **facts, to=" ", token=shown.token)
    with pytest.raises(MailChanged):
        send_invoice(session, anybody(), **facts, to="a@northwind.test", token="")


def _found(session: Session, actor: object = None, **params: str) -> list[str]:
    query = ListQuery.parse(urlencode(params))
    return [row.subject for row in list_page(session, actor or anybody(), MESSAGES, query).rows]


def test_messages_are_found_by_customer_address_status_and_what_they_are_about(session: Session) -> None:
    ours = make_tenant(session, name="Contoso Ltd", email="it@contoso.test", external_ref="C-77")
    first = write_message(session, tenant=ours)
    second = write_message(session, template="card_expiring")
    second.status = "kept"
    session.flush()
    assert _found(session) == [second.subject, first.subject]
    assert _found(session, q="conto") == [first.subject]
    assert _found(session, q="IT@contoso.test") == [first.subject]
    assert _found(session, f="status:kept") == [second.subject]
    assert _found(session, f="template:card_expiring") == [second.subject]
    assert _found(session, f="customer:C-77") == [first.subject]
    assert count_kept(session, anybody()) == 1
    cells = {
        each.key: each.value(list_page(session, anybody(), MESSAGES, ListQuery.parse("q=conto")).rows[0])
        for each in MESSAGES.columns
    }
    assert cells["to"] == "i…@contoso.test"


def test_somebody_elses_customers_messages_are_not_seen(session: Session) -> None:
    message = write_message(session)
    reader = actor_with(Permission.notifications_read, scope=Scope.own)
    assert _found(session, reader) == []
    assert count_kept(session, reader) == 0
    with pytest.raises(NotFound):
        get_message(session, reader, message_id=message.id)
    found = get_message(session, anybody(), message_id=message.id)
    assert found.body_html.startswith("<!doctype html>")
    assert found.row.subject == message.subject
