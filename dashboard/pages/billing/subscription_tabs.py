"""How the forecast and the schedule of a subscription look."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.feedback import empty_state
from dashboard.components.preview import BillView, bill, bill_line, bill_total
from dashboard.pages.billing.subscription_data import PlannedView


def forecast_tab(state: Any) -> rx.Component:
    """The next periods with their invoices; each opens to its lines."""
    return rx.vstack(
        rx.el.nav(
            rx.foreach(
                state.spans,
                lambda tab: rx.link(
                    tab.label, href=tab.href, aria_current=rx.cond(tab.is_current, "page", "false")
                ),
            ),
            class_name="cf-tabs",
            aria_label="How far",
        ),
        rx.text(state.ahead_text, size="2", color="var(--gray-11)"),
        rx.cond(
            state.ahead.length() > 0,
            rx.vstack(
                rx.foreach(state.ahead, _ahead),
                spacing="3",
                width="100%",
                custom_attrs={"data-testid": "forecast"},
            ),
            empty_state("calendar-off", "Nothing is ahead.", "Resume or reactivate it, and periods follow."),
        ),
        spacing="4",
        width="100%",
    )


def _ahead(each: rx.Var[BillView]) -> rx.Component:
    return rx.cond(
        each.lines.length() > 0,
        rx.el.details(
            rx.el.summary(
                rx.el.span(each.title),
                rx.el.span(each.amount, class_name="cf-num"),
            ),
            rx.cond(each.note != "", rx.text(each.note, size="1", color="var(--gray-11)")),
            rx.el.ul(rx.foreach(each.lines, bill_line), class_name="cf-bill-lines"),
            rx.el.dl(rx.foreach(each.totals, bill_total), class_name="cf-totals"),
            class_name="cf-bill cf-ahead",
        ),
        bill(each),
    )


def schedule_tab(state: Any) -> rx.Component:
    """Every planned change in order, and what became of earlier ones."""
    return rx.vstack(
        section(
            "Planned changes",
            rx.cond(
                state.planned.length() > 0,
                plain_table(
                    ["Day", "Change", "Reason", "Planned by", ""],
                    rx.foreach(state.planned, lambda each: _planned(each, state)),
                    caption="Planned changes",
                ),
                empty_state(
                    "calendar-plus",
                    "No change is planned.",
                    "A planned change is carried out by a run on its day; nothing is due before.",
                ),
            ),
            _add(state),
            custom_attrs={"data-testid": "schedule"},
        ),
        rx.cond(
            state.settled.length() > 0,
            section(
                "Earlier ones",
                plain_table(
                    ["Day", "Change", "Reason", "Planned by", "Outcome"],
                    rx.foreach(state.settled, _settled),
                    caption="Earlier planned changes",
                ),
            ),
        ),
        spacing="4",
        width="100%",
    )


def _add(state: Any) -> rx.Component:
    return rx.menu.root(
        rx.menu.trigger(
            rx.button(
                rx.icon("plus", size=16),
                "Add a change",
                variant="soft",
                high_contrast=True,
                margin_top="var(--space-3)",
            )
        ),
        rx.menu.content(
            *[
                rx.menu.item(label, on_select=state.open_change(action, "date"))
                for action, label in (
                    ("change_plan", "Change plan"),
                    ("change_quantity", "Change quantity"),
                    ("add_add_on", "Add add-on"),
                    ("remove_add_on", "Remove add-on"),
                    ("pause", "Pause"),
                    ("resume", "Resume"),
                    ("cancel", "Cancel subscription"),
                )
            ]
        ),
    )


def _cells(each: rx.Var[PlannedView]) -> tuple[rx.Component, ...]:
    return (
        rx.el.td(rx.el.span(each.when, title=each.exact)),
        rx.el.td(each.words, title=each.words),
        rx.el.td(each.reason, title=each.reason),
        rx.el.td(each.by),
    )


def _planned(each: rx.Var[PlannedView], state: Any) -> rx.Component:
    return rx.el.tr(
        *_cells(each),
        rx.el.td(
            rx.button(
                "Cancel the change",
                on_click=state.ask_unplan(each.id),
                size="1",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                aria_label="Cancel the change: " + each.words,
            )
        ),
    )


def _settled(each: rx.Var[PlannedView]) -> rx.Component:
    return rx.el.tr(*_cells(each), rx.el.td(each.status))
