"""What a bank statement says, whatever format it came in: lines of money that arrived."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pycountry

from models.kernel.errors import Invalid
from models.kernel.money import Money, exponent

MAX_LINES = 20_000
MAX_TEXT = 1_000
_AMOUNT = re.compile(r"([+-]?)([\d.,]*\d)([+-]?)", re.ASCII)
_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*|\d+", re.ASCII)
GROUP = 3


class StatementBroken(Invalid):
    """The file cannot be read as a statement; nothing of it was stored. `line` counts from 1, 0 is the whole file."""

    def __init__(self, line: int, why: str) -> None:
        where = f"Line {line}: " if line else ""
        super().__init__(
            "bank_statement.broken",
            f"{where}{why} Nothing was stored. Download the statement again and upload it unchanged.",
            field="file",
            line=line,
        )


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """Money that came: `place` is its line in the file, `key` the bank's reference, or "" where it gave none."""

    place: int
    booked_on: date
    amount: Money
    payer: str
    payer_account: str
    reference: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """One account's lines; `outgoing` counts what left the account and is not looked at."""

    account: str
    lines: tuple[ParsedLine, ...]
    outgoing: int


def with_keys(lines: Iterable[ParsedLine]) -> tuple[ParsedLine, ...]:
    """Every line with a key by which it is known again in another file.

    Without the bank's reference it is a hash of all the line says, with its number among equal lines: two equal
    payments of one file are two, and the same ones in a second file are known.
    """
    seen: Counter[str] = Counter()
    keyed = []
    for line in lines:
        facts = (
            line.booked_on,
            line.amount.minor,
            line.amount.currency,
            line.payer,
            line.payer_account,
            line.reference,
        )
        base = line.key or hashlib.sha256(repr(facts).encode()).hexdigest()
        seen[base] += 1
        keyed.append(replace(line, key=f"{base}#{seen[base]}"))
    return tuple(keyed)


def tidy(text: str | None) -> str:
    """Text as it is kept: one line, no control characters, at most 1,000 letters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text or "")
    return " ".join(plain.split())[:MAX_TEXT]


def read_amount(text: str, currency: str) -> int:
    """Minor units of an amount as banks write it: `1.234,56`, `1,234.56`, `-12`, `12,50-`.

    Raises ValueError for what could mean two amounts, e.g. `1,234`.

    >>> read_amount("1.234,56", "EUR"), read_amount("-12", "EUR"), read_amount("1,234", "JPY")
    (123456, -1200, 1234)
    """
    found = _AMOUNT.fullmatch(re.sub(r"[\s'\u2019]", "", text.replace("\u2212", "-")))
    if found is None or (found[1] and found[3]):
        raise ValueError(text)
    whole, decimals = _split(found[2], exponent(currency))
    scale: int = 10 ** exponent(currency)
    digits = int(whole) * scale + int(decimals.ljust(exponent(currency), "0") or "0")
    return -digits if "-" in (found[1], found[3]) else digits


def _split(figure: str, places: int) -> tuple[str, str]:
    """Whole units and decimals; the last mark parts them unless it can only group thousands."""
    marks = [letter for letter in figure if letter in ".,"]
    if not marks:
        return figure, ""
    head, _, tail = figure.rpartition(marks[-1])
    is_grouping = len(tail) == GROUP and places != GROUP and (len(set(marks)) == 1)
    if is_grouping and places and len(marks) == 1:
        raise ValueError(figure)
    if is_grouping:
        head, tail = figure, ""
    groups = _GROUPS.fullmatch(head)
    if groups is None or len(tail) > places or (tail and groups[1] == marks[-1]):
        raise ValueError(figure)
    return re.sub(r"[.,]", "", head), tail


def ensure_currency(place: int, code: str) -> None:
    """Refuse what is no currency of ISO 4217."""
    if not code.isascii() or pycountry.currencies.get(alpha_3=code) is None:
        raise StatementBroken(place, f"“{code[:10]}” is no currency.")


def ensure_count(lines: Sequence[object]) -> None:
    """Refuse a statement without lines, or with more than can be worked off at once."""
    if not lines:
        raise StatementBroken(0, "The file has no lines of a statement.")
    if len(lines) > MAX_LINES:
        raise StatementBroken(0, f"The file has more than {MAX_LINES:,} lines. Split it by days.")
