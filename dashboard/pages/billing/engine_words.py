"""The engine's records in the reader's words: lines and why, prices, changes, periods."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from dashboard.components.preview import LineView
from dashboard.components.views import Fact
from dashboard.shell.formats import period_text
from models.billing import LineDraft, LinePlan, Offer
from models.kernel.actor import Actor
from models.kernel.listing import show_date, show_instant
from models.kernel.money import Money, exponent, format_minor

ROUNDINGS = {
    "half_up": "to the nearest minor unit, halves away from zero",
    "half_down_to_minus_infinity": "to the nearest minor unit, ties toward minus infinity",
}
UNREADABLE = "A change whose record cannot be read: cancel it and plan it anew"
DAY, HOUR, MINUTE = 86_400, 3_600, 60


def money(minor: int, currency: str, reader: Actor) -> str:
    """The amount with its code."""
    return Money(minor, currency).format(reader.locale)


def exact_money(text: str, currency: str) -> str:
    """An amount in minor units that may have decimals of its own, e.g. `0.305 USD`."""
    value = Fraction(text) / 10 ** exponent(currency)
    shown = (Decimal(value.numerator) / Decimal(value.denominator)).normalize()
    least = Decimal(1).scaleb(-exponent(currency))
    return f"{shown.quantize(least) if shown == shown.quantize(least) else shown:f} {currency}"


def interval_words(interval: str, count: int) -> str:
    """`every month`, `every 2 weeks`."""
    if count == 1:
        return f"every {interval}"
    return f"every {count} {interval}s"


def price_words(offer: Offer, reader: Actor, *, is_agreed: bool = False) -> str:
    """`29.00 EUR per unit a month`; a price with tiers by its first."""
    terms, every = offer.terms, interval_words(offer.interval, offer.interval_count)
    if is_agreed:
        return f"agreed amount in {offer.currency} {every}"
    if terms.tiers:
        first = exact_money(str(terms.tiers[0].unit_amount), offer.currency)
        return f"{terms.model} tiers from {first} {every}"
    amount = money(terms.unit_amount_minor, offer.currency, reader)
    unit = {"per_unit": " per unit", "package": f" per {terms.package_size}"}.get(terms.model, "")
    return f"{amount}{unit} {every}"


def model_words(offer: Offer) -> str:
    """How a quantity becomes an amount."""
    return offer.terms.model.replace("_", " ").capitalize()


def offer_name(offer: Offer) -> str:
    """`Growth, version 2`."""
    return f"{offer.plan_name}, version {offer.plan_version}"


def line_view(line: LinePlan, currency: str, reader: Actor) -> LineView:
    """A line of a planned invoice; the amount is without tax."""
    return _line(line.draft, line.amount_minor, line.derivation, currency, reader)


def waiting_view(line: LineDraft, currency: str, reader: Actor) -> LineView:
    """A line that waits for the next invoice, where its tax is added."""
    return _line(line, line.amount_minor, line.derivation, currency, reader)


def _line(
    draft: LineDraft, amount: int, derivation: Mapping[str, Any], currency: str, reader: Actor
) -> LineView:
    unit = format_minor(draft.unit_amount_minor, currency, reader.locale)
    return LineView(
        draft.description,
        period_text(draft.period_start_on, draft.period_until_on, reader.locale),
        f"{draft.quantity} × {unit}",
        money(amount, currency, reader),
        list(why(derivation, currency, reader)),
    )


def why(record: Mapping[str, Any], currency: str, reader: Actor) -> Iterable[Fact]:
    """How an amount came about, from the record that was made with it."""
    if "terms" not in record:
        yield from (Fact(key.replace("_", " ").capitalize(), str(value)) for key, value in record.items())
        return
    yield Fact("Price", f"{record['plan']}, version {record['plan_version']}")
    yield from step_facts(record["steps"], currency)
    is_unused = record["kind"] == "unused"
    if not record["steps"]:
        yield Fact("Quantity", str(record["quantity"]))
    full = "Billed for the full period" if is_unused else "Full period"
    yield Fact(full, money(record["gross_full_minor"], currency, reader))
    for part in record["discounts"]:
        percent = f", {_percent(part['percent_ppm'])}" if part.get("percent_ppm") else ""
        yield Fact(f"Discount {part['name']}{percent}", money(-part["discount_minor"], currency, reader))
    if record["discounts"]:
        yield Fact("After discount", money(record["net_full_minor"], currency, reader))
    if record["part"] != record["whole"]:
        yield from _part_facts(record, currency, reader)
    yield from _tax_facts(record, currency, reader)


def step_facts(steps: Iterable[Mapping[str, Any]], currency: str) -> Iterable[Fact]:
    """Tier by tier: `1 to 10` is `10 × 5.00 EUR = 50.00 EUR`."""
    for step in steps:
        flat = int(step.get("flat_minor", 0))
        unit, amount = exact_money(step["unit_amount"], currency), exact_money(step["amount"], currency)
        size = step.get("package_size")
        label = f"Units {step['from']} to {step['to']}" + (f", packages of {size}" if size else "")
        text = f"{step['quantity']} × {unit}"
        if flat:
            once = exact_money(str(flat), currency)
            text = f"{text} + {once}" if Fraction(step["unit_amount"]) else f"{once} flat"
        yield Fact(label, f"{text} = {amount}")


def _part_facts(record: Mapping[str, Any], currency: str, reader: Actor) -> Iterable[Fact]:
    part, whole, unit = record["part"], record["whole"], record["unit"]
    share = Decimal(part * 10_000 // whole).scaleb(-2)
    yield Fact("Part of the period", f"{part:,} of {whole:,} {unit}s ({share} %)")
    if unit == "second":
        yield Fact("In days", f"{duration(part)} of {duration(whole)}")
    start, end = (datetime.fromisoformat(each) for each in record["segment"])
    shown = [show_instant(each, reader.locale, reader.time_zone) for each in (start, end)]
    yield Fact("From, to", " \u2013 ".join(shown))
    amount = money(record["net_full_minor"], currency, reader)
    sign = "\u2212" if record["sign"] < 0 else ""
    result = money(record["amount_minor"], currency, reader)
    yield Fact("Computed", f"{sign}{amount} × {part:,} ÷ {whole:,} = {result}")
    yield Fact("Rounded", ROUNDINGS.get(record["rounding"], record["rounding"]))


def _tax_facts(record: Mapping[str, Any], currency: str, reader: Actor) -> Iterable[Fact]:
    if record.get("tax_behavior") == "inclusive" and "line_minor" in record:
        yield Fact("Without the tax contained", money(record["line_minor"], currency, reader))
    for share in record.get("taxes", ()):
        base = money(share["base_minor"], currency, reader)
        yield Fact(
            f"{share['name']} {_percent(share['rate_ppm'])}",
            f"on {base} = {money(share['tax_minor'], currency, reader)}",
        )
    if "tax_treatment" in record and not record.get("taxes"):
        yield Fact("Tax", record.get("tax_note") or TREATMENTS.get(record["tax_treatment"], "None"))


TREATMENTS = {
    "outside": "None: no tax rule is to be applied",
    "missing": "A tax rule is missing: the invoice would wait for it",
    "exempt": "None: the customer is exempt",
    "reverse_charge": "None: reverse charge",
}


def duration(seconds: int) -> str:
    """`15 d 6 h 02 min 05 s`, without the parts that are zero."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{figure} {unit}" for figure, unit in parts if figure) or "0 s"


def _percent(ppm: int) -> str:
    shown = Decimal(ppm).scaleb(-4).normalize()
    return f"{shown:f} %"


def change_words(change: Any, names: Mapping[UUID, str], offers: Mapping[UUID, Offer], reader: Actor) -> str:
    """A change as a person would say it; `names` are the components of the subscription."""
    match change.kind if change is not None else "":
        case "change_plan":
            plan = offer_name(offers[change.price_id]) if change.price_id in offers else "another plan"
            more = f", quantity {change.quantity}" if change.quantity else ""
            return f"Change the plan to {plan}{more}"
        case "change_quantity":
            return (
                f"Change the quantity of {names.get(change.component_id, 'an add-on')} to {change.quantity}"
            )
        case "add_add_on":
            name = offers[change.price_id].plan_name if change.price_id in offers else "an add-on"
            return f"Add {name} × {change.quantity}"
        case "remove_add_on":
            return f"Remove {names.get(change.component_id, 'an add-on')}"
        case "cancel":
            return "Cancel the subscription" + (", crediting unused time" if change.gives_credit else "")
        case "pause":
            until = f" until {show_date(change.resumes_on, reader.locale)}" if change.resumes_on else ""
            return f"Pause the subscription{until}"
        case kind:
            return kind.replace("_", " ").capitalize() or UNREADABLE
