"""Reads what people type into forms of billing; what breaks a rule is refused with an example."""

import re
from decimal import Decimal

import pycountry

from models.kernel.columns import can_store_text
from models.kernel.errors import Invalid
from models.kernel.money import read_decimal

MAX_NAME = 200
MAX_LONG_TEXT = 2_000
MAX_KEY = 60
MAX_COUNT = 1_000_000
COUNTRY_LETTERS = 2  # ISO 3166-1 alpha-2
PERCENT_PLACES = 4  # One part per million is 0.0001 %.
PPM = 1_000_000
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


def read_name(text: str, *, field: str = "name") -> str:
    """A name of 1 to 200 characters on one line."""
    plain = " ".join(text.split())
    if not plain or len(plain) > MAX_NAME or not can_store_text(plain):
        label = field.replace("_", " ").capitalize()
        raise Invalid("text.length", f"{label} has 1 to {MAX_NAME} characters.", field=field)
    return plain


def read_text(text: str, *, field: str, longest: int = MAX_LONG_TEXT) -> str:
    """Text that may be empty."""
    plain = text.strip()
    if len(plain) > longest or not can_store_text(plain):
        label = field.replace("_", " ").capitalize()
        raise Invalid("text.too_long", f"{label} has at most {longest:,} characters.", field=field)
    return plain


def read_key(text: str, *, name: str) -> str:
    """A key like `growth-plus`; where none is given, it is made from the name."""
    plain = text.strip().lower() or "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:MAX_KEY].strip("-")
    if len(plain) > MAX_KEY or not _KEY.fullmatch(plain):
        raise Invalid(
            "key.form",
            f"A key has small letters, figures and single hyphens, at most {MAX_KEY}. Write it like growth-plus.",
            field="key",
        )
    return plain


def read_currency(text: str) -> str:
    """An ISO 4217 code in capitals."""
    code = text.strip().upper()
    if pycountry.currencies.get(alpha_3=code) is None:
        raise Invalid(
            "currency.not_iso",
            f"“{text[:20]}” is not a currency. Use three letters like EUR.",
            field="currency",
        )
    return code


def read_tax_country(text: str) -> str:
    """An ISO 3166 code in capitals: GR for Greece, not the EL of its VAT ids."""
    code = text.strip().upper()
    if len(code) != COUNTRY_LETTERS or pycountry.countries.get(alpha_2=code) is None:
        raise Invalid(
            "tax_country.unknown",
            f"“{text[:20]}” is not a country. Use two letters like DE; Greece is GR.",
            field="country",
        )
    return code


def read_tax_code(text: str) -> str:
    """A kind of product as tax rules tell them apart; `*` is every kind."""
    return "*" if text.strip() in {"", "*"} else read_key(text, name="")


def read_whole(text: str, *, field: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = read_decimal(text)
    if value is None or not text.strip() or value != value.to_integral_value() or not least <= value <= most:
        label = field.replace("_", " ").capitalize()
        raise Invalid(
            "number.out_of_range",
            f"{label} is a whole number from {least:,} to {most:,}. “{text[:20]}” is not.",
            field=field,
        )
    return int(value)


def read_percent(text: str, *, field: str, least_ppm: int = 0) -> int:
    """A percentage up to 100 as parts per million: `12.5` is 125000."""
    value = read_decimal(text.strip().removesuffix("%"))
    ppm = value.scaleb(PERCENT_PLACES) if value is not None and text.strip() else None
    if ppm is None or ppm != ppm.to_integral_value() or not least_ppm <= ppm <= PPM:
        raise Invalid(
            "percent.unreadable",
            f"“{text[:20]}” is not a percentage up to 100 with at most four decimals. Write it like 12.5.",
            field=field,
        )
    return int(ppm)


def percent_words(ppm: int) -> str:
    """Parts per million as people write them: 88750 is `8.875 %`."""
    return f"{_plain(Decimal(ppm).scaleb(-PERCENT_PLACES))} %"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
