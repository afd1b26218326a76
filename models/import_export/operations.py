"""Exports from the request to the expiry; the worker that builds one holds it by its heartbeat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.billing import INVOICES, MAX_DOCUMENTS, Chosen, preview_documents
from models.import_export import events
from models.import_export.errors import (
    ExportFormatUnknown,
    ExportNeedsPerson,
    ExportNotReady,
    ExportTakenOver,
    NoDocuments,
    TooManyDocuments,
    TooManySelected,
)
from models.import_export.rules import can_claim, may_become
from models.import_export.tables import Export, ExportFormat, ExportStatus
from models.kernel import clock
from models.kernel.actor import Actor, ActorKind
from models.kernel.events import Subject, record_event
from models.kernel.listing import (
    Listing,
    ListQuery,
    list_count,
    listing_named,
    scoped_ids,
)
from models.kernel.locking import lock_row
from models.kernel.settings import get_settings
from models.operations import ensure_program

MAX_SELECTED = 10_000


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What a worker needs to build an export, and the heartbeat by which it holds it."""

    id: UUID
    user_id: UUID
    listing: str
    params: str
    selection: tuple[UUID, ...]
    format: ExportFormat
    time_zone: str
    heartbeat_at: datetime


def request_export(
    session: Session,
    actor: Actor,
    *,
    listing: str,
    params: str = "",
    selection: Sequence[UUID] = (),
    file_format: str = ExportFormat.csv,
) -> UUID:
    """An export of what the list shows is on order; returns its id.

    `params` are the list's address parameters, `selection` narrows to ticked rows. Format `zip` is the documents
    of invoices. Refused without the list's export permission, for an unknown list, filter or format, for more than
    10,000 ticked rows, and for none or more than 2,000 documents.
    """
    found = listing_named(listing)
    actor.ensure(found.export_permission)
    if actor.kind is not ActorKind.user or actor.id is None:
        raise ExportNeedsPerson
    _ensure_possible(file_format, listing, selection)
    query = replace(ListQuery.parse(params), cursor="")
    count = _count_documents if file_format == ExportFormat.zip else _count
    rows = count(session, actor, found, query, selection)
    export = Export(
        user_id=actor.id,
        listing=listing,
        params=query.params(),
        selection=",".join(str(each) for each in selection),
        format=ExportFormat(file_format),
        time_zone=actor.time_zone,
        locale=actor.locale,
        rows_total=rows,
        file_name=f"{found.key}-{clock.today().isoformat()}.{ExportFormat(file_format).value}",
    )
    session.add(export)
    ordered = ("listing", "format", "params")
    after = {name: getattr(export, name) for name in ordered} | {"selected": len(selection), "rows": rows}
    record_event(session, actor, events.EXPORT_REQUESTED, _subject(export), after=after)
    return export.id


def claim_export(session: Session, actor: Actor, *, export_id: UUID) -> ExportOrder | None:
    """The caller builds this export from scratch; None where it is done or in other hands."""
    ensure_program(actor)
    export = session.exec(
        select(Export).where(Export.id == export_id).with_for_update(skip_locked=True)
    ).first()
    now = clock.now()
    if export is None or not can_claim(export.status, export.heartbeat_at, now):
        return None
    export.status = ExportStatus.running
    export.heartbeat_at = export.updated_at = now
    export.rows_done = 0
    return ExportOrder(
        export.id,
        export.user_id,
        export.listing,
        export.params,
        tuple(UUID(each) for each in export.selection.split(",") if each),
        ExportFormat(export.format),
        export.time_zone,
        now,
    )


def report_progress(
    session: Session, actor: Actor, *, export_id: UUID, heartbeat_at: datetime, rows_done: int
) -> datetime:
    """The builder is alive and this far; returns the heartbeat by which it now holds the export.

    Raises ExportTakenOver where another builder has begun since.
    """
    ensure_program(actor)
    export = _held(session, export_id, heartbeat_at)
    now = clock.now()
    export.heartbeat_at = export.updated_at = now
    export.rows_done = rows_done
    return now


def finish_export(
    session: Session,
    actor: Actor,
    *,
    export_id: UUID,
    heartbeat_at: datetime,
    rows: int,
    part: Path,
    target: Path,
) -> None:
    """The file is in its place and can be downloaded until it expires.

    The file moves while the row is locked: a crash before the commit leaves the export running, and
    the next builder replaces the file. Raises ExportTakenOver where another builder has begun since.
    """
    ensure_program(actor)
    export = _held(session, export_id, heartbeat_at)
    now = clock.now()
    export.status = ExportStatus.ready
    export.rows_done = export.rows_total = rows
    export.file_bytes = part.stat().st_size
    export.expires_at = now + timedelta(minutes=get_settings().export_link_minutes)
    export.heartbeat_at = export.updated_at = now
    after = {"rows": rows, "bytes": export.file_bytes, "expires_at": export.expires_at.isoformat()}
    record_event(session, actor, events.EXPORT_FINISHED, _subject(export), after=after)
    session.flush()
    part.replace(target)


def fail_export(
    session: Session, actor: Actor, *, export_id: UUID, heartbeat_at: datetime, error: str
) -> None:
    """The export has failed for good and says why; nothing happens where another builder has it."""
    ensure_program(actor)
    export = lock_row(session, Export, export_id)
    if export.heartbeat_at != heartbeat_at or not may_become(export.status, ExportStatus.failed):
        return
    export.status = ExportStatus.failed
    export.error = error
    export.updated_at = clock.now()
    record_event(session, actor, events.EXPORT_FAILED, _subject(export), after={"error": error})


def expire_exports(session: Session, actor: Actor) -> int:
    """Exports past their time can no longer be downloaded; returns how many there were."""
    ensure_program(actor)
    now = clock.now()
    expired = session.execute(
        update(Export)
        .where(col(Export.status) == ExportStatus.ready.value, col(Export.expires_at) <= now)
        .values(status=ExportStatus.expired.value, updated_at=now)
    )
    return int(expired.rowcount)  # type: ignore[attr-defined]


def record_download(session: Session, actor: Actor, *, export_id: UUID) -> None:
    """The person has taken the file; refused where it is another's, expired or not ready."""
    export = lock_row(session, Export, export_id, Export.user_id == actor.id)
    actor.ensure(listing_named(export.listing).export_permission)
    is_over = export.expires_at is not None and export.expires_at <= clock.now()
    if not may_become(export.status, ExportStatus.expired) or is_over:
        raise ExportNotReady("expired" if is_over else export.status)
    export.downloads += 1
    after = {"downloads": export.downloads}
    record_event(session, actor, events.EXPORT_DOWNLOADED, _subject(export), after=after)


def _ensure_possible(file_format: str, listing: str, selection: Sequence[UUID]) -> None:
    has_documents = listing == INVOICES.key
    if file_format not in set(ExportFormat) or (file_format == ExportFormat.zip and not has_documents):
        raise ExportFormatUnknown(file_format)
    if len(selection) > MAX_SELECTED:
        raise TooManySelected(len(selection), MAX_SELECTED)


def _held(session: Session, export_id: UUID, heartbeat_at: datetime) -> Export:
    export = lock_row(session, Export, export_id)
    if export.heartbeat_at != heartbeat_at or not may_become(export.status, ExportStatus.ready):
        raise ExportTakenOver
    return export


def _count(
    session: Session, actor: Actor, listing: Listing[object], query: ListQuery, selection: Sequence[UUID]
) -> int | None:
    if selection:
        return len(scoped_ids(session, actor, listing, selection))
    found = list_count(session, actor, listing, query)
    # A capped count would show more rows done than there are.
    return found.value if found.is_exact else None


def _count_documents(
    session: Session, actor: Actor, _listing: Listing[object], query: ListQuery, selection: Sequence[UUID]
) -> int:
    chosen = Chosen(query.params(), tuple(selection) or None)
    found = preview_documents(session, actor, chosen=chosen)
    if not found.count:
        raise NoDocuments
    if found.is_too_many:
        raise TooManyDocuments(found.count, MAX_DOCUMENTS)
    return found.count


def _subject(export: Export) -> Subject:
    return Subject("export", export.id, export.file_name)
