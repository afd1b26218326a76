"""A horizontal time line: what was, what is now, what comes. It is a list, drawn side by side."""

from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True, slots=True)
class BandView:
    """One point of time: `phase` is past, now or ahead."""

    when: str
    label: str
    phase: str
    exact: str = ""


def band(points: Any, label: str) -> rx.Component:
    """The points in their order."""
    return rx.el.ol(
        rx.foreach(points, _point),
        class_name="cf-band",
        aria_label=label,
        tab_index=0,
        custom_attrs={"data-testid": "band"},
    )


def _point(point: rx.Var[BandView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(point.when, class_name="cf-band-when", title=point.exact),
        rx.el.span(point.label, class_name="cf-band-label"),
        custom_attrs={"data-phase": point.phase},
        aria_current=rx.cond(point.phase == "now", "date", "false"),
    )
