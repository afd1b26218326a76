"""Whether a tax id has the form of its country, and which countries are in the EU."""

import re
from dataclasses import dataclass
from functools import lru_cache

from stdnum.au import abn
from stdnum.ch import uid
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.gb import vat as gb_vat

# The 27 member states as ISO 3166-1 alpha-2 codes. Source: Article 52 of the Treaty on European Union, without the
# United Kingdom since 1 February 2020 (OJ L 29, 31.1.2020, p. 189).
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 -- a list of 27 quoted codes is 27 lines
)
# VAT ids begin with the ISO code but for Greece: Article 215 of Directive 2006/112/EC. `XI` is Northern Ireland: Directive
# (EU) 2020/1756. It counts as a member state for goods only, so a customer there stays one in GB for what we sell.
_PREFIXES = {"GR": "EL"}
_SEPARATORS = re.compile(r"[\s.,:/'\-\u2010-\u2015]+")
_MOST_TYPED = 60
_PLAIN = re.compile(r"[0-9A-Z+*]{2,20}")
_SWISS_SUFFIX = re.compile(r"(MWST|TVA|IVA|TPV)$")


@dataclass(frozen=True, slots=True)
class TaxIdCheck:
    """What the form of a tax id says; whether it is registered is never asked.

    `kind` is eu_vat, gb_vat, ch_uid, au_abn or other; `normalised` has no separators and, where the kind has one, its
    prefix; it is what was typed, without separators, where the form is wrong.
    """

    is_valid: bool
    kind: str
    normalised: str
    sentence: str


@lru_cache(maxsize=50_000)
def check_tax_id(country: str, text: str) -> TaxIdCheck:
    """Look at the form of a tax id of a customer in a country (ISO 3166-1 alpha-2): length, characters, check digits.

    Raises nothing. Ids of countries whose form we do not know are taken as they are, as kind `other`.

    >>> check_tax_id("GR", "094259216").normalised, check_tax_id("GB", "XI 980 7806 84").kind
    ('EL094259216', 'eu_vat')
    """
    plain = _SEPARATORS.sub("", text[:_MOST_TYPED]).upper()
    kind = _kind_of(country, plain)
    if not plain:
        return TaxIdCheck(is_valid=False, kind=kind, normalised="", sentence="No tax id is given. Enter one.")
    if len(text) > _MOST_TYPED or not _PLAIN.fullmatch(plain):
        return _wrong(kind, plain, "it has characters or a length that no tax id has", country)
    if kind == "other":
        sentence = (
            f"The form of tax ids of {country} is not checked here. Compare it with the customer's papers."
        )
        return TaxIdCheck(is_valid=True, kind=kind, normalised=plain, sentence=sentence)
    try:
        normalised = _validate(kind, country, plain)
    except ValidationError as fault:
        return _wrong(kind, plain, _reason(fault, kind, country, plain), country)
    sentence = (
        f"{normalised} has the form of {_names(kind, country)}. Whether it is registered was not asked."
    )
    return TaxIdCheck(is_valid=True, kind=kind, normalised=normalised, sentence=sentence)


def _kind_of(country: str, plain: str) -> str:
    if country in EU:
        return "eu_vat"
    if country == "GB":
        return "eu_vat" if plain.startswith("XI") else "gb_vat"
    return {"CH": "ch_uid", "AU": "au_abn"}.get(country, "other")


def _validate(kind: str, country: str, plain: str) -> str:
    match kind:
        case "eu_vat":
            prefix = _prefix(country)
            bare = plain.removeprefix("GR") if country == "GR" else plain
            return eu_vat.validate(bare if bare.startswith(prefix) else prefix + bare)
        case "gb_vat":
            return f"GB{gb_vat.validate(plain)}"
        case "ch_uid":
            return uid.validate(_SWISS_SUFFIX.sub("", plain))
        case _:
            return abn.validate(plain)


def _prefix(country: str) -> str:
    return "XI" if country == "GB" else _PREFIXES.get(country, country)


def _reason(fault: ValidationError, kind: str, country: str, plain: str) -> str:
    begins = plain[:2]
    is_foreign = begins in {_PREFIXES.get(each, each) for each in EU} and begins != _prefix(country)
    if kind == "eu_vat" and is_foreign:
        return f"it begins with {begins}, and the customer is in {country}"
    if isinstance(fault, InvalidLength):
        return "it is too short or too long"
    if isinstance(fault, InvalidChecksum):
        return "its check digits do not fit, so a character is wrong"
    return "its characters are not in that form"


def _names(kind: str, country: str) -> str:
    return {
        "eu_vat": f"a VAT id beginning with {_prefix(country)}",
        "gb_vat": "a VAT id beginning with GB",
        "ch_uid": "a Swiss UID beginning with CHE",
        "au_abn": "an ABN of 11 digits",
    }.get(kind, "a tax id")


def _wrong(kind: str, plain: str, reason: str, country: str) -> TaxIdCheck:
    return TaxIdCheck(
        is_valid=False,
        kind=kind,
        normalised=plain,
        sentence=f"“{plain[:20]}” is not {_names(kind, country)}: {reason}. Copy it from the customer's papers.",
    )
