"""Files of exports: a signed link that expires, and the session of whoever asked for it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, Security
from fastapi.responses import FileResponse

from dashboard.api.problems import documented
from dashboard.api.visitor import SESSION, SignedInActor, demand
from dashboard.shell.guard import Mark
from models.import_export import (
    ExportFormat,
    ExportNotReady,
    ensure_export_link,
    export_path,
    get_export,
    record_download,
)
from models.kernel.database import unit_of_work

router = APIRouter(prefix="/api/exports", tags=["documents"], dependencies=[Security(SESSION)])

MEDIA_TYPES = {
    ExportFormat.csv: "text/csv; charset=utf-8",
    ExportFormat.jsonl: "application/jsonl; charset=utf-8",
    ExportFormat.zip: "application/zip",
    ExportFormat.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get(
    "/{export_id}/file",
    summary="The file of an export",
    response_class=Response,
    responses={
        200: {
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
            }
        },
        **documented(401, 403, 404, 409, 410, 422, 500, 503),
    },
)
@demand(Mark.signed_in)
def get_export_file(
    request: Request,
    actor: SignedInActor,
    export_id: UUID,
    token: Annotated[str, Query(max_length=500, description="From the link on the Exports page.")] = "",
) -> Response:
    """For whoever asked for it, while they may still export that list. Every download is counted and on record."""
    ensure_export_link(export_id, token)
    with unit_of_work() as session:
        found = get_export(session, actor, export_id=export_id)
        record_download(session, actor, export_id=export_id)
        path = export_path(found.id, found.format)
        if not path.is_file():
            raise ExportNotReady("expired")
        if request.state.is_head:
            # Asking how large it is takes nothing: undo the count.
            session.rollback()
    media_type = MEDIA_TYPES[ExportFormat(found.format)]
    headers = {"Cache-Control": "private, no-store"}
    return FileResponse(path, media_type=media_type, filename=found.file_name, headers=headers)
