"""How a line's amount came about, as sentences from the derivation that was stored when it was computed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from models.billing.queries.explain_words import SENTENCES
from models.integrations.documents import find_locale, percent_text
from models.kernel.money import Money, exponent, round_half_up

PRORATED = ("unused", "remaining", "elapsed")
ENGINE = ("recurring", "one_off", "edited", *PRORATED)
EXACT_DECIMALS = 6
DAY, HOUR, MINUTE = 86_400, 3_600, 60


class Explained(Protocol):
    """What of a line its explanation needs: one that is stored, would be billed, or waits for the next invoice."""

    @property
    def quantity(self) -> int:
        """How many."""

    @property
    def unit_amount_minor(self) -> int:
        """What one costs."""

    @property
    def amount_minor(self) -> int:
        """Net of discount and tax."""

    @property
    def tax_minor(self) -> int:
        """Its tax; 0 before it is taxed."""


def explain_line(
    derivation: Mapping[str, Any],
    line: Explained,
    currency: str,
    locale: str,
    *,
    is_internal: bool = False,
) -> tuple[str, ...]:
    """How the line's amount came about, a sentence an entry; a kind without words shows its facts by name.

    `is_internal` adds what is not the customer's to read, who changed a line by hand and why, and what would be too much
    on paper: exact instants, and why there is no tax.
    """
    voice = _voice(currency, locale, is_internal=is_internal)
    kind = derivation.get("kind")
    if kind in ENGINE and "steps" in derivation:
        found = [*_engine(derivation, line, voice), *_taxes(derivation, line, voice)]
    elif kind == "flat" and {"total_minor", "months", "month"} <= derivation.keys():
        found = [*_times(line, voice), _spread(derivation, voice)]
    elif kind == "mirror":
        found = [voice.say("mirror", amount=voice.money(line.amount_minor))]
    elif kind == "dropped":
        found = []
    else:
        found = [*_times(line, voice), *_facts(derivation, voice)]
    return (*found, *_by_hand(derivation, voice)) if is_internal else tuple(found)


def explain_charge(
    steps: Iterable[Mapping[str, Any]], discounts: Iterable[Mapping[str, Any]], currency: str, locale: str
) -> tuple[str, ...]:
    """How a full period's worth comes about: step by step, then each discount."""
    voice = _voice(currency, locale, is_internal=True)
    return (*(_step(each, voice) for each in steps), *(_discount(each, voice) for each in discounts))


def title_line(derivation: Mapping[str, Any], description: str, locale: str) -> str:
    """What a line is called on paper: a correction in the customer's language, anything else as it was written."""
    kind = derivation.get("kind")
    if kind not in PRORATED or not derivation.get("plan"):
        return description
    return SENTENCES[find_locale(locale).language][f"title_{kind}"].format(plan=derivation["plan"])


@dataclass(frozen=True, slots=True)
class _Voice:
    """A language with its words, and how it writes figures."""

    words: Mapping[str, str]
    currency: str
    locale: Locale
    is_internal: bool = False

    def say(self, key: str, **facts: Any) -> str:
        """The sentence of this key."""
        return self.words[key].format(**facts)

    def money(self, minor: int) -> str:
        """An amount with its currency."""
        return Money(minor, self.currency).format(str(self.locale))

    def exact(self, text: str) -> str:
        """An exact amount of minor units, which may have decimals, with its currency."""
        digits = exponent(self.currency)
        scaled = round_half_up(Fraction(text) * 10**EXACT_DECIMALS)
        shown = Decimal(scaled).scaleb(-EXACT_DECIMALS - digits)
        figure = format_decimal(
            abs(shown), format="#,##0." + "0" * digits + "#" * EXACT_DECIMALS, locale=self.locale
        )
        minus = "\u2212" if shown < 0 else ""
        return f"{minus}{figure} {self.currency}"

    def number(self, value: int) -> str:
        """A count, grouped."""
        return format_decimal(value, locale=self.locale)

    def day(self, text: str) -> str:
        """The date of an instant as stored; to us with the customer's time of day."""
        instant = datetime.fromisoformat(text)
        day = format_date(instant.date(), "medium", locale=self.locale)
        return f"{day}, {instant:%H:%M:%S}" if self.is_internal else day


def _voice(currency: str, locale: str, *, is_internal: bool) -> _Voice:
    spoken = find_locale(locale)
    return _Voice(SENTENCES[spoken.language], currency, spoken, is_internal)


def _engine(derivation: Mapping[str, Any], line: Explained, voice: _Voice) -> Iterator[str]:
    if derivation.get("plan"):
        yield voice.say("plan", plan=derivation["plan"], version=derivation.get("plan_version", 1))
    steps = derivation["steps"]
    for step in steps:
        yield _step(step, voice)
    if len(steps) > 1:
        yield voice.say("sum", amount=voice.money(int(derivation["gross_full_minor"])))
    yield from (_discount(each, voice) for each in derivation.get("discounts", ()))
    if derivation.get("part") != derivation.get("whole"):
        yield from _part(derivation, line, voice)


def _discount(part: Mapping[str, Any], voice: _Voice) -> str:
    amount, percent = voice.money(int(part["discount_minor"])), part.get("percent_ppm")
    if percent is None:
        return voice.say("discount", name=part.get("name", ""), amount=amount)
    share = percent_text(int(percent), voice.locale)
    return voice.say("discount_percent", name=part.get("name", ""), percent=share, amount=amount)


def _step(step: Mapping[str, Any], voice: _Voice) -> str:
    amount, unit = voice.exact(str(step["amount"])), voice.exact(str(step["unit_amount"]))
    quantity = voice.number(int(step["quantity"]))
    if "package_size" in step:
        return voice.say(
            "packages",
            quantity=quantity,
            size=voice.number(int(step["package_size"])),
            unit=unit,
            amount=amount,
        )
    flat = int(step.get("flat_minor", 0))
    if flat and Fraction(str(step["unit_amount"])) == 0:
        return voice.say("flat", amount=amount)
    first, last = voice.number(int(step["from"])), voice.number(int(step["to"]))
    facts = {"first": first, "last": last, "quantity": quantity, "unit": unit, "amount": amount}
    return voice.say("units_flat", flat=voice.money(flat), **facts) if flat else voice.say("units", **facts)


def _part(derivation: Mapping[str, Any], line: Explained, voice: _Voice) -> Iterator[str]:
    """The share of the period, and the rounding."""
    start, end = derivation["segment"]
    seconds = voice.number(int(derivation["part"]))
    of_seconds = voice.number(int(derivation["whole"]))
    worth = voice.money(int(derivation["net_full_minor"]))
    yield voice.say("worth", amount=worth)
    # A period billed in arrears after a change in it is a rest of the period too.
    kind = derivation["kind"] if derivation["kind"] in PRORATED else "remaining"
    yield voice.say(
        kind,
        seconds=seconds,
        of_seconds=of_seconds,
        unit=voice.words.get(str(derivation.get("unit", "second")), voice.words["second"]),
        start=voice.day(start),
        end=voice.day(end),
    )
    if voice.is_internal and derivation.get("unit") == "second":
        lasts = (duration(int(derivation[key])) for key in ("part", "whole"))
        yield voice.say("duration", part=next(lasts), whole=next(lasts))
    policy = str(derivation.get("rounding", "half_up"))
    sign = "\u2212" if int(derivation.get("sign", 1)) < 0 else ""
    yield voice.say(
        "share",
        worth=f"{sign}{worth}",
        seconds=seconds,
        of_seconds=of_seconds,
        amount=voice.money(int(derivation.get("amount_minor", line.amount_minor))),
        rounding=voice.words.get(policy, policy),
    )


def _taxes(derivation: Mapping[str, Any], line: Explained, voice: _Voice) -> Iterator[str]:
    if derivation.get("tax_behavior") == "inclusive" and line.tax_minor:
        yield voice.say("inclusive", amount=voice.money(line.amount_minor))
    for share in derivation.get("taxes", ()):
        yield voice.say(
            "tax",
            name=share["name"],
            rate=percent_text(int(share["rate_ppm"]), voice.locale),
            base=voice.money(int(share["base_minor"])),
            tax=voice.money(int(share["tax_minor"])),
        )
    key = f"untaxed_{derivation.get('tax_treatment', '')}"
    if derivation.get("tax_note"):
        yield str(derivation["tax_note"])
    elif voice.is_internal and not derivation.get("taxes") and key in voice.words:
        yield voice.say(key)


def duration(seconds: int) -> str:
    """`15 d 6 h 2 min 5 s`, without the parts that are zero."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{figure} {unit}" for figure, unit in parts if figure) or "0 s"


def _by_hand(derivation: Mapping[str, Any], voice: _Voice) -> Iterator[str]:
    kind, by, reason = derivation.get("kind"), derivation.get("by"), derivation.get("reason", "")
    if not by:
        return
    key = "added" if kind == "one_off" else str(kind)
    yield voice.say(key, by=by, reason=reason)
    if "original" in derivation:
        yield voice.say("was", amount=voice.money(int(derivation["original"]["amount_minor"])))


def _times(line: Explained, voice: _Voice) -> Iterator[str]:
    if line.quantity != 1 and line.quantity * line.unit_amount_minor == line.amount_minor:
        unit, amount = voice.money(line.unit_amount_minor), voice.money(line.amount_minor)
        yield voice.say("times", quantity=line.quantity, unit=unit, amount=amount)


def _spread(derivation: Mapping[str, Any], voice: _Voice) -> str:
    facts = {key: derivation[key] for key in ("months", "month")}
    return voice.say("spread", total=voice.money(int(derivation["total_minor"])), **facts)


def _facts(derivation: Mapping[str, Any], voice: _Voice) -> Iterator[str]:
    for key, value in derivation.items():
        name = key.removesuffix("_minor").replace("_", " ").capitalize()
        is_money = key.endswith("_minor") and isinstance(value, int)
        yield f"{name}: {voice.money(value) if is_money else value}"
