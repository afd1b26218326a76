"""Passwords: length, the common-password check, and argon2id.

Lengths follow NIST SP 800-63B-4: at least 15 characters where the password stands alone would be the
strictest reading; with throttling and a common-password list we ask for 12 and accept up to 128.
"""

from functools import lru_cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from models.kernel.errors import Invalid

MIN_LENGTH = 12
MAX_LENGTH = 128
MIN_DIFFERENT = 5  # letters that are not the same
OWN_WORD = 4  # letters from which a word of the person's own counts

# RFC 9106, section 4, second recommended option (64 MiB, 3 passes, 4 lanes): the wheel's own default.
_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = resources.files("models.accounts.rules").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def ensure_strong(password: str, *, email: str, name: str) -> None:
    """Refuse a password that is too short, too long, common, or made of the person's own words."""
    if len(password) < MIN_LENGTH:
        raise Invalid(
            "password.too_short",
            f"The password has {len(password)} characters and needs {MIN_LENGTH}. "
            "Several words in a row are easy to remember.",
            field="password",
        )
    if len(password) > MAX_LENGTH:
        raise Invalid(
            "password.too_long", f"The password may have {MAX_LENGTH} characters at most.", field="password"
        )
    plain = password.lower()
    core = plain.strip("0123456789!?.#$*-_ ")
    own = {part for part in (email.partition("@")[0].lower(), *name.lower().split()) if len(part) >= OWN_WORD}
    if plain in _common() or core in _common() or core in own or len(set(plain)) < MIN_DIFFERENT:
        raise Invalid(
            "password.common",
            "This password is among the first that an attacker tries. Choose several words that do not "
            "belong together.",
            field="password",
        )


def hash_password(password: str) -> str:
    """The argon2id hash, with its salt and parameters."""
    return _hasher.hash(password)


def is_password(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """A hash to check against for unknown addresses, so that they take as long as known ones."""
    return hash_password("nobody has this password")


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(password_hash)
