"""Sending through SMTP (RFC 5321), encrypted wherever the server is not this machine."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TypeVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from models.integrations.mail.errors import MailMisconfigured, MailRefused, MailUnavailable
from models.integrations.mail.outgoing import OutgoingMail, build_mail
from models.kernel.settings import get_settings

PORTS = {"smtp": 587, "smtps": 465}
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
PERMANENT = 500
SERVICE_CLOSING = 421
MAX_ANSWER = 300

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """The server has taken the mail: its answer, and the recipients it would not take, with why."""

    answer: str
    refused: dict[str, str]


def why_not_send() -> str:
    """Why no mail leaves, as a sentence; empty where a server and a sender are set."""
    settings = get_settings()
    if not settings.mail_url.get_secret_value():
        return "No mail server is set, so messages stay here. Set MAIL_URL and MAIL_FROM to send them."
    if "@" not in parseaddr(settings.mail_from)[1]:
        return "MAIL_FROM names no sender, so messages stay here. Set it, e.g. Billing <billing@example.com>."
    return ""


def send_mail(mail: OutgoingMail) -> MailReceipt:
    """Hand the mail to the server of MAIL_URL; each answer may take MAIL_TIMEOUT_SECONDS.

    Raises MailRefused where no recipient or not the mail was taken (5xx), MailUnavailable for 4xx answers and
    broken connections, and MailMisconfigured where the settings cannot work.
    """
    built = build_mail(mail)
    with _connection() as server:
        return _hand_over(server, built, [*mail.to, *mail.cc])


@contextmanager
def _connection() -> Iterator[smtplib.SMTP]:
    settings = get_settings()
    url = _read_url(settings.mail_url.get_secret_value())
    server = _step(lambda: _open(url, settings.mail_timeout_seconds))
    try:
        _step(lambda: _secure(server, url))
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _hand_over(server: smtplib.SMTP, built: EmailMessage, recipients: list[str]) -> MailReceipt:
    settings = get_settings()
    sender = parseaddr(settings.mail_bounces_to)[1] or parseaddr(settings.mail_from)[1]
    # What it has against our sender is ours to correct and says nothing about the mail.
    if not _is_taken(answer := _step(lambda: server.mail(sender))):
        raise MailUnavailable(f"it does not take our sender {sender}: {_text(answer)}")
    answers = {each: _step(lambda each=each: server.rcpt(each)) for each in recipients}  # type: ignore[misc]
    refused = {each: answer for each, answer in answers.items() if not _is_taken(answer)}
    if len(refused) == len(recipients):
        # One that would be taken later is reason enough to try later.
        later = [answer for answer in refused.values() if answer[0] < PERMANENT]
        _accept((later or list(refused.values()))[0])
    payload = built.as_bytes()
    try:
        answer = server.data(payload)
    except smtplib.SMTPDataError as error:
        answer = (error.smtp_code, _bytes(error.smtp_error))
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(_broken(error), is_unknown=True) from error
    _accept(answer)
    return MailReceipt(_text(answer), {each: _text(answer) for each, answer in refused.items()})


def _read_url(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        port, url = None, urlsplit("")
    if url.scheme not in PORTS or not url.hostname or port == 0:
        raise MailMisconfigured("MAIL_URL is not an address like smtp://user:password@host:587.")
    if _wants_no_tls(url) and url.password:
        raise MailMisconfigured("MAIL_URL has a password and tls=off; a password is never sent in clear.")
    return url


def _open(url: SplitResult, timeout: float) -> smtplib.SMTP:
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=_tls(url))
    return smtplib.SMTP(host, port, timeout=timeout)


def _secure(server: smtplib.SMTP, url: SplitResult) -> None:
    """STARTTLS and signing in; without encryption only to this machine, or where the address says tls=off."""
    server.ehlo()
    is_plain = url.scheme == "smtp"
    if is_plain and server.has_extn("starttls") and not _wants_no_tls(url):
        server.starttls(context=_tls(url))
        server.ehlo()
        is_plain = False
    if is_plain and not _wants_no_tls(url) and (url.hostname not in HERE or url.password):
        raise MailMisconfigured(
            "The mail server offers no encryption. Use one that does, or add ?tls=off to MAIL_URL without a password."
        )
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))


def _wants_no_tls(url: SplitResult) -> bool:
    return parse_qs(url.query).get("tls") == ["off"]


def _tls(url: SplitResult) -> ssl.SSLContext:
    authority = parse_qs(url.query).get("ca", [""])[0]
    try:
        return ssl.create_default_context(cafile=authority or None)
    except OSError as error:
        raise MailMisconfigured(f"MAIL_URL names {authority} as authority, which cannot be read.") from error


def _step(call: Callable[[], T]) -> T:
    """One exchange before the mail is handed over: whatever goes wrong, it was not taken."""
    try:
        return call()
    except smtplib.SMTPAuthenticationError as error:
        raise MailUnavailable(
            f"it refused our sign-in ({_text((error.smtp_code, _bytes(error.smtp_error)))})."
        ) from error
    except smtplib.SMTPResponseException as error:
        # A server that turns us away at the door says nothing about the mail, so it is tried again.
        raise MailUnavailable(_text((error.smtp_code, _bytes(error.smtp_error)))) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(_broken(error)) from error


def _accept(answer: tuple[int, bytes]) -> None:
    if _is_taken(answer):
        return
    if answer[0] >= PERMANENT:
        raise MailRefused(_text(answer))
    raise MailUnavailable(_text(answer))


def _is_taken(answer: tuple[int, bytes]) -> bool:
    return answer[0] // 100 == 2  # noqa: PLR2004 -- RFC 5321, 4.2.1: 2yz is a positive completion


def _text(answer: tuple[int, bytes]) -> str:
    words = " ".join(answer[1].decode("utf-8", "replace").split())
    return f"{answer[0]} {words}"[:MAX_ANSWER].rstrip(".") + "."


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()


def _broken(error: Exception) -> str:
    # smtplib turns a time-out while it reads into a lost connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "it did not answer in time."
    words = " ".join(str(error).split()) or type(error).__name__
    return f"{words[:MAX_ANSWER].rstrip('.')}."
