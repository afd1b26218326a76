"""A person's exports, and what the worker looks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from models.import_export.rules import STALE_AFTER
from models.import_export.tables import Export, ExportStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.operations import ensure_program


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export as its maker sees it; `rows_total` is None where the list was too long to count."""

    id: UUID
    listing: str
    format: str
    status: str
    rows_done: int
    rows_total: int | None
    file_name: str
    file_bytes: int | None
    error: str
    created_at: datetime
    expires_at: datetime | None
    downloads: int


def list_exports(session: Session, actor: Actor, *, limit: int = 20) -> list[ExportRow]:
    """The actor's own exports, the newest first."""
    statement = select(Export).where(Export.user_id == actor.id)
    return [_row(each) for each in session.exec(statement.order_by(col(Export.id).desc()).limit(limit))]


def get_export(session: Session, actor: Actor, *, export_id: UUID) -> ExportRow:
    """One of the actor's own exports; NotFound for anybody else's."""
    found = session.exec(select(Export).where(Export.id == export_id, Export.user_id == actor.id)).first()
    if found is None:
        raise NotFound("export", export_id)
    return _row(found)


def list_stale_exports(session: Session, actor: Actor) -> list[UUID]:
    """Exports whose task was lost or whose builder fell silent a minute ago, the oldest first."""
    ensure_program(actor)
    long_ago = clock.now() - STALE_AFTER
    is_lost = (col(Export.status) == ExportStatus.waiting.value) & (col(Export.created_at) < long_ago)
    is_silent = (col(Export.status) == ExportStatus.running.value) & (col(Export.heartbeat_at) < long_ago)
    return list(session.exec(select(Export.id).where(or_(is_lost, is_silent)).order_by(col(Export.id))))


def list_kept_exports(session: Session, actor: Actor, *, export_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the given exports whose files are still wanted: being built or ready."""
    ensure_program(actor)
    wanted = [ExportStatus.waiting.value, ExportStatus.running.value, ExportStatus.ready.value]
    statement = select(Export.id).where(col(Export.id).in_(list(export_ids)), col(Export.status).in_(wanted))
    return set(session.exec(statement))


def _row(export: Export) -> ExportRow:
    return ExportRow(
        export.id,
        export.listing,
        export.format,
        export.status,
        export.rows_done,
        export.rows_total,
        export.file_name,
        export.file_bytes,
        export.error,
        export.created_at,
        export.expires_at,
        export.downloads,
    )
