"""Locks taken inside a unit of work; PostgreSQL releases them with its end."""

import hashlib
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from models.kernel.errors import Conflict, NotFound

Row = TypeVar("Row", bound=SQLModel)


def lock_row(session: Session, table: type[Row], identifier: UUID, *where: Any) -> Row:
    """Load one row `FOR UPDATE`; NotFound where it does not exist or `where` excludes it."""
    statement = select(table).where(table.id == identifier, *where)  # type: ignore[attr-defined]
    row = session.exec(statement.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound(str(table.__tablename__), identifier)
    return row


def lock_name(session: Session, name: str) -> None:
    """Wait for the advisory lock of this name, e.g. `numbering:INV`."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(name)})


def try_lock_name(session: Session, name: str) -> bool:
    """Take the advisory lock of this name if it is free."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _key(name)}))


def ensure_version(expected: int | None, actual: int, what: str) -> None:
    """Refuse a save against a newer version; None skips the check."""
    if expected is not None and expected != actual:
        raise Conflict(
            f"{what}.changed",
            f"Someone changed this {what} in the meantime. Reload to see it; your text is kept.",
            expected=expected,
            actual=actual,
        )


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
