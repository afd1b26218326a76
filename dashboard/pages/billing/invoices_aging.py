"""The aging bar over the invoices: what is due, by currency and by how late it is; each part filters the list."""

import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

import reflex as rx

from dashboard.shell.guard import current, requires
from dashboard.shell.run import read
from dashboard.states import list_views as looks
from models.billing import INVOICES, Aging, AgingPart, list_aging
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import Listing, ListQuery
from models.kernel.permissions import Permission

HOLDS_SECONDS = 30.0
SHOWN_CURRENCIES = 4
WORDS = {
    choice.value: choice.label for each in INVOICES.filters if each.key == "aging" for choice in each.choices
}

_known: dict[tuple[Any, ...], tuple[float, list[Aging]]] = {}


@dataclass(frozen=True)
class PartView:
    """One part of the bar; `share` of all that is due in its currency, in percent."""

    age: str
    label: str
    count: str
    due: str
    share: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class AgingView:
    """The bar of one currency."""

    currency: str
    parts: list[PartView] = field(default_factory=list)


class AgingBar(rx.State, mixin=True):
    """What is due, read beside the list and good for half a minute."""

    listing: ClassVar[Listing[Any]]

    aging: list[AgingView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    aging_more: str = ""

    @rx.event
    @requires(Permission.invoices_read)
    async def load_aging(self) -> None:
        """Show what is due."""
        reader = current().actor
        found = await _read(reader)
        query = ListQuery.parse(self.router.url.query)
        self.aging = [_view(each, query, reader) for each in found[:SHOWN_CURRENCIES]]
        hidden = len(found) - SHOWN_CURRENCIES
        self.aging_more = f"and {hidden:,} more currencies" if hidden > 0 else ""


def forget_aging() -> None:
    """Read anew at the next look."""
    _known.clear()


async def _read(reader: Actor) -> list[Aging]:
    key = (reader.id, reader.scope(Permission.invoices_read), clock.today())
    held = _known.get(key)
    if held and held[0] > time.monotonic():
        return held[1]
    found = await read(list_aging)
    if len(_known) >= 1_000:  # noqa: PLR2004 -- as many readers as there may be
        _known.clear()
    _known[key] = (time.monotonic() + HOLDS_SECONDS, found)
    return found


def _view(row: Aging, query: ListQuery, reader: Actor) -> AgingView:
    whole = sum(each.due.minor for each in row.parts) or 1
    return AgingView(row.currency, [_part(each, whole, query, reader) for each in row.parts])


def _part(part: AgingPart, whole: int, query: ListQuery, reader: Actor) -> PartView:
    wanted = ListQuery().only({"aging": part.age.value, "currency": part.due.currency})
    is_current = set(wanted.conditions) <= set(query.conditions)
    # Pressed again, it shows everything.
    href = looks.href(INVOICES, ListQuery() if is_current else wanted)
    return PartView(
        part.age.value,
        WORDS[part.age.value],
        f"{part.count:,} invoice" if part.count == 1 else f"{part.count:,} invoices",
        part.due.format(reader.locale),
        f"{part.due.minor * 100 // whole}%",
        href,
        is_current,
    )


def aging_bar(state: Any) -> rx.Component:
    """A row a currency; nothing where nothing is due."""
    return rx.cond(
        state.aging.length() > 0,
        rx.vstack(
            rx.foreach(state.aging, _row),
            rx.cond(state.aging_more != "", rx.text(state.aging_more, size="1", color="var(--gray-11)")),
            spacing="2",
            width="100%",
            custom_attrs={"data-testid": "aging"},
        ),
    )


def _row(row: rx.Var[AgingView]) -> rx.Component:
    return rx.el.ul(
        rx.foreach(row.parts, _tile), class_name="cf-aging", aria_label="Due in " + row.currency + " by age"
    )


def _tile(part: rx.Var[PartView]) -> rx.Component:
    return rx.el.li(
        rx.link(
            rx.el.span(part.label, class_name="cf-aging-label"),
            rx.el.span(part.due, class_name="cf-aging-due"),
            rx.el.span(part.count, class_name="cf-aging-label"),
            rx.el.span(
                rx.el.span(style={"width": part.share}), class_name="cf-aging-bar", aria_hidden="true"
            ),
            href=part.href,
            underline="none",
            high_contrast=True,
            aria_current=rx.cond(part.is_current, "true", "false"),
            custom_attrs={"data-age": part.age},
        )
    )
