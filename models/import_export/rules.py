"""What an export may become, and when a silent builder counts as dead."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.import_export.tables import ExportStatus

STALE_AFTER = timedelta(seconds=60)

EXPORT_MOVES: Mapping[ExportStatus, frozenset[ExportStatus]] = {
    ExportStatus.waiting: frozenset({ExportStatus.running, ExportStatus.failed}),
    ExportStatus.running: frozenset({ExportStatus.running, ExportStatus.ready, ExportStatus.failed}),
    ExportStatus.ready: frozenset({ExportStatus.expired}),
    ExportStatus.expired: frozenset(),
    ExportStatus.failed: frozenset(),
}


def may_become(status: str, target: ExportStatus) -> bool:
    """Whether the table of moves has this one."""
    return target in EXPORT_MOVES[ExportStatus(status)]


def can_claim(status: str, heartbeat_at: datetime | None, now: datetime) -> bool:
    """Whether a worker may start the export: nobody has, or whoever did fell silent."""
    if not may_become(status, ExportStatus.running):
        return False
    return heartbeat_at is None or heartbeat_at < now - STALE_AFTER
