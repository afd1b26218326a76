"""Events of the import and export context."""

from models.kernel.events import declare

EXPORT_DOWNLOADED = declare("export.downloaded", "downloaded an export", "downloads")
EXPORT_FAILED = declare("export.failed", "could not build an export", "error")
EXPORT_FINISHED = declare("export.finished", "finished an export", "rows", "bytes", "expires_at")
EXPORT_REQUESTED = declare(
    "export.requested", "asked for an export", "listing", "format", "params", "selected", "rows"
)
