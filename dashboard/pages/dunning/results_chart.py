"""The chart of what came back: the amounts of the currency with most, a bar a group."""

import json
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.shell.theme import DARK, LIGHT, ChartColours
from models.dunning import ResultRow
from models.kernel.money import Money

MOST_BARS = 12
EMPTY: dict[str, Any] = {"data": [], "layout": {}}


def draw(rows: Sequence[ResultRow]) -> tuple[dict[str, Any], str]:
    """The figure as plain JSON, and what it leaves out, in a sentence."""
    came_back = [row for row in rows if row.recovered_minor]
    if not came_back:
        return EMPTY, "Nothing came back in this time."
    currency = max(came_back, key=lambda row: row.recovered_minor).currency
    shown = [row for row in came_back if row.currency == currency][:MOST_BARS]
    figure = go.Figure(
        go.Bar(
            name=currency,
            x=[Money(row.recovered_minor, currency).decimal for row in shown][::-1],
            y=[row.group for row in shown][::-1],
            orientation="h",
            marker={"color": LIGHT.series[1]},
        )
    )
    others = sorted({row.currency for row in came_back} - {currency})
    left = f" {', '.join(others)} stand in the table." if others else ""
    return {"data": json.loads(figure.to_json())["data"], "layout": {}}, f"In {currency}.{left}"


def _layout(colours: ChartColours) -> dict[str, Any]:
    axis = {"gridcolor": colours.grid, "zerolinecolor": colours.grid, "automargin": True}
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": colours.text, "size": 12, "family": "inherit"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "height": 280,
        "xaxis": {**axis, "separatethousands": True},
        "yaxis": {**axis, "showgrid": False},
        "bargap": 0.35,
    }


LIGHT_LAYOUT, DARK_LAYOUT = _layout(LIGHT), _layout(DARK)
