"""Refusals of the import and export context."""

from models.kernel.errors import Conflict, Forbidden, Invalid, Unavailable


class ExportNeedsPerson(Forbidden):
    """An export shows what its maker may see, so a person must make it."""

    def __init__(self) -> None:
        super().__init__(
            "export.needs_person", "An export belongs to a person. Sign in and ask for it there."
        )


class ExportFormatUnknown(Invalid):
    """The format is none of ours."""

    def __init__(self, given: str) -> None:
        super().__init__(
            "export.unknown_format",
            f"“{given[:20]}” is no file type we write. Choose CSV, XLSX or JSONL.",
            field="format",
        )


class TooManySelected(Invalid):
    """More rows were ticked than an export takes one by one."""

    def __init__(self, given: int, limit: int) -> None:
        super().__init__(
            "export.too_many_selected",
            f"You selected {given:,} rows; at most {limit:,} can be exported one by one. "
            "Use a filter instead and export all of it.",
            field="selection",
        )


class TooManyDocuments(Invalid):
    """More documents than one file takes."""

    def __init__(self, given: int, limit: int) -> None:
        super().__init__(
            "export.too_many_documents",
            f"These are {given:,} documents, and one file takes {limit:,}. Narrow the filter or tick fewer.",
            limit=limit,
        )


class NoDocuments(Invalid):
    """Nothing of what was asked for can be printed."""

    def __init__(self) -> None:
        super().__init__(
            "export.no_documents",
            "None of these has a document. Only issued invoices do; choose some of them.",
        )


class TooManyRows(Invalid):
    """The list does not fit into the file format."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "export.too_many_rows",
            f"An XLSX sheet holds {limit:,} rows at most, and this list has more. "
            "Export it as CSV or narrow the filter.",
            limit=limit,
        )


class ExportTooLarge(Invalid):
    """The file grew beyond what we keep."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            "export.too_large",
            f"The file grew beyond {megabytes:,} MB. Narrow the filter or choose fewer columns.",
            megabytes=megabytes,
        )


class DiskFull(Unavailable):
    """The disk of the export folder has no room."""

    def __init__(self) -> None:
        super().__init__(
            "export.disk_full",
            "The server has no disk space left for the export. Tell an administrator, then ask again.",
        )


class ExportTakenOver(Conflict):
    """Another worker has started this export anew; this one stops."""

    def __init__(self) -> None:
        super().__init__("export.taken_over", "Another worker builds this export now.")


class ExportNotReady(Conflict):
    """There is no file to download."""

    def __init__(self, status: str) -> None:
        if status == "expired":
            super().__init__("export.expired", "This export has expired. Ask for it again on its list.")
        elif status == "failed":
            super().__init__("export.failed", "This export failed. Your exports say why; ask for it again.")
        else:
            super().__init__(
                "export.not_ready",
                "This export has no file yet. It appears under your exports when it is ready.",
            )
        self.data["status"] = status
