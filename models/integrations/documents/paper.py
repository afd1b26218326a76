"""What all our papers share: fonts and rendering, parties, figures, dates, and texts that print literally."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import typst
from babel import Locale
from babel.dates import format_date, format_interval

from models.kernel.errors import Unavailable
from models.kernel.money import format_minor

FOLDER = Path(__file__).parent
FONTS = FOLDER / "fonts"
# A logo travels with every document; a photograph would make a thousand of them slow.
MAX_LOGO_BYTES = 200_000
LOGO_FORMATS = {".svg": "svg", ".png": "png", ".jpg": "jpg", ".jpeg": "jpg"}

# Countries whose offices print on US Letter (source: CLDR, supplemental measurement data, `paperSize`).
LETTER_COUNTRIES = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)

LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# Control characters would break the page; direction overrides would let a name rewrite the figures beside it.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
# A word longer than any column gets places to break; East Asian text has them everywhere already.
LONG_WORD = re.compile("[^\\s\u2e80-\U0010ffff]{31,}")
BREAK_EVERY = 4
ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class DocumentPeriod:
    """Half-open dates: the first day, and the day after the last."""

    start_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Party:
    """Who issues or receives; `country` is an ISO 3166 code and prints as a name in the reader's language."""

    name: str
    address_lines: tuple[str, ...] = ()
    country: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """A tax of the document: its name, rate in parts per million, and what it took of which base."""

    name: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


def render(template: str, content: Mapping[str, object], issued_on: date) -> bytes:
    """Print content with a template of this folder; safe to call from several threads."""
    compiler = typst.Compiler(
        FOLDER / template,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(content)},
    )
    issued_at = datetime.combine(issued_on, time.min, UTC)
    pdf = compiler.compile(format="pdf", timestamp=issued_at)
    # The wheel answers a list for formats with a file a page; PDF is not one of them.
    return pdf if isinstance(pdf, bytes) else b"".join(pdf or ())


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # One set for the process: reading the files is most of the cost of a compiler, and a compiler itself
    # refuses a second thread, so each document has its own.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    missing = {"Inter", "Noto Sans JP"}.difference(fonts.families())
    if missing:
        raise Unavailable(
            "documents.fonts_missing",
            f"The fonts {', '.join(sorted(missing))} are not in {FONTS}. Restore that folder.",
        )
    return fonts


@lru_cache(maxsize=4)
def read_logo(path: str) -> dict[str, object] | None:
    """The image at this path for a document; None for no path. Raises Unavailable where it cannot be printed."""
    if not path:
        return None
    file = Path(path)
    if file.suffix.lower() not in LOGO_FORMATS or not file.is_file() or file.stat().st_size > MAX_LOGO_BYTES:
        raise Unavailable(
            "documents.logo_unusable",
            f"The logo {path} is not an SVG, PNG or JPEG file of at most {MAX_LOGO_BYTES // 1000} kB. "
            "Correct ISSUER_LOGO, or leave it empty.",
        )
    return {"format": LOGO_FORMATS[file.suffix.lower()], "bytes": list(file.read_bytes())}


def frame(  # noqa: PLR0913 -- what every paper has
    *,
    locale: Locale,
    labels: Mapping[str, str],
    number: str,
    issued_on: date,
    product_name: str,
    issuer: Party,
    customer: Party,
    currency: str,
    logo: str,
) -> dict[str, object]:
    """The content that `paper.typ` itself reads."""
    return {
        "language": locale.language,
        "region": locale.territory,
        "paper": "us-letter" if customer.country in LETTER_COUNTRIES else "a4",
        "issued_on": [issued_on.year, issued_on.month, issued_on.day],
        "number": number,
        "product": printable(product_name),
        "logo": read_logo(logo),
        "issuer": _party(issuer, locale, labels),
        "customer": _party(customer, locale, labels),
        "currency": printable(currency),
        "labels": dict(labels),
    }


def banner_of(status: str, labels: Mapping[str, str]) -> dict[str, str] | None:
    """The banner of a status that has one."""
    word = labels.get(f"banner_{status}")
    if word is None:
        return None
    return {"status": str(status), "word": word, "sentence": labels[f"banner_{status}_sentence"]}


def total_rows(
    rows: Sequence[tuple[str, int, bool]], currency: str, locale: Locale
) -> list[dict[str, object]]:
    """Label, minor units and whether it is set strong, as the totals of a paper."""
    return [
        {"label": label, "figure": figure(minor, currency, locale), "is_strong": is_strong}
        for label, minor, is_strong in rows
    ]


def _party(party: Party, locale: Locale, labels: Mapping[str, str]) -> dict[str, object]:
    country = locale.territories.get(party.country, party.country)
    tax_id = f"{labels['tax_id']} {party.tax_id}" if party.tax_id else ""
    lines = (*party.address_lines, country, tax_id)
    return {"name": printable(party.name), "lines": [printable(line) for line in lines if line]}


def figure(minor: int, currency: str, locale: Locale) -> str:
    """An amount as the reader writes it, without its currency."""
    return format_minor(minor, currency, str(locale))


def day(date_: date, locale: Locale) -> str:
    """A date in full."""
    return format_date(date_, "long", locale)


def short_day(date_: date, locale: Locale) -> str:
    """A date for a table."""
    return format_date(date_, "medium", locale)


def period_text(period: DocumentPeriod, locale: Locale) -> str:
    """A period as people read it: both ends included."""
    return format_interval(period.start_on, period.until_on - timedelta(days=1), "yMMMd", locale=locale)


def printable(text: str) -> str:
    """Drop what cannot be printed, and give words no column can hold places to break."""
    tidy = UNPRINTABLE.sub("", LINE_END.sub("\n", text.replace("\t", " ")))
    return LONG_WORD.sub(lambda word: _with_breaks(word.group()), tidy)


def _with_breaks(word: str) -> str:
    return ZERO_WIDTH_SPACE.join(
        word[start : start + BREAK_EVERY] for start in range(0, len(word), BREAK_EVERY)
    )
