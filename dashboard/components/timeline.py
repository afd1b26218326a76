"""The timeline: one row an event, which opens to what changed."""

from typing import Any

import reflex as rx

from dashboard.components.feedback import empty_state
from dashboard.components.views import Change, TimelineItem


def timeline(items: Any) -> rx.Component:
    """Events newest first, or a sentence where there is none."""
    return rx.cond(
        items.length() > 0,
        rx.el.ol(
            rx.foreach(items, _item), class_name="cf-timeline", custom_attrs={"data-testid": "timeline"}
        ),
        empty_state(
            "history", "Nothing has happened here yet.", "Every change appears here with who made it and why."
        ),
    )


def _item(item: rx.Var[TimelineItem]) -> rx.Component:
    return rx.el.li(
        rx.icon(item.icon, size=16, color="var(--gray-11)", aria_hidden="true"),
        rx.box(
            rx.text(
                rx.el.strong(item.actor),
                " ",
                item.sentence,
                rx.cond(item.subject != "", rx.fragment(" ", rx.el.strong(item.subject)), rx.fragment()),
                rx.cond(
                    item.on_behalf_of != "",
                    rx.fragment(" on behalf of ", rx.el.strong(item.on_behalf_of)),
                ),
                rx.cond(item.href != "", rx.fragment(" ", rx.link("Open", href=item.href)), rx.fragment()),
                " ",
                rx.el.time(item.when, title=item.exact, class_name="cf-currency"),
                size="2",
            ),
            rx.cond(item.reason != "", rx.text(item.reason, size="2", class_name="cf-pre")),
            rx.cond(
                item.changes.length() > 0,
                rx.el.details(
                    rx.el.summary(rx.text("What changed", as_="span", size="1", color="var(--gray-11)")),
                    rx.el.dl(rx.foreach(item.changes, _change), class_name="cf-facts"),
                    rx.text(
                        "Cause: ",
                        item.cause,
                        " · request ",
                        item.request_id,
                        size="1",
                        color="var(--gray-11)",
                    ),
                ),
            ),
        ),
    )


def _change(change: rx.Var[Change]) -> rx.Component:
    return rx.fragment(rx.el.dt(change.field), rx.el.dd(change.before, " \u2192 ", change.after))
