"""Secrets at rest: AES-256-GCM with key id and associated data, key rotation, tokens and signed links."""

import base64
import binascii
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from models.kernel import clock
from models.kernel.errors import Forbidden, Invalid
from models.kernel.settings import get_settings

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2: the 96-bit nonce that GCM is made for


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by id, newest first: the first encrypts, all of them decrypt."""

    keys: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read `id:base64,id:base64`; raises Invalid where an id repeats or a key is not 32 bytes."""
        keys: list[tuple[str, bytes]] = []
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            key_id, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                key = b""
            # A dot would end the id inside an envelope.
            is_id = bool(key_id) and "." not in key_id
            if len(key) != KEY_BYTES or not is_id or key_id in dict(keys):
                raise Invalid(
                    "secrets.bad_key",
                    f"SECRET_KEYS: entry “{key_id}” must be a unique id without a dot, a colon and base64 of 32 bytes.",
                )
            keys.append((key_id, key))
        if not keys:
            raise Invalid("secrets.no_key", "SECRET_KEYS names no key.")
        return cls(tuple(keys))

    def encrypt(self, plain: bytes, *, context: str) -> str:
        """Envelope `v1.keyid.base64(nonce + ciphertext)`; `context` (table.column.row) must match to decrypt."""
        key_id, key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, plain, f"{key_id}|{context}".encode())
        return f"v1.{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, envelope: str, *, context: str) -> bytes:
        """The plain bytes; raises Invalid for an unknown key, a changed envelope or another context."""
        try:
            version, key_id, encoded = envelope.split(".")
            sealed = base64.urlsafe_b64decode(encoded)
            key = {("v1", known): key for known, key in self.keys}[version, key_id]
            return AESGCM(key).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"{key_id}|{context}".encode()
            )
        except (ValueError, KeyError, InvalidTag) as error:
            raise Invalid(
                "secrets.unreadable",
                "A stored secret cannot be read. Add the key it was written with to SECRET_KEYS.",
            ) from error

    def needs_rotation(self, envelope: str) -> bool:
        """Whether the envelope was written with another key than the newest."""
        return envelope.split(".")[1] != self.keys[0][0]

    def rotate(self, envelope: str, *, context: str) -> str:
        """The same secret under the newest key."""
        return self.encrypt(self.decrypt(envelope, context=context), context=context)


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keys of SECRET_KEYS, else one generated once into DATA_DIR (mode 0600)."""
    settings = get_settings()
    return Keyring.parse(settings.secret_keys.get_secret_value() or _generated(settings.data_dir))


def _generated(folder: Path) -> str:
    return kept_secret(
        folder / "secret_keys", lambda: "k1:" + base64.b64encode(os.urandom(KEY_BYTES)).decode()
    )


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in this file (mode 0600), made at the first call; processes that race all get the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # A file that appears whole under its name: nobody ever reads half a secret.
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w") as file:
            file.write(f"{make()}\n")
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """What is stored of a random token; it needs no salt because it carries 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def sign_link(purpose: str, payload: str) -> str:
    """A signed, dated token for a link, e.g. `sign_link("export", export_id)`."""
    return _serializer(keyring().keys[0][1], purpose).dumps(payload)


def read_link(purpose: str, token: str, *, max_age_seconds: int) -> str:
    """The payload of a signed link; raises Forbidden where it was forged or has expired."""
    for _, key in keyring().keys:
        try:
            return str(_serializer(key, purpose).loads(token, max_age=max_age_seconds))
        except SignatureExpired:
            raise Forbidden("link.expired", "This link has expired. Make a new one on its page.") from None
        except BadSignature:
            continue
    raise Forbidden("link.forged", "This link is not valid. Open it from its page again.")


class _Signer(TimestampSigner):
    """Dates links by our clock."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer(key: bytes, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(hashlib.sha256(b"link|" + key).digest(), salt=purpose, signer=_Signer)
