"""Files of rows: what a spreadsheet reads from them."""

import errno
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from models.import_export import files
from models.import_export.errors import DiskFull, ExportTooLarge, TooManyRows
from models.import_export.tables import ExportFormat
from models.kernel.listing.spec import Exported

TABLES = [each for each in ExportFormat if each is not ExportFormat.zip]
HEADS = ["Name", "=Amount", "Day", "At", "Paid", "Pieces"]
ROWS: list[list[Exported]] = [
    ["Zoë, “Ü” & Co\nBerlin", Decimal("-12.50"), date(2026, 3, 1), datetime(2026, 3, 1, 14, 5), True, -3],  # noqa: DTZ001 -- files hold the reader's wall clock
    ["=cmd|' /C calc'!A0", Decimal(1200), None, None, False, None],
]


def test_csv_is_plain_utf8_with_guarded_text(tmp_path: Path) -> None:
    """Byte order mark, CRLF, quotes where needed; numbers stay numbers, formulas become text."""
    path = tmp_path / "a.csv"
    assert files.write_file(ExportFormat.csv, HEADS, ROWS, path, lambda _: None) == 2
    assert path.read_bytes().decode() == (
        "\ufeffName,'=Amount,Day,At,Paid,Pieces\r\n"
        '"Zoë, “Ü” & Co\nBerlin",-12.50,2026-03-01,2026-03-01 14:05:00,true,-3\r\n'
        "'=cmd|' /C calc'!A0,1200,,,false,\r\n"
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_every_formula_start_is_guarded(text: str) -> None:
    """The six beginnings of the OWASP list, and nothing else."""
    assert files.csv_cell(text) == f"'{text}"
    assert files.csv_cell(f"a{text}") == f"a{text}"


def test_json_lines_keep_every_cent_and_run_nothing(tmp_path: Path) -> None:
    """One object a line under the columns' keys; no apostrophe, because no spreadsheet reads it."""
    path = tmp_path / "a.jsonl"
    keys = ["name", "amount", "day", "at", "paid", "pieces"]
    assert files.write_file(ExportFormat.jsonl, keys, ROWS, path, lambda _: None) == 2
    assert path.read_bytes().decode() == (
        '{"name": "Zoë, “Ü” & Co\\nBerlin", "amount": "-12.50", "day": "2026-03-01", '
        '"at": "2026-03-01T14:05:00", "paid": true, "pieces": -3}\n'
        '{"name": "=cmd|\' /C calc\'!A0", "amount": "1200", "day": null, "at": null, "paid": false, "pieces": null}\n'
    )


def test_xlsx_keeps_types_and_runs_nothing(tmp_path: Path) -> None:
    """Amounts are numbers with their decimals, dates are dates, and a formula is a string."""
    path = tmp_path / "a.xlsx"
    assert files.write_file(ExportFormat.xlsx, HEADS, ROWS, path, lambda _: None) == 2
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    heads, first, second = list(sheet.iter_rows())
    assert [cell.value for cell in heads] == HEADS
    assert heads[1].data_type == "s"
    assert [cell.value for cell in first] == [
        ROWS[0][0],
        -12.5,
        datetime(2026, 3, 1),  # noqa: DTZ001
        datetime(2026, 3, 1, 14, 5),  # noqa: DTZ001
        True,
        -3,
    ]
    assert first[1].number_format == "#,##0.00"
    assert (second[0].value, second[0].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert (second[1].value, second[1].number_format) == (1200, "#,##0")


@pytest.mark.parametrize("file_format", TABLES)
def test_progress_comes_every_thousand_rows_and_at_the_end(tmp_path: Path, file_format: ExportFormat) -> None:
    """Rows are drawn one by one, never collected first."""
    seen: list[int] = []
    drawn: list[int] = []

    def rows() -> Iterator[list[Exported]]:
        for number in range(2_500):
            drawn.append(number)
            yield [number]

    def on_progress(done: int) -> None:
        assert len(drawn) == done
        seen.append(done)

    assert files.write_file(file_format, ["N"], rows(), tmp_path / "a", on_progress) == 2_500
    assert seen == [1_000, 2_000, 2_500]


@pytest.mark.parametrize("file_format", TABLES)
def test_empty_list_is_a_file_with_heads(tmp_path: Path, file_format: ExportFormat) -> None:
    """No rows is an answer, too."""
    path = tmp_path / "a"
    assert files.write_file(file_format, HEADS, [], path, lambda _: None) == 0
    # JSON Lines have no line for heads.
    assert (path.stat().st_size > 0) is (file_format is not ExportFormat.jsonl)


def test_limits_leave_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that is full, a file that grew too large and a disk without room each say so."""
    many: list[list[Exported]] = [["x"] for _ in range(1_500)]
    monkeypatch.setattr(files, "XLSX_ROWS", 1_200)
    with pytest.raises(TooManyRows, match="1,200 rows"):
        files.write_file(ExportFormat.xlsx, ["N"], many, tmp_path / "a", lambda _: None)
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(ExportTooLarge):
        files.write_file(ExportFormat.csv, ["N"], many, tmp_path / "a", lambda _: None)
    monkeypatch.setattr(files, "FREE_BYTES", 10**18)
    monkeypatch.setattr(files, "MAX_BYTES", 10**9)
    with pytest.raises(DiskFull):
        files.write_file(ExportFormat.csv, ["N"], many, tmp_path / "a", lambda _: None)

    def fill(_done: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull):
        files.write_file(ExportFormat.csv, ["N"], [], tmp_path / "a", fill)
    assert list(tmp_path.iterdir()) == []


def test_new_part_clears_what_earlier_builders_left(tmp_path: Path) -> None:
    """Each builder writes to a name of its own."""
    target = tmp_path / "x.csv"
    first = files.new_part(target)
    first.write_text("half")
    other = tmp_path / "y.csv.1.part"
    other.write_text("half")
    second = files.new_part(target)
    assert first != second
    assert list(tmp_path.iterdir()) == [other]
