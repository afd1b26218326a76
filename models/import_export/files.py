"""Rows into files: CSV and XLSX, safe to open in a spreadsheet, and JSON Lines for programs."""

import csv
import errno
import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import xlsxwriter

from models.import_export.errors import DiskFull, ExportTooLarge, TooManyRows
from models.import_export.tables import ExportFormat
from models.kernel.database import data_dir
from models.kernel.listing.spec import Exported

PROGRESS_EVERY = 1_000
# One row of the sheet's 1,048,576 holds the heads.
XLSX_ROWS = 1_048_575
XLSX_CELL = 32_767
MAX_BYTES = 2_000_000_000
# Room that must be left on the disk, because the database may share it.
FREE_BYTES = 200_000_000
# OWASP, "CSV Injection": a cell that begins like this is run as a formula by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

OnProgress = Callable[[int], None]
Row = Sequence[Exported]


def export_path(export_id: UUID, file_format: str) -> Path:
    """Where the finished file of an export lies."""
    return exports_dir() / f"{export_id}.{ExportFormat(file_format).value}"


def exports_dir() -> Path:
    """The folder of export files, readable by this user only, created where missing."""
    folder = data_dir() / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def new_part(target: Path) -> Path:
    """A file of one's own beside the target; what earlier builders of it left is deleted.

    One that was only taken for dead keeps writing into its own, nameless file and is refused at the end.
    """
    for left in target.parent.glob(f"{target.name}.*.part"):
        left.unlink(missing_ok=True)
    return target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")


def write_file(
    file_format: ExportFormat,
    headers: Sequence[str],
    rows: Iterable[Row],
    path: Path,
    on_progress: OnProgress,
) -> int:
    """Write the rows in the format; returns how many there were.

    Calls `on_progress` with the rows so far every 1,000 rows and at the end. Raises TooManyRows,
    ExportTooLarge or DiskFull, and leaves no file behind then.
    """
    write = {ExportFormat.csv: write_csv, ExportFormat.xlsx: write_xlsx, ExportFormat.jsonl: write_jsonl}[
        file_format
    ]
    with guarded_file(path):
        return write(headers, rows, path, on_progress)


@contextmanager
def guarded_file(path: Path) -> Iterator[Callable[[], None]]:
    """A file that is not kept where writing it fails; gives what to call on the way to see that there is still room.

    Raises ExportTooLarge or DiskFull.
    """
    try:
        with _disk_guarded():
            yield lambda: _ensure_room(path)
            _ensure_room(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_csv(headers: Sequence[str], rows: Iterable[Row], path: Path, on_progress: OnProgress) -> int:
    """CSV after RFC 4180 in UTF-8 with a byte order mark, by which spreadsheets know the encoding."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guard_formula(head) for head in headers])

        def report(done: int) -> None:
            file.flush()
            on_progress(done)

        return _each(rows, path, report, lambda _, row: writer.writerow([csv_cell(cell) for cell in row]))


def write_xlsx(headers: Sequence[str], rows: Iterable[Row], path: Path, on_progress: OnProgress) -> int:
    """One sheet in constant memory; text is stored as text, so that nothing in it is a formula."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        cells = _Cells(book, sheet)
        bold = book.add_format({"bold": True})
        for column, head in enumerate(headers):
            sheet.write_string(0, column, head, bold)

        def write(number: int, row: Row) -> None:
            if number > XLSX_ROWS:
                raise TooManyRows(XLSX_ROWS)
            for column, cell in enumerate(row):
                cells.write(number, column, cell)

        return _each(rows, path, on_progress, write)


def write_jsonl(headers: Sequence[str], rows: Iterable[Row], path: Path, on_progress: OnProgress) -> int:
    """JSON Lines (jsonlines.org): one object a line; amounts are text, because a JSON number may lose a cent.

    Nothing runs a formula here, so text stands as it is.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def report(done: int) -> None:
            file.flush()
            on_progress(done)

        def write(_number: int, row: Row) -> None:
            cells = dict(zip(headers, map(json_cell, row), strict=True))
            file.write(json.dumps(cells, ensure_ascii=False) + "\n")

        return _each(rows, path, report, write)


def json_cell(value: Exported) -> str | int | bool | None:
    """One cell as JSON: dates as ISO 8601, amounts as text.

    >>> json_cell(Decimal("-5.00")), json_cell("=1+1"), json_cell(date(2026, 11, 1)), json_cell(None)
    ('-5.00', '=1+1', '2026-11-01', None)
    """
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return value


def guard_formula(text: str) -> str:
    """The text, with a leading apostrophe where a spreadsheet would run it.

    >>> guard_formula("=1+1"), guard_formula("a=1")
    ("'=1+1", 'a=1')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_cell(value: Exported) -> str:
    """One cell as text: numbers and dates plain, text guarded.

    >>> csv_cell(Decimal("-5.00")), csv_cell("-5.00"), csv_cell(None), csv_cell(True)
    ('-5.00', "'-5.00", '', 'true')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case int():
            return str(value)
        case _:
            return guard_formula(value)


class _Cells:
    """Writes typed cells; number formats are made once per count of decimals."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self._book = book
        self._sheet = sheet
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._decimal: dict[int, Any] = {}

    def write(self, row: int, column: int, value: Exported) -> None:
        match value:
            case None | "":
                pass
            case bool():
                self._sheet.write_boolean(row, column, value)
            case datetime():
                self._sheet.write_datetime(row, column, value, self._instant)
            case date():
                self._sheet.write_datetime(row, column, value, self._day)
            case Decimal():
                self._sheet.write_number(row, column, value, self._places(value))
            case int():
                self._sheet.write_number(row, column, value)
            case _:
                self._sheet.write_string(row, column, value[:XLSX_CELL])

    def _places(self, value: Decimal) -> Any:
        exponent = value.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if places not in self._decimal:
            pattern = "#,##0" + ("." + "0" * places if places else "")
            self._decimal[places] = self._book.add_format({"num_format": pattern})
        return self._decimal[places]


def _each(rows: Iterable[Row], path: Path, on_progress: OnProgress, write: Callable[[int, Row], Any]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):
        write(number, row)
        if number % PROGRESS_EVERY == 0:
            on_progress(number)
            _ensure_room(path)
    on_progress(number)
    return number


def _ensure_room(path: Path) -> None:
    if path.exists() and path.stat().st_size > MAX_BYTES:
        raise ExportTooLarge(MAX_BYTES // 1_000_000)
    if shutil.disk_usage(path.parent).free < FREE_BYTES:
        raise DiskFull


@contextmanager
def _disk_guarded() -> Iterator[None]:
    try:
        yield
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else error
        if getattr(cause, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise
