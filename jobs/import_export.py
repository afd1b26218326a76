"""Tasks of exports: build one, take up what a dead worker left, delete what nobody keeps."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.accounts import actor_for
from models.import_export import (
    ExportOrder,
    ExportTakenOver,
    build_file,
    claim_export,
    expire_exports,
    export_path,
    exports_dir,
    fail_export,
    finish_export,
    list_kept_exports,
    list_stale_exports,
    new_part,
    report_progress,
)
from models.kernel.actor import Cause, system_actor
from models.kernel.database import read_session, read_transaction, unit_of_work
from models.kernel.errors import DomainError, Kind
from models.kernel.events import Event

log = structlog.get_logger()


@subscriber("build-export", "export.requested")
def queue_export(_session: Session, event: Event) -> None:
    """Queue the building; should this delivery be undone, the claim makes a second task harmless."""
    build_export(str(event.subject_id))


@task()
def build_export(export_id: str) -> None:
    """Build the file of one export; does nothing where that is done or in other hands."""
    with unit_of_work() as session:
        order = claim_export(session, system_actor("worker", Cause.event), export_id=UUID(export_id))
    if order is None:
        return
    build = _Build(order)
    try:
        build.run()
    except ExportTakenOver:
        log.warning("export.taken_over", export_id=export_id)
    except DomainError as error:
        # The database is away: the sweep starts the export anew once it is back.
        if error.kind is Kind.unavailable and error.code.startswith("database."):
            raise
        build.fail(error.sentence)
    except Exception:  # the edge: whoever waits for the file must learn that it will not come
        build.fail("The export could not be built because of a fault in the program; it has been reported.")
        raise


class _Build:
    """One attempt at a file, holding the export by its last heartbeat."""

    def __init__(self, order: ExportOrder) -> None:
        self._order = order
        self._heartbeat_at: datetime = order.heartbeat_at
        self._actor = system_actor("worker", Cause.event)

    def run(self) -> None:
        """Write the file aside and move it to its place."""
        target = export_path(self._order.id, self._order.format)
        part = new_part(target)
        with read_transaction() as session:
            person = actor_for(session, self._order.user_id, Cause.event)
            rows = build_file(session, person, order=self._order, path=part, on_progress=self._report)
        with unit_of_work() as session:
            finish_export(
                session,
                self._actor,
                export_id=self._order.id,
                heartbeat_at=self._heartbeat_at,
                rows=rows,
                part=part,
                target=target,
            )

    def fail(self, sentence: str) -> None:
        """Say why there will be no file."""
        with unit_of_work() as session:
            fail_export(
                session,
                self._actor,
                export_id=self._order.id,
                heartbeat_at=self._heartbeat_at,
                error=sentence,
            )

    def _report(self, rows_done: int) -> None:
        with unit_of_work() as session:
            self._heartbeat_at = report_progress(
                session,
                self._actor,
                export_id=self._order.id,
                heartbeat_at=self._heartbeat_at,
                rows_done=rows_done,
            )


def restart_stale_exports() -> None:
    """Queue exports whose task was lost or whose builder fell silent."""
    with read_session() as session:
        stale = list_stale_exports(session, system_actor("schedule"))
    for export_id in stale:
        build_export(str(export_id))


def expire_old_exports() -> None:
    """Expire exports past their time, then delete every file that no export keeps."""
    actor = system_actor("schedule")
    with unit_of_work() as session:
        expire_exports(session, actor)
    files = {}
    for path in exports_dir().iterdir():
        with suppress(ValueError):
            files[path] = UUID(path.name.partition(".")[0])
    with read_session() as session:
        kept = list_kept_exports(session, actor, export_ids=files.values())
    for path, export_id in files.items():
        if export_id not in kept:
            path.unlink(missing_ok=True)
