"""Subscribers of the test worker: they leave a row for each delivery, which no constraint makes unique."""

from sqlalchemy import text
from sqlmodel import Session

from jobs.subscribers import subscriber
from models.kernel.events import Event

TABLES = """
CREATE TABLE delivered (event_id uuid NOT NULL, subscriber text NOT NULL);
CREATE TABLE vendor (answers boolean NOT NULL);
INSERT INTO vendor VALUES (false);
"""


class VendorSilent(Exception):
    """The vendor of the test does not answer."""


def _record(session: Session, event: Event, name: str) -> None:
    session.execute(
        text("INSERT INTO delivered VALUES (:event, :subscriber)"), {"event": event.id, "subscriber": name}
    )


@subscriber("count-slowly", "test.counted")
def count_slowly(session: Session, event: Event) -> None:
    """Leave a row, then linger, so that a kill often meets the open transaction."""
    _record(session, event, "count-slowly")
    session.execute(text("SELECT pg_sleep(0.02)"))


@subscriber("count-quickly", "test.counted")
def count_quickly(session: Session, event: Event) -> None:
    """Leave a row."""
    _record(session, event, "count-quickly")


@subscriber("ask-vendor", "test.asked")
def ask_vendor(session: Session, event: Event) -> None:
    """Leave a row, then fail for as long as the vendor does not answer."""
    _record(session, event, "ask-vendor")
    if not session.scalar(text("SELECT answers FROM vendor")):
        msg = "the vendor does not answer\nat all"
        raise VendorSilent(msg)
