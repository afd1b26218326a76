"""The figures over the queue."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from dashboard.shell.formats import short_money
from models.dunning import DunningTiles
from models.kernel.money import Money


@dataclass(frozen=True)
class TileView:
    """A figure with the list behind it."""

    key: str
    label: str
    value: str
    note: str
    href: str
    exact: str = ""


def build_tiles(found: DunningTiles, locale: str) -> list[TileView]:
    """At risk, recovered, ending, waiting for a person."""
    permille = found.recovered_permille
    rate = (
        "Nothing closed yet"
        if permille is None
        else f"{permille // 10}.{permille % 10} % of {found.closed_count:,} closed"
    )
    return [
        TileView(
            "at_risk",
            "At risk",
            _money(found.at_risk, locale),
            _many(found.open_count, "open case"),
            "/billing/dunning?f=status:open",
            _exact(found.at_risk, locale),
        ),
        TileView(
            "recovered",
            "Recovered in 30 days",
            _money(found.recovered, locale),
            rate,
            "/billing/dunning/results",
            _exact(found.recovered, locale),
        ),
        TileView(
            "ending",
            "Ending within 3 days",
            f"{found.ending_count:,}",
            "Then the end of their campaign acts",
            "/billing/dunning?f=attention:ending",
        ),
        TileView(
            "person",
            "Needs a person",
            f"{found.person_count:,}",
            "Hard declines, tasks, broken promises",
            "/billing/dunning?f=attention:person",
        ),
    ]


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _money(amounts: tuple[Money, ...], locale: str) -> str:
    if not amounts:
        return "Nothing"
    more = f" + {len(amounts) - 1} more" if len(amounts) > 1 else ""
    return f"{short_money(amounts[0], locale)}{more}"


def _exact(amounts: tuple[Money, ...], locale: str) -> str:
    return " \u00b7 ".join(each.format(locale) for each in amounts)


def tiles(found: Any) -> rx.Component:
    """One card a figure; nothing while there is none."""
    return rx.cond(
        found.length() > 0,
        rx.box(rx.foreach(found, _tile), class_name="cf-tiles", width="100%"),
    )


def _tile(tile: rx.Var[TileView]) -> rx.Component:
    return rx.card(
        rx.text(tile.label, size="1", weight="medium", color="var(--gray-11)", as_="div"),
        rx.link(
            rx.text(tile.value, size="5", weight="medium", as_="span"),
            href=tile.href,
            title=tile.exact,
            underline="hover",
            color="var(--gray-12)",
        ),
        rx.text(tile.note, size="1", color="var(--gray-11)", as_="div"),
        custom_attrs={"data-tile": tile.key, "data-exact": tile.exact},
    )
