"""The overview's charts: Plotly figures without colours of the page, which the browser adds by mode."""

import json
from typing import Any

import plotly.graph_objects as go

from dashboard.pages.analytics.overview_data import Overview, main_currency
from dashboard.shell.theme import DARK, LIGHT, ChartColours
from models.kernel.money import Money

BLUE, GREEN, ORANGE = LIGHT.series[:3]


EMPTY: dict[str, dict[str, Any]] = {
    name: {"data": [], "layout": {}} for name in ("mrr", "cash", "movements", "aging")
}


def all_charts(overview: Overview) -> dict[str, dict[str, Any]]:
    """Every chart as plain JSON, by name."""
    figures = {
        "mrr": mrr_chart(overview),
        "cash": cash_chart(overview),
        "movements": movement_chart(overview),
        "aging": aging_chart(overview),
    }
    return {
        name: {"data": json.loads(figure.to_json())["data"], "layout": {}} for name, figure in figures.items()
    }


def mrr_chart(overview: Overview) -> go.Figure:
    """MRR at the end of each month as a line."""
    points = [each for each in overview.mrr if each.currency == main_currency(overview)]
    return go.Figure(
        go.Scatter(
            name="MRR",
            x=[each.month for each in points],
            y=[Money(each.amount_minor, each.currency).decimal for each in points],
            mode="lines+markers",
            line={"color": BLUE, "width": 2},
            marker={"size": 5},
        )
    )


def cash_chart(overview: Overview) -> go.Figure:
    """Billed and collected by month as bars side by side."""
    figure = go.Figure()
    for name, series, colour, pattern in (
        ("Billed", overview.billed, BLUE, ""),
        ("Collected", overview.collected, GREEN, "/"),
    ):
        points = [each for each in series if each.currency == main_currency(overview)]
        figure.add_bar(
            name=name,
            x=[each.month for each in points],
            y=[Money(each.amount_minor, each.currency).decimal for each in points],
            marker={"color": colour, "pattern": {"shape": pattern}},
        )
    return figure


def movement_chart(overview: Overview) -> go.Figure:
    """Subscriptions won above the line and lost below it."""
    points = [each for each in overview.movements if each.currency == main_currency(overview)]
    months = [each.month for each in points]
    figure = go.Figure()
    figure.add_bar(
        name="New", x=months, y=[each.new_subscriptions for each in points], marker={"color": GREEN}
    )
    figure.add_bar(
        name="Lost",
        x=months,
        y=[-each.cancelled_subscriptions for each in points],
        marker={"color": ORANGE, "pattern": {"shape": "\\"}},
    )
    return figure


def aging_chart(overview: Overview) -> go.Figure:
    """The open amount by days since the due date."""
    currency = main_currency(overview)
    ages = [age for each in overview.receivables if each.currency == currency for age in each.ages]
    return go.Figure(
        go.Bar(
            name="Open",
            x=[age.label for age in ages],
            y=[Money(age.amount_minor, currency).decimal for age in ages],
            marker={"color": ORANGE},
        )
    )


def layout(colours: ChartColours, *, is_relative: bool = False) -> dict[str, Any]:
    """Axes, grid and text for one colour mode; the page shines through."""
    axis = {"gridcolor": colours.grid, "zerolinecolor": colours.grid, "automargin": True}
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": colours.text, "size": 12, "family": "inherit"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "height": 260,
        "xaxis": {**axis, "showgrid": False, "nticks": 6, "tickformat": "%b %Y", "tickangle": 0},
        "yaxis": {**axis, "separatethousands": True},
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "barmode": "relative" if is_relative else "group",
        "bargap": 0.25,
        "hovermode": "x unified",
        "hoverlabel": {"font": {"color": LIGHT.text}},
    }


LIGHT_LAYOUT, DARK_LAYOUT = layout(LIGHT), layout(DARK)
LIGHT_STACKED, DARK_STACKED = layout(LIGHT, is_relative=True), layout(DARK, is_relative=True)
