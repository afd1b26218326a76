"""Bank statements as CSV: columns are found by their heads, as banks of several countries name them."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from models.kernel.money import Money
from models.payments.rules.bank_lines import (
    ParsedLine,
    ParsedStatement,
    StatementBroken,
    ensure_count,
    ensure_currency,
    read_amount,
    tidy,
    with_keys,
)

# Our name of a column -> the heads it may have, in small letters.
HEADS: Mapping[str, tuple[str, ...]] = {
    "booked_on": (
        "booking date",
        "date",
        "value date",
        "buchungstag",
        "buchungsdatum",
        "datum",
        "fecha",
        "booked",
    ),
    "amount": ("amount", "betrag", "montant", "importe", "credit amount", "umsatz"),
    "currency": ("currency", "währung", "waehrung", "devise", "divisa", "ccy"),
    "payer": (
        "payer",
        "name",
        "counterparty",
        "beguenstigter/zahlungspflichtiger",
        "auftraggeber",
        "payer name",
        "zahlungspflichtiger",
    ),
    "payer_account": ("payer account", "iban", "counterparty account", "kontonummer/iban", "payer iban"),
    "reference": (
        "reference",
        "remittance information",
        "description",
        "verwendungszweck",
        "purpose",
        "details",
        "concepto",
        "text",
    ),
    "key": ("id", "transaction id", "entry reference", "bank reference", "transaction reference"),
}
NEEDED = ("booked_on", "amount", "reference")
SEPARATORS = ";,\t|"
FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%Y%m%d")


def parse_csv(content: bytes, *, account: str, currency: str) -> ParsedStatement:
    """The lines of a CSV; `currency` counts where the file names none. Raises StatementBroken with line and reason."""
    text = _decoded(content)
    head, _, _ = text.partition("\n")
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(next(reader, []))
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise StatementBroken(reader.line_num, f"This is no CSV ({error}).") from error
    ensure_count(rows)
    found = [_line(place, row, columns, currency) for place, row in rows]
    came = with_keys(line for line in found if line.amount.minor > 0)
    return ParsedStatement(account, came, len(found) - len(came))


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise StatementBroken(0, "The file is no text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _columns(heads: list[str]) -> dict[str, int]:
    plain = [head.strip().strip('"').lower() for head in heads]
    columns = {
        name: plain.index(alias)
        for name, aliases in HEADS.items()
        for alias in reversed(aliases)
        if alias in plain
    }
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        wanted = ", ".join(f"“{HEADS[name][0]}”" for name in missing)
        raise StatementBroken(1, f"The heads of the columns lack {wanted}.")
    return columns


def _line(place: int, row: list[str], columns: Mapping[str, int], currency: str) -> ParsedLine:
    def cell(name: str) -> str:
        at = columns.get(name)
        return tidy(row[at]) if at is not None and at < len(row) else ""

    if len(row) <= max(columns[name] for name in NEEDED):
        raise StatementBroken(place, f"It has {len(row)} columns, fewer than its head.")
    code = (cell("currency") or currency).upper()
    return ParsedLine(
        place,
        _day(place, cell("booked_on")),
        _money(place, cell("amount"), code),
        cell("payer"),
        cell("payer_account").replace(" ", ""),
        cell("reference"),
        cell("key"),
    )


def _money(place: int, text: str, code: str) -> Money:
    ensure_currency(place, code)
    try:
        return Money(read_amount(text, code), code)
    except ValueError:
        raise StatementBroken(
            place, f"“{text[:40]}” is no clear amount. It is written like 1234.50 or 1.234,50."
        ) from None


def _day(place: int, text: str) -> date:
    for form in FORMATS:
        try:
            # A date has no zone; the parser of the library makes a datetime first.
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise StatementBroken(
        place, f"“{text[:40]}” is no clear day. It is written like 2026-11-20 or 20.11.2026."
    )
