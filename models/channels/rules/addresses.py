"""Mail addresses: read, told apart, and shown without giving them away."""

from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email

from models.channels.errors import RecipientInvalid, RecipientMissing, TooManyRecipients

# To and copies together; the lease of an attempt counts on it.
MAX_RECIPIENTS = 10


def read_addresses(given: str | Iterable[str]) -> list[str]:
    """Addresses from a list or from text parted by commas, semicolons or lines; each once, in their order.

    Raises RecipientInvalid for one that no server would take.
    """
    parts = given.replace(";", ",").replace("\n", ",").split(",") if isinstance(given, str) else list(given)
    return list(dict.fromkeys(_read(each) for each in parts if each.strip()))


def ensure_recipients(to: list[str], cc: list[str]) -> None:
    """Raise RecipientMissing without anybody to write to, TooManyRecipients for more than ten."""
    if not to:
        raise RecipientMissing
    if len(to) + len(cc) > MAX_RECIPIENTS:
        raise TooManyRecipients(MAX_RECIPIENTS)


def mask(address: str) -> str:
    """The address for whoever only needs to recognise it.

    >>> mask("anna.keller@example.com"), mask("a@example.com")
    ('an…@example.com', 'a…@example.com')
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:2] if len(local) > 2 else local[:1]}…@{domain}"  # noqa: PLR2004 -- the two letters shown


def mask_all(addresses: Iterable[str]) -> str:
    """Masked addresses in one line."""
    return ", ".join(mask(each) for each in addresses)


def _read(text: str) -> str:
    # Without SMTPUTF8, which many servers lack, only the domain may have letters beyond ASCII; it is sent in IDNA.
    # Demo and test addresses use reserved names, which the library refuses unless told.
    try:
        found = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        raise RecipientInvalid(text) from None
    return (found.ascii_email or found.normalized).lower()
