"""Made-up companies and the person to talk to there: the same for every load of the same file."""

import re
import unicodedata
from dataclasses import dataclass
from random import Random

from faker import Faker

SEED = 20_261_101
ROLES = ("Finance", "Operations", "Owner", "Purchasing", "Office management")


@dataclass(frozen=True, slots=True)
class Region:
    """A Faker locale, how many in a hundred customers live there, and what goes with it."""

    faker_locale: str
    percent: int
    country: str
    locale: str
    time_zones: tuple[str, ...]
    mailbox: str


REGIONS = (
    Region(
        "en_US",
        40,
        "US",
        "en",
        ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
        "billing",
    ),
    Region("en_GB", 15, "GB", "en", ("Europe/London",), "accounts"),
    Region("de_DE", 15, "DE", "de", ("Europe/Berlin",), "buchhaltung"),
    Region("fr_FR", 10, "FR", "fr", ("Europe/Paris",), "comptabilite"),
    Region("es_ES", 10, "ES", "es", ("Europe/Madrid",), "facturacion"),
    Region("ja_JP", 10, "JP", "ja", ("Asia/Tokyo",), "keiri"),
)
# Faker writes Japanese companies as form + family name + trade; a mail domain needs them in Latin letters.
_TRADES = {
    "水産": "suisan",
    "農林": "norin",
    "鉱業": "kogyo",
    "建設": "kensetsu",
    "食品": "shokuhin",
    "印刷": "insatsu",
    "電気": "denki",
    "ガス": "gas",
    "情報": "joho",
    "通信": "tsushin",
    "運輸": "unyu",
    "銀行": "ginko",
    "保険": "hoken",
}
_LETTERS = str.maketrans(
    {"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"}
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A made-up company with its primary contact."""

    region: Region
    time_zone: str
    company: str
    email: str
    contact_name: str
    contact_email: str
    contact_role: str


def build_identities(count: int) -> list[Identity]:
    """`count` identities, no company name twice; addresses end in `.example`, which RFC 2606 reserves."""
    chance = Random(SEED)  # noqa: S311 -- made-up names, not secrets
    fakers = {region.faker_locale: _seeded(region, index) for index, region in enumerate(REGIONS)}
    regions = chance.choices(REGIONS, [region.percent for region in REGIONS], k=count)
    taken: set[str] = set()
    return [_identity(region, fakers[region.faker_locale], chance, taken) for region in regions]


def _seeded(region: Region, index: int) -> Faker:
    faker = Faker(region.faker_locale)
    faker.seed_instance(SEED + index)
    return faker


def _identity(region: Region, faker: Faker, chance: Random, taken: set[str]) -> Identity:
    while True:
        company, domain = _japanese(faker, chance) if region.country == "JP" else _western(faker)
        if domain and company.casefold() not in taken:
            break
    taken.add(company.casefold())
    name, local_part = _japanese_person(faker) if region.country == "JP" else _western_person(faker)
    return Identity(
        region=region,
        time_zone=chance.choice(region.time_zones),
        company=company,
        email=f"{region.mailbox}@{domain}.example",
        contact_name=name,
        contact_email=f"{local_part}@{domain}.example",
        contact_role=chance.choice(ROLES),
    )


def _western(faker: Faker) -> tuple[str, str]:
    company = faker.company()
    return company, slug(company)


def _western_person(faker: Faker) -> tuple[str, str]:
    first, last = faker.first_name(), faker.last_name()
    return f"{first} {last}", f"{slug(first)}.{slug(last)}"


def _japanese(faker: Faker, chance: Random) -> tuple[str, str]:
    kanji, _, latin = faker.last_name_pair()
    form, trade = faker.company_prefix(), chance.choice(list(_TRADES))
    name = f"{form}{kanji}{trade}" if chance.randrange(2) else f"{kanji}{trade}{form}"
    return name, slug(f"{latin} {_TRADES[trade]}")


def _japanese_person(faker: Faker) -> tuple[str, str]:
    last, _, last_latin = faker.last_name_pair()
    first, _, first_latin = faker.first_name_pair()
    return f"{last} {first}", f"{slug(first_latin)}.{slug(last_latin)}"


def slug(text: str) -> str:
    """The text in lower-case ASCII with hyphens, for addresses and keys.

    >>> slug("Müller & Söhne GmbH")
    'mueller-soehne-gmbh'
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    letters = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:48].strip("-")
