"""Sending to a real SMTP server, and reading what comes back."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.integrations.mail import (
    MailFile,
    MailRefused,
    MailUnavailable,
    OutgoingMail,
    build_mail,
    read_bounces,
    send_mail,
    why_not_send,
)
from models.integrations.mail.errors import MailMisconfigured
from tests.fixtures.configured import Configure
from tests.live.mail import PASSWORD, Mailbox, mail_server

SENDER = '"Billing, “Northwind”" <billing@northwind.test>'


def _mail(**facts: object) -> OutgoingMail:
    return OutgoingMail(
        **{
            "reference": "0193-abc@northwind.test",
            "to": ("anna@example.test",),
            "cc": (),
            "subject": "Rechnung über 129,00 EUR – 請求書",
            "text": "Guten Tag,\n\nzahlbar bis 5. Dezember.\n",
            "html": "<p>Guten Tag</p>",
            "language": "de",
            "written_at": datetime(2026, 3, 17, 12, tzinfo=UTC),
            **facts,
        }
    )


def _use(configure: Configure, url: str, **settings: str) -> None:
    configure(MAIL_URL=url, MAIL_FROM=SENDER, MAIL_TIMEOUT_SECONDS="2", **settings)


def test_a_mail_arrives_with_text_html_and_its_document(configure: Configure) -> None:
    with mail_server() as box:
        _use(configure, box.url, MAIL_BOUNCES_TO="bounces@northwind.test")
        receipt = send_mail(_mail(cc=("boss@example.test",), files=(MailFile("INV-1.pdf", b"%PDF-1.7 x"),)))
    assert receipt.answer == "250 2.0.0 taken."
    assert receipt.refused == {}
    [mail] = box.mails
    assert mail["Subject"] == "Rechnung über 129,00 EUR – 請求書"
    assert mail["From"] == '"Billing, “Northwind”" <billing@northwind.test>'
    assert (mail["To"], mail["Cc"]) == ("anna@example.test", "boss@example.test")
    assert mail["Message-ID"] == "<0193-abc@northwind.test>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").startswith("Guten Tag,\n\nzahlbar")
    assert "<p>Guten Tag</p>" in mail.get_body(("html",)).get_content()
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("INV-1.pdf", b"%PDF-1.7 x")
    [envelope] = box.envelopes
    assert envelope.mail_from == "bounces@northwind.test"
    assert envelope.rcpt_tos == ["anna@example.test", "boss@example.test"]


def test_starttls_and_a_password_and_never_a_password_in_clear(configure: Configure, tmp_path: Path) -> None:
    with mail_server(tmp_path) as box:
        _use(configure, box.url)
        assert send_mail(_mail()).answer.startswith("250")
        assert box.envelopes[0].rcpt_tos == ["anna@example.test"]
        _use(configure, box.url.replace("correct", "wrong"))
        with pytest.raises(MailUnavailable, match="refused our sign-in"):
            send_mail(_mail())
        _use(configure, box.url.partition("?")[0])
        with pytest.raises(MailUnavailable, match="certificate verify failed"):
            send_mail(_mail())
        _use(configure, box.url.partition("?")[0] + "?tls=off")
        with pytest.raises(MailMisconfigured, match="never sent in clear"):
            send_mail(_mail())
    with mail_server() as plain:
        _use(configure, plain.url.replace("//", f"//ops:{PASSWORD.replace(' ', '%20')}@"))
        with pytest.raises(MailMisconfigured, match="offers no encryption"):
            send_mail(_mail())
    assert len(box.mails) == 1
    assert plain.mails == []


@pytest.mark.parametrize(
    ("answers", "refusal", "words"),
    [
        ({"anna@example.test": "550 5.1.1 no such user"}, MailRefused, "550 5.1.1 no such user"),
        ({"anna@example.test": "451 4.7.1 greylisted"}, MailUnavailable, "451 4.7.1 greylisted"),
        ({"MAIL": "550 5.7.1 sender not wanted"}, MailUnavailable, "sender not wanted"),
        ({"MAIL": "421 4.3.2 going down"}, MailUnavailable, "going down"),
        ({"DATA": "554 5.6.0 looks like spam"}, MailRefused, "looks like spam"),
        ({"DATA": "452 4.2.2 mailbox full"}, MailUnavailable, "mailbox full"),
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(
    configure: Configure, answers: dict[str, str], refusal: type[Exception], words: str
) -> None:
    with mail_server(**answers) as box:
        _use(configure, box.url)
        with pytest.raises(refusal, match=words) as refused:
            send_mail(_mail())
    assert box.mails == []
    assert not getattr(refused.value, "is_unknown", False)


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(configure: Configure) -> None:
    with mail_server(**{"anna@example.test": "550 5.1.1 gone"}) as box:
        _use(configure, box.url)
        receipt = send_mail(_mail(cc=("boss@example.test",)))
    assert receipt.refused == {"anna@example.test": "550 5.1.1 gone."}
    assert box.envelopes[0].rcpt_tos == ["boss@example.test"]


def test_a_recipient_to_be_tried_later_keeps_all_from_being_refused_for_good(configure: Configure) -> None:
    with mail_server(**{"anna@example.test": "550 gone", "boss@example.test": "450 busy"}) as box:
        _use(configure, box.url)
        with pytest.raises(MailUnavailable, match="450 busy"):
            send_mail(_mail(cc=("boss@example.test",)))


def test_nobody_there_late_answers_and_lost_connections_are_tried_again(configure: Configure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        configure(MAIL_URL=f"smtp://127.0.0.1:{port}", MAIL_FROM=SENDER, MAIL_TIMEOUT_SECONDS="0.3")
        with pytest.raises(MailUnavailable, match="did not answer in time"):
            send_mail(_mail())
    with pytest.raises(MailUnavailable) as refused:
        send_mail(_mail())
    assert not refused.value.is_unknown
    box: Mailbox
    with mail_server() as box:
        box.drops_after_data = 1
        _use(configure, box.url)
        with pytest.raises(MailUnavailable) as lost:
            send_mail(_mail())
    assert lost.value.is_unknown
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    "facts", [{"subject": "a\nBcc: x@example.test"}, {"to": ("a@x.test\nBcc: b@x.test",)}]
)
def test_nobody_writes_a_header_of_their_own(configure: Configure, facts: dict[str, object]) -> None:
    configure(MAIL_FROM=SENDER)
    with pytest.raises(ValueError, match=r"(?i)linefeed|newline|CR or LF"):
        build_mail(_mail(**facts))


@pytest.mark.parametrize(
    ("url", "sender", "words"),
    [("", SENDER, "No mail server is set"), ("smtp://127.0.0.1", "", "MAIL_FROM names no sender")],
)
def test_without_server_or_sender_it_says_so(configure: Configure, url: str, sender: str, words: str) -> None:
    configure(MAIL_URL=url, MAIL_FROM=sender)
    assert words in why_not_send()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "smtp://", "smtp://host:99999", "smtp://host:0", "nonsense"]
)
def test_an_address_that_is_none_is_named(configure: Configure, url: str) -> None:
    configure(MAIL_URL=url, MAIL_FROM=SENDER)
    with pytest.raises(MailMisconfigured, match="MAIL_URL is not an address"):
        send_mail(_mail())


REPORT = b"""From: MAILER-DAEMON@mx.example.test
To: bounces@northwind.test
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.test
Arrival-Date: Tue, 17 Mar 2026 12:00:00 +0000

Final-Recipient: rfc822; Anna@example.test
Original-Recipient: rfc822;anna@example.test
Action: ACTION
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <anna@example.test>:
    Recipient address rejected

--b1
Content-Type: KIND

Message-ID: <0193-abc@northwind.test>
Subject: Rechnung

--b1--
"""


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(("action", "is_final"), [("failed", True), ("Failed", True), ("delayed", False)])
def test_a_report_says_which_mail_came_back_and_why(kind: str, action: str, *, is_final: bool) -> None:
    raw = REPORT.replace(b"ACTION", action.encode()).replace(b"KIND", kind.encode())
    [bounce] = read_bounces(raw)
    assert bounce.reference == "0193-abc@northwind.test"
    assert bounce.recipient == "anna@example.test"
    assert bounce.status == "5.1.1"
    assert bounce.diagnostic == "550 5.1.1 <anna@example.test>: Recipient address rejected"
    assert bounce.is_final is is_final


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Out of office\n\nI am away.",
        REPORT.replace(b"message/delivery-status", b"text/plain"),
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
    ],
)
def test_what_is_no_report_is_nothing(raw: bytes) -> None:
    assert read_bounces(raw) == []


@pytest.mark.parametrize("cut", range(200, len(REPORT), 23))
def test_half_a_report_never_marks_another_mail(cut: int) -> None:
    assert all(
        each.reference in {"", "0193-abc@northwind.test"[: len(each.reference)]}
        for each in read_bounces(REPORT[:cut])
    )
