"""Facts in the customer's language: amounts, days, months, links, and why a payment was declined."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from models.channels.errors import PlaceholderMismatch
from models.channels.rules.catalogue import COMMON, FactKind, Placeholder, TemplateKind, Value
from models.kernel.money import Money

MAX_LINK = 2_000
MAX_WORDS = 200


class Decline(StrEnum):
    """Why a payment did not go through, as far as a customer is told.

    A card that was reported stolen is only `declined`: the bank tells its owner, not we.
    """

    account_closed = "account_closed"
    authentication_failed = "authentication_failed"
    declined = "declined"
    expired_card = "expired_card"
    incorrect_details = "incorrect_details"
    insufficient_funds = "insufficient_funds"
    limit_exceeded = "limit_exceeded"
    mandate_cancelled = "mandate_cancelled"
    technical = "technical"


# Each completes a sentence of its own: “Reason: …”.
DECLINES: Mapping[str, Mapping[Decline, str]] = {
    "en": {
        Decline.account_closed: "the account is closed",
        Decline.authentication_failed: "the payment was not confirmed with the bank",
        Decline.declined: "the bank declined without giving a reason",
        Decline.expired_card: "the card has expired",
        Decline.incorrect_details: "the card or account details are not correct",
        Decline.insufficient_funds: "the account did not have enough money",
        Decline.limit_exceeded: "the limit of the card or account was reached",
        Decline.mandate_cancelled: "the direct debit mandate was cancelled",
        Decline.technical: "a technical fault at the bank",
    },
    "de": {
        Decline.account_closed: "das Konto ist geschlossen",
        Decline.authentication_failed: "die Zahlung wurde bei der Bank nicht bestätigt",
        Decline.declined: "die Bank hat ohne Angabe eines Grundes abgelehnt",
        Decline.expired_card: "die Karte ist abgelaufen",
        Decline.incorrect_details: "die Karten- oder Kontodaten stimmen nicht",
        Decline.insufficient_funds: "das Konto war nicht ausreichend gedeckt",
        Decline.limit_exceeded: "das Limit der Karte oder des Kontos war erreicht",
        Decline.mandate_cancelled: "das Lastschriftmandat wurde widerrufen",
        Decline.technical: "eine technische Störung bei der Bank",
    },
    "fr": {
        Decline.account_closed: "le compte est clôturé",
        Decline.authentication_failed: "le paiement n’a pas été confirmé auprès de la banque",
        Decline.declined: "la banque a refusé sans indiquer de motif",
        Decline.expired_card: "la carte a expiré",
        Decline.incorrect_details: "les coordonnées de la carte ou du compte sont inexactes",
        Decline.insufficient_funds: "la provision du compte était insuffisante",
        Decline.limit_exceeded: "le plafond de la carte ou du compte était atteint",
        Decline.mandate_cancelled: "le mandat de prélèvement a été révoqué",
        Decline.technical: "un incident technique à la banque",
    },
    "es": {
        Decline.account_closed: "la cuenta está cerrada",
        Decline.authentication_failed: "el pago no se confirmó con el banco",
        Decline.declined: "el banco lo rechazó sin indicar el motivo",
        Decline.expired_card: "la tarjeta ha caducado",
        Decline.incorrect_details: "los datos de la tarjeta o de la cuenta no son correctos",
        Decline.insufficient_funds: "la cuenta no tenía saldo suficiente",
        Decline.limit_exceeded: "se alcanzó el límite de la tarjeta o de la cuenta",
        Decline.mandate_cancelled: "se revocó el mandato de domiciliación",
        Decline.technical: "una incidencia técnica en el banco",
    },
    "ja": {
        Decline.account_closed: "口座が解約されています",
        Decline.authentication_failed: "金融機関での本人確認が完了していません",
        Decline.declined: "金融機関により承認されませんでした（理由は開示されていません）",
        Decline.expired_card: "カードの有効期限が切れています",
        Decline.incorrect_details: "カードまたは口座の情報に誤りがあります",
        Decline.insufficient_funds: "口座の残高が不足していました",
        Decline.limit_exceeded: "カードまたは口座のご利用限度額に達していました",
        Decline.mandate_cancelled: "口座振替のご契約が取り消されています",
        Decline.technical: "金融機関側の技術的な問題",
    },
}


def write_facts(
    kind: TemplateKind,
    facts: Mapping[str, Value | None],
    common: Mapping[str, str],
    *,
    locale: Locale,
    time_zone: str,
) -> dict[str, str]:
    """Every placeholder of the mail as one line of text; an optional one without a fact is empty.

    Raises PlaceholderMismatch for a missing, unknown or wrongly typed fact: that is a mistake of the caller's.
    """
    unknown = set(facts) - (set(kind.placeholders) - set(COMMON))
    if unknown:
        raise PlaceholderMismatch(kind.key, f"it has no place for {', '.join(sorted(unknown))}.")
    written = {}
    for name, placeholder in kind.placeholders.items():
        value = common.get(name) if name in COMMON else facts.get(name)
        if value is None or value == "":
            if not placeholder.is_optional:
                raise PlaceholderMismatch(kind.key, f"{name} is missing ({placeholder.meaning.lower()}).")
            written[name] = ""
        else:
            written[name] = _one_line(_write(kind, placeholder, value, locale, time_zone))
    return written


def _write(kind: TemplateKind, placeholder: Placeholder, value: Value, locale: Locale, time_zone: str) -> str:
    # A datetime is a date too, so it is turned into the customer's day first.
    plain = value.astimezone(ZoneInfo(time_zone)).date() if isinstance(value, datetime) else value
    match placeholder.kind, plain:
        case FactKind.money, Money():
            return plain.format(str(locale))
        case FactKind.date, date():
            return _day(plain, locale)
        case FactKind.month, date():
            return format_skeleton("yMMMM", plain, locale=locale)
        case FactKind.number, int():
            return format_decimal(plain, locale=locale)
        case FactKind.decline, str():
            words = DECLINES[locale.language]
            return words[Decline(plain) if plain in set(Decline) else Decline.declined]
        case FactKind.link, str() if _is_link(plain):
            return plain
        case FactKind.text, str():
            return plain[:MAX_WORDS]
    raise PlaceholderMismatch(kind.key, f"{placeholder.name} is no {placeholder.kind.value}.")


def _day(day: date, locale: Locale) -> str:
    text = format_date(day, "long", locale)
    # CLDR writes “1 janvier”; French writes the first of a month as an ordinal.
    return text.replace("1 ", "1er ", 1) if locale.language == "fr" and day.day == 1 else text


def _is_link(text: str) -> bool:
    """An address of the web that a customer may be sent to: without spaces, and encrypted but on this machine."""
    if len(text) > MAX_LINK or not text.isprintable() or any(letter in text for letter in " \"'<>\\"):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_here = parts.hostname in {"localhost", "127.0.0.1"}
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))


def _one_line(text: str) -> str:
    """Without line ends and control characters, by which a name could write a header or a paragraph of its own."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
