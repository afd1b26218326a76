"""Overview: is the business healthy?"""

from typing import Any, ClassVar

import plotly.graph_objects as go
import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.feedback import empty_state, skeleton_rows
from dashboard.pages.analytics import overview_charts as charts
from dashboard.pages.analytics import overview_data as data
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from models.analytics import DEFINITIONS
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission


class OverviewState(rx.State):
    """Tiles and charts as of one instant."""

    permission: ClassVar = Permission.overview_read

    tiles: list[data.Tile] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    as_of: str = ""
    is_loaded: bool = False
    # Plain JSON: a figure object as default would be copied for every tab, also those on other pages.
    drawn: dict[str, dict[str, Any]] = charts.EMPTY
    mrr_rows: list[data.ChartRow] = []  # noqa: RUF012
    cash_rows: list[data.ChartRow] = []  # noqa: RUF012
    movement_rows: list[data.ChartRow] = []  # noqa: RUF012

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> Any:
        """Figures first, charts after them."""
        reader = current().actor
        overview = await read(data.load_overview)
        self.tiles = data.tiles(overview, reader.locale)
        self.as_of = show_instant(overview.at, reader.locale, reader.time_zone)
        self.is_loaded = True
        yield
        self.drawn = charts.all_charts(overview)
        self.mrr_rows = data.mrr_rows(overview, reader.locale)
        self.cash_rows = data.cash_rows(overview, reader.locale)
        self.movement_rows = data.movement_rows(overview)


@page("/", "Overview", OverviewState.load)
def overview_page() -> rx.Component:
    """Tiles, then charts."""
    state = OverviewState
    return rx.vstack(
        rx.hstack(
            rx.heading("Overview", size="5", as_="h1"),
            rx.text("as of ", state.as_of, size="1", color="var(--gray-11)"),
            align="baseline",
        ),
        rx.cond(
            state.is_loaded,
            rx.cond(
                state.tiles.length() > 0,
                rx.box(rx.foreach(state.tiles, _tile), class_name="cf-tiles", width="100%"),
                empty_state(
                    "layout-dashboard", "There are no customers yet.", "Figures appear with the first one."
                ),
            ),
            skeleton_rows(4),
        ),
        _charts(state),
        spacing="5",
        width="100%",
    )


def _charts(state: Any) -> rx.Component:
    return rx.box(
        _chart(
            "Monthly recurring revenue",
            "mrr_by_month",
            _figure(state, "mrr"),
            ["Month", "MRR"],
            state.mrr_rows,
        ),
        _chart(
            "Billed and collected",
            "billed_by_month",
            _figure(state, "cash"),
            ["Month", "Billed", "Collected"],
            state.cash_rows,
        ),
        _chart(
            "Subscriptions won and lost",
            "subscription_movements_by_month",
            _figure(state, "movements"),
            ["Month", "New", "Lost"],
            state.movement_rows,
            is_stacked=True,
        ),
        _chart("Open amounts by days overdue", "aging", _figure(state, "aging"), [], None),
        class_name="cf-charts",
        width="100%",
    )


def _figure(state: Any, key: str) -> Any:
    return state.drawn[key].to(go.Figure)


def _tile(tile: rx.Var[data.Tile]) -> rx.Component:
    return rx.card(
        rx.hstack(
            rx.text(tile.label, size="1", weight="medium", color="var(--gray-11)"),
            rx.spacer(),
            _why(tile.definition),
            width="100%",
            align="center",
        ),
        rx.link(
            rx.text(tile.value, size="5", weight="medium", as_="span"),
            href=tile.href,
            title=tile.exact,
            underline="hover",
            color="var(--gray-12)",
        ),
        custom_attrs={"data-tile": tile.key, "data-exact": tile.exact},
    )


def _why(definition: Any) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.icon_button(
                rx.icon("circle-help", size=14),
                aria_label="How is this defined?",
                variant="ghost",
                color_scheme="gray",
                high_contrast=True,
                size="1",
            )
        ),
        rx.popover.content(rx.text(definition, size="2"), max_width="340px"),
    )


def _chart(
    title: str, key: str, figure: Any, heads: list[str], rows: Any, *, is_stacked: bool = False
) -> rx.Component:
    light = charts.LIGHT_STACKED if is_stacked else charts.LIGHT_LAYOUT
    dark = charts.DARK_STACKED if is_stacked else charts.DARK_LAYOUT
    return section(
        title,
        rx.text(DEFINITIONS[key], size="1", color="var(--gray-11)"),
        rx.box(
            rx.plotly.cartesian(
                data=figure,
                layout=rx.color_mode_cond(light, dark),
                config={"displayModeBar": False, "responsive": True},
                width="100%",
                height="260px",
            ),
            class_name="cf-chart",
            role="img",
            aria_label=title,
        ),
        rx.el.details(
            rx.el.summary(rx.text("As a table, each figure with the rows behind it", size="1", as_="span")),
            plain_table(heads, rx.foreach(rows, _chart_row), caption=title, numeric=(1, 2)),
        )
        if rows is not None
        else rx.link("The overdue invoices", href="/billing/invoices?f=status:overdue", size="1"),
    )


def _chart_row(row: rx.Var[data.ChartRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.label),
        rx.foreach(row.cells, lambda cell: rx.el.td(rx.link(cell.text, href=cell.href), class_name="cf-num")),
    )
