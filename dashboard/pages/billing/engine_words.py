"""The engine's records in the reader's words: lines and why, prices, changes, periods."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from dashboard.components.preview import LineView
from dashboard.shell.formats import period_text
from models.billing import LineDraft, LinePlan, Offer, PlannedChange, Snapshot, explain_line
from models.kernel.actor import Actor
from models.kernel.listing import show_date
from models.kernel.money import Money, exponent, format_minor

UNREADABLE = "A change whose record cannot be read: cancel it and plan it anew"


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
    return _line(line.draft, line, line.derivation, currency, reader)


def waiting_view(line: LineDraft, currency: str, reader: Actor) -> LineView:
    """A line that waits for the next invoice, where its tax is added."""
    return _line(line, line, line.derivation, currency, reader)


def _line(
    draft: LineDraft,
    line: LinePlan | LineDraft,
    derivation: Mapping[str, Any],
    currency: str,
    reader: Actor,
) -> LineView:
    unit = format_minor(draft.unit_amount_minor, currency, reader.locale)
    return LineView(
        draft.description,
        period_text(draft.period_start_on, draft.period_until_on, reader.locale),
        f"{draft.quantity} × {unit}",
        money(line.amount_minor, currency, reader),
        list(explain_line(derivation, line, currency, reader.locale, is_internal=True)),
    )


def change_words(
    change: Any, names: Mapping[UUID, str], offers: Mapping[tuple[UUID, int | None], Offer], reader: Actor
) -> str:
    """A change as a person would say it; `names` are the components of the subscription."""
    match change.kind if change is not None else "":
        case "change_plan":
            plan = offer_name(offers[change.offer_key]) if change.offer_key in offers else "another plan"
            more = f", quantity {change.quantity}" if change.quantity else ""
            return f"Change the plan to {plan}{more}"
        case "change_quantity":
            return (
                f"Change the quantity of {names.get(change.component_id, 'an add-on')} to {change.quantity}"
            )
        case "add_add_on":
            name = offers[change.offer_key].plan_name if change.offer_key in offers else "an add-on"
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


def planned_notes(
    before: Snapshot, dropped: Sequence[UUID], moved: Sequence[PlannedChange], reader: Actor
) -> list[str]:
    """What becomes of the changes that were planned before this one."""
    were = {each.id: show_date(each.due_on, reader.locale) for each in before.planned}
    found = [
        f"What is planned for {were[each.id]} ({each.change.kind.replace('_', ' ')}) "
        f"moves with the trial to {show_date(each.due_on, reader.locale)}."
        for each in moved
    ]
    if dropped:
        changes = "change loses its" if len(dropped) == 1 else "changes lose their"
        found.append(f"{len(dropped)} planned {changes} meaning and will not happen.")
    return found
