"""Lists as files: asked for, built by the worker, downloaded until they expire."""

from models.import_export.build import build_file
from models.import_export.errors import ExportNotReady, ExportTakenOver, TooManyRows
from models.import_export.files import export_path, exports_dir, new_part
from models.import_export.links import ensure_export_link, export_href
from models.import_export.operations import (
    ExportOrder,
    claim_export,
    expire_exports,
    fail_export,
    finish_export,
    record_download,
    report_progress,
    request_export,
)
from models.import_export.queries import (
    ExportRow,
    get_export,
    list_exports,
    list_kept_exports,
    list_stale_exports,
)
from models.import_export.tables import ExportFormat, ExportStatus

__all__ = [
    "ExportFormat",
    "ExportNotReady",
    "ExportOrder",
    "ExportRow",
    "ExportStatus",
    "ExportTakenOver",
    "TooManyRows",
    "build_file",
    "claim_export",
    "ensure_export_link",
    "expire_exports",
    "export_href",
    "export_path",
    "exports_dir",
    "fail_export",
    "finish_export",
    "get_export",
    "list_exports",
    "list_kept_exports",
    "list_stale_exports",
    "new_part",
    "record_download",
    "report_progress",
    "request_export",
]
