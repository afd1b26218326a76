"""What came back: by campaign, by step, by decline code, as a chart and as a table."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import plotly.graph_objects as go
import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.feedback import empty_state, skeleton_rows
from dashboard.pages.dunning.results_chart import DARK_LAYOUT, EMPTY, LIGHT_LAYOUT, draw
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from models.dunning import ResultKey, ResultRow, list_results
from models.kernel import clock
from models.kernel.errors import Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission

DAYS = (30, 90, 365)
KEYS = [(ResultKey.campaign, "By campaign"), (ResultKey.step, "By step"), (ResultKey.code, "By decline code")]
HREF = "/billing/dunning/results"


@dataclass(frozen=True)
class RowView:
    """One group in one currency."""

    group: str
    closed: str
    recovered: str
    rate: str
    chased: str
    money: str
    share: str


@dataclass(frozen=True)
class LinkView:
    """A way to another question."""

    label: str
    href: str
    is_current: bool


class ResultsState(rx.State):
    """Closed cases of the last days, grouped as the address asks."""

    permission: ClassVar = Permission.dunning_read

    rows: list[RowView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    keys: list[LinkView] = []  # noqa: RUF012
    spans: list[LinkView] = []  # noqa: RUF012
    drawn: dict[str, Any] = EMPTY
    chart_note: str = ""
    is_loaded: bool = False

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Answer what the address asks."""
        asked = self.router.url.query_parameters
        by = _key(asked.get("by", ""))
        days = int(asked["days"]) if asked.get("days", "") in {str(each) for each in DAYS} else DAYS[1]
        found = await read(list_results, by=by, since=clock.now() - timedelta(days=days))
        locale = current().actor.locale
        self.rows = [_row(each, locale) for each in found]
        self.drawn, self.chart_note = draw(found)
        self.keys = [LinkView(label, f"{HREF}?by={key}&days={days}", key is by) for key, label in KEYS]
        self.spans = [LinkView(f"{each} days", f"{HREF}?by={by}&days={each}", each == days) for each in DAYS]
        self.is_loaded = True


def _key(text: str) -> ResultKey:
    if text and text not in set(ResultKey):
        raise Invalid("results.unknown_key", "Results are by campaign, step or code.")
    return ResultKey(text or "campaign")


def _row(row: ResultRow, locale: str) -> RowView:
    return RowView(
        row.group,
        f"{row.closed:,}",
        f"{row.recovered:,}",
        percent(row.rate_permille),
        Money(row.chased_minor, row.currency).format(locale),
        Money(row.recovered_minor, row.currency).format(locale),
        percent(row.amount_permille),
    )


def percent(permille: int) -> str:
    """`41.2 %`."""
    return f"{permille // 10}.{permille % 10} %"


@page("/billing/dunning/results", "Dunning results", ResultsState.load)
def results_page() -> rx.Component:
    """The questions, the chart, the table."""
    state: Any = ResultsState
    return rx.vstack(
        rx.el.nav(rx.link("Dunning", href="/billing/dunning", size="2"), aria_label="Breadcrumb"),
        rx.heading("What came back", size="5", as_="h1"),
        rx.text(
            "Cases that were recovered or ended unpaid; stopped ones were not ours to recover and do not count. "
            "Currencies are never added together.",
            size="2",
            color="var(--gray-11)",
        ),
        _links(state.keys, "Grouped"),
        _links(state.spans, "Time"),
        rx.cond(
            state.is_loaded,
            rx.cond(
                state.rows.length() > 0,
                rx.fragment(_chart(state), _table(state)),
                empty_state(
                    "chart-no-axes-column", "No case has closed in this time.", "Choose a longer time."
                ),
            ),
            skeleton_rows(4),
        ),
        spacing="4",
        width="100%",
    )


def _links(links: Any, label: str) -> rx.Component:
    return rx.el.nav(
        rx.foreach(
            links,
            lambda each: rx.link(
                each.label, href=each.href, aria_current=rx.cond(each.is_current, "page", "false")
            ),
        ),
        class_name="cf-tabs",
        aria_label=label,
    )


def _chart(state: Any) -> rx.Component:
    return section(
        "Recovered",
        rx.box(
            rx.plotly.cartesian(
                data=state.drawn.to(go.Figure),
                layout=rx.color_mode_cond(LIGHT_LAYOUT, DARK_LAYOUT),
                config={"displayModeBar": False, "responsive": True},
                width="100%",
                height="280px",
            ),
            class_name="cf-chart",
            role="img",
            aria_label="Recovered amounts",
        ),
        rx.text(state.chart_note, size="1", color="var(--gray-11)"),
    )


def _table(state: Any) -> rx.Component:
    return plain_table(
        ["Group", "Closed", "Recovered", "Rate", "Chased", "Came back", "Of the money"],
        rx.foreach(state.rows, _table_row),
        caption="Recovered by group",
        numeric=(1, 2, 3, 4, 5, 6),
    )


def _table_row(row: rx.Var[RowView]) -> rx.Component:
    cells = (row.closed, row.recovered, row.rate, row.chased, row.money, row.share)
    return rx.el.tr(rx.el.td(row.group), *[rx.el.td(cell, class_name="cf-num") for cell in cells])
