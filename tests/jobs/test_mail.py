"""Mails from the outbox to a real server, through a real worker."""

import io
import sys
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from jobs.channels import send_due_messages, send_message
from jobs.cli.mail import bounce
from models.channels import Attachment, AttachmentKind, Message
from models.channels.operations.sending import claim_message
from models.kernel import clock
from models.kernel.actor import system_actor
from models.kernel.database import unit_of_work
from models.kernel.events import Event
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice
from tests.factories.channels import write_message
from tests.fixtures.clock import FrozenClock
from tests.fixtures.configured import Configure
from tests.jobs.conftest import World
from tests.live.mail import Mailbox, mail_server

SENDER = "Billing <billing@northwind.test>"
STATUS = "SELECT status FROM message"


def _settings(box: Mailbox) -> dict[str, str]:
    return {"MAIL_URL": box.url, "MAIL_FROM": SENDER, "MAIL_TIMEOUT_SECONDS": "5"}


def _written(**facts: object) -> UUID:
    with unit_of_work() as session:
        tenant = make_tenant(session, email="anna@example.test")
        return write_message(session, tenant=tenant, **facts).id


def _try(message_id: UUID) -> Message:
    """One attempt in this process, as the worker makes it."""
    send_message.call_local(str(message_id))
    with unit_of_work() as session:
        return session.get_one(Message, message_id)


def test_a_queued_mail_leaves_through_the_worker_with_its_invoice(world: World) -> None:
    with mail_server() as box:
        world.start(**_settings(box))
        with Session(world.engine) as session:
            tenant = make_tenant(session, email="anna@example.test", locale="de")
            invoice = make_invoice(session, tenant=tenant)
            paper = Attachment(AttachmentKind.invoice, invoice.id, invoice.number)
            write_message(session, tenant=tenant, attachments=[paper])
            session.commit()
        world.until("the mail is sent", lambda: world.ask(STATUS) == "sent")
    [mail] = box.mails
    assert mail["To"] == "anna@example.test"
    [file] = mail.iter_attachments()
    assert file.get_content()[:5] == b"%PDF-"
    assert world.ask("SELECT history->0->>'detail' FROM message") == "250 2.0.0 taken."
    names = "SELECT string_agg(name, ' ' ORDER BY id) FROM event WHERE name LIKE 'message.%' AND tenant_id IS NOT NULL"
    assert world.ask(names) == "message.queued message.sent"


def test_a_worker_killed_between_the_servers_yes_and_our_commit_sends_the_same_message_once_more(
    world: World,
) -> None:
    with mail_server() as box:
        with Session(world.engine) as session:
            write_message(session)
            session.commit()
        # The server takes the mail and is slow to say so: the worker dies while it waits for the yes.
        box.pause_after_seconds = 3.0
        world.start(**_settings(box))
        world.until("the server has taken the mail", lambda: len(box.mails) == 1)
        world.kill()
        box.pause_after_seconds = 0.0
        assert world.ask("SELECT status || attempts FROM message") == "queued1"
        world.tell("UPDATE message SET next_attempt_at = now()")
        # The event once more queues the message as the sweep does within a minute.
        world.tell("UPDATE event_delivery SET status = 'waiting', next_attempt_at = now()")
        world.start(**_settings(box))
        world.until("the mail is sent", lambda: world.ask(STATUS) == "sent")
    assert len(box.mails) == 2
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


@pytest.mark.usefixtures("database")
def test_a_second_loss_ends_it_and_says_that_it_may_have_arrived(
    configure: Configure, frozen: FrozenClock
) -> None:
    with mail_server() as box:
        configure(**_settings(box))
        message_id = _written()
        for _ in range(2):
            with unit_of_work() as session:
                assert claim_message(session, system_actor("test"), message_id=message_id) is not None
            frozen.advance(minutes=10)
            assert _try(message_id).status == "queued"
            frozen.advance(minutes=20)
        message = _try(message_id)
    assert message.status == "failed"
    assert "may have arrived twice" in message.error
    assert [each["outcome"] for each in message.history] == ["lost", "lost", "failed"]
    assert box.mails == []


@pytest.mark.usefixtures("database")
def test_later_is_tried_later_and_never_is_tried_no_more(configure: Configure, frozen: FrozenClock) -> None:
    with mail_server(**{"anna@example.test": "451 greylisted"}) as box:
        configure(**_settings(box), MAIL_ATTEMPTS="3")
        message_id = _written()
        message = _try(message_id)
        assert (message.status, message.attempts) == ("queued", 1)
        assert "451 greylisted" in message.error
        assert message.next_attempt_at == frozen.now.replace(minute=1)
        assert _try(message_id).attempts == 1
        frozen.advance(minutes=1)
        assert _try(message_id).attempts == 2
        frozen.advance(minutes=4)
        message = _try(message_id)
        assert (message.status, message.attempts) == ("failed", 3)
        box.answers["anna@example.test"] = "550 5.1.1 no such user"
        other = _try(_written())
    assert (other.status, other.attempts) == ("failed", 1)
    assert "no such user" in other.error
    assert box.mails == []


@pytest.mark.usefixtures("database")
def test_a_connection_that_breaks_after_the_mail_is_tried_once_more_only(
    configure: Configure, frozen: FrozenClock
) -> None:
    with mail_server() as box:
        configure(**_settings(box))
        box.drops_after_data = 9
        message_id = _written()
        assert _try(message_id).status == "queued"
        frozen.advance(minutes=1)
        message = _try(message_id)
    assert message.status == "failed"
    assert "may have arrived twice" in message.error
    assert len(box.mails) == 2
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


@pytest.mark.usefixtures("database")
def test_without_a_server_it_is_kept_and_goes_out_when_asked_again(configure: Configure) -> None:
    message_id = _written()
    message = _try(message_id)
    assert message.status == "kept"
    assert "No mail server is set" in message.history[0]["detail"]
    with unit_of_work() as session:
        names = session.exec(select(Event.name).where(col(Event.name).startswith("message."))).all()
    assert sorted(names) == ["message.kept", "message.queued"]


@pytest.mark.usefixtures("database")
def test_an_attachment_that_is_gone_fails_the_mail_and_a_refused_one_of_two_is_told(
    configure: Configure,
) -> None:
    with mail_server(**{"boss@example.test": "550 gone"}) as box:
        configure(**_settings(box))
        gone = Attachment(AttachmentKind.invoice, UUID(int=7), "INV-7")
        message = _try(_written(attachments=[gone]))
        assert message.status == "failed"
        assert "no such invoice" in message.error
        message = _try(_written(cc="boss@example.test"))
    assert message.status == "sent"
    assert message.error == "not for boss@example.test: 550 gone."
    assert len(box.mails) == 1


@pytest.mark.usefixtures("database")
def test_the_sweep_queues_what_is_due(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = _written(), _written()
    with unit_of_work() as session:
        session.get_one(Message, second).next_attempt_at = clock.now().replace(year=2090)
    queued: list[str] = []
    monkeypatch.setattr("jobs.channels.send_message", queued.append)
    send_due_messages()
    assert queued == [str(first)]


REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.test

Final-Recipient: rfc822; anna@example.test
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{reference}>

--b--
"""


@pytest.mark.usefixtures("database")
def test_what_comes_back_is_marked_once_and_only_if_it_is_ours(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_server() as box:
        configure(**_settings(box))
        message = _try(_written())
    assert message.status == "sent"

    def report(reference: str, action: str = "failed") -> str:
        raw = io.BytesIO(REPORT.format(reference=reference, action=action).encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
        bounce()
        return capsys.readouterr().out

    assert "keeps trying" in report(message.reference, "delayed")
    assert "none of ours" in report("somebody@else.test")
    assert f"marked message {message.id}" in report(message.reference)
    report(message.reference)
    with unit_of_work() as session:
        found = session.get_one(Message, message.id)
        events = session.exec(select(Event).where(Event.name == "message.bounced")).all()
    assert (found.status, found.error) == ("bounced", "anna@example.test: 5.1.1 550 no such user")
    [event] = events
    assert event.tenant_id == message.tenant_id
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Subject: hello\n\nhi")))
    bounce()
    assert "no delivery report" in capsys.readouterr().out
