"""Who looks at what: short-lived notes that pass between the processes of the dashboard and are stored nowhere."""

from collections.abc import Sequence

from sqlalchemy import String, column, func, select
from sqlalchemy import values as value_list
from sqlmodel import Session

PRESENCE_CHANNEL = "clientforge_presence"


def tell_presence(session: Session, notes: Sequence[str]) -> None:
    """Send the notes, each under 8,000 bytes, at the commit; nobody hears of them where it fails."""
    rows = value_list(column("note", String), name="notes").data([(note,) for note in notes])
    session.execute(select(func.pg_notify(PRESENCE_CHANNEL, rows.c.note)))
