"""Reads the fields of a form that the browser sent: plain text, days and ids."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from models.kernel.errors import Invalid


def texts(form: Mapping[str, object], *names: str) -> dict[str, str]:
    """These fields as text; one that is missing is empty."""
    return {name: str(form.get(name, "") or "") for name in names}


def day_or_none(form: Mapping[str, object], name: str) -> date | None:
    """A day as a date field sends it; None where it is empty."""
    text = str(form.get(name, "") or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date.unreadable", "Give the day as 2026-11-20.", field=name) from None


def day(form: Mapping[str, object], name: str) -> date:
    """A day that must be given."""
    found = day_or_none(form, name)
    if found is None:
        raise Invalid("date.missing", "Give the day as 2026-11-20.", field=name)
    return found


def as_id(text: str) -> UUID:
    """An id from the browser; anything else is refused."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise Invalid("id.unreadable", "This is not an id of ours. Reload the page and try again.") from None
