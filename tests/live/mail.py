"""A real SMTP server on loopback that does as a test says: accepts, refuses, answers late, or breaks off."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ops", "correct horse battery"
OK = "250 2.0.0 taken"


@dataclass
class Mailbox:
    """What arrived, and what the server answers to whom and to what."""

    url: str = ""
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    # An address, "MAIL" or "DATA" -> the server's answer; a callable is awaited first.
    answers: dict[str, str] = field(default_factory=dict)
    # Breaks the connection after the mail has been taken, as a server that dies does.
    drops_after_data: int = 0
    # Between having taken the mail and saying so.
    pause_after_seconds: float = 0.0

    async def handle_MAIL(self, _server: SMTP, _session: Any, envelope: Any, *address: Any) -> str:  # noqa: N802
        """The sender."""
        envelope.mail_from = address[0]
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Any, *address: Any) -> str:  # noqa: N802
        """A recipient."""
        answer = self.answers.get(address[0], "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address[0])
        return answer

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        """The mail itself."""
        answer = self.answers.get("DATA", OK)
        if answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.envelopes.append(envelope)
        if self.drops_after_data:
            self.drops_after_data -= 1
            server.transport.abort()
        await asyncio.sleep(self.pause_after_seconds)
        return answer


def _authenticate(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


class _OnAnyPort(Controller):
    """Listens where the system says, and probes there too."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(folder: Path | None = None, **answers: str) -> Iterator[Mailbox]:
    """A server that takes everything; with a folder it demands STARTTLS and a password."""
    box = Mailbox(answers=dict(answers))
    options: dict[str, Any] = {}
    if folder is not None:
        certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        options = {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _authenticate,
        }
    controller = _OnAnyPort(box, hostname="127.0.0.1", port=0, ready_timeout=10, **options)
    controller.start()
    try:
        box.port = controller.port
        secret = f"{USER}:{PASSWORD.replace(' ', '%20')}@" if folder else ""
        tail = f"?ca={folder / 'server.pem'}" if folder else ""
        box.url = f"smtp://{secret}127.0.0.1:{box.port}{tail}"
        yield box
    finally:
        controller.stop()


def certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 that only who is told of it trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
