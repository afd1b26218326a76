"""How a simulation looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import error_callout
from dashboard.components.feedback import empty_state, not_found, skeleton_rows
from dashboard.pages.dunning.simulate_data import HEADS, DayView, ExpectedView, ResultView, SimulatedView

SOURCES = [
    ("queue", "Today's queue, from now on"),
    ("last_month", "What failed in the last 30 days, from its beginning"),
    ("invoice", "One invoice, from now on"),
]


def body(state: Any) -> rx.Component:
    """The question on top, then the answer."""
    found = rx.vstack(
        rx.el.nav(rx.link(state.name, href=state.campaign_href, size="2"), aria_label="Breadcrumb"),
        rx.heading("Simulation", size="5", as_="h1"),
        rx.callout(
            "Nothing is sent. It assumes that nobody pays and that each charge is declined as the last one was.",
            icon="flask-conical",
            high_contrast=True,
            width="100%",
        ),
        _question(state),
        rx.cond(state.error != "", error_callout(state.error)),
        rx.cond(state.results.length() > 0, _answer(state)),
        spacing="4",
        width="100%",
    )
    return rx.cond(
        state.is_missing,
        not_found("campaign", "/billing/dunning/campaigns"),
        rx.cond(state.is_loaded, found, skeleton_rows()),
    )


def _question(state: Any) -> rx.Component:
    return rx.form(
        rx.flex(
            _choice(
                "On",
                "on",
                rx.fragment(*[rx.el.option(text, value=key) for key, text in SOURCES]),
                state.source,
            ),
            rx.el.label(
                rx.text("Invoice", size="2", weight="medium", as_="div"),
                rx.input(name="number", default_value=state.number, placeholder="INV-2026-000123"),
            ),
            _choice(
                "Version",
                "v",
                rx.foreach(state.versions, lambda each: rx.el.option(each, value=each)),
                state.version,
            ),
            _choice(
                "Beside",
                "beside",
                rx.fragment(
                    rx.el.option("None", value="none"),
                    rx.foreach(state.versions, lambda each: rx.el.option(each, value=each)),
                ),
                rx.cond(state.beside != "", state.beside, "none"),
            ),
            rx.button("Simulate", type="submit", high_contrast=True),
            gap="var(--space-3)",
            align="end",
            wrap="wrap",
        ),
        on_submit=state.ask,
        reset_on_submit=False,
        key=state.version + state.beside + state.source,
    )


def _choice(label: str, name: str, options: rx.Component, value: Any) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.el.select(options, name=name, default_value=value, class_name="cf-select"),
    )


def _answer(state: Any) -> rx.Component:
    return rx.fragment(
        rx.box(rx.foreach(state.results, _result), class_name="cf-two-panes", width="100%"),
        rx.cond(
            state.cases.length() > 0,
            rx.fragment(
                section(
                    "By day, in the customers' own calendars",
                    rx.box(
                        plain_table(
                            HEADS, rx.foreach(state.days, _day), caption="By day", numeric=(1, 2, 3, 4, 5)
                        ),
                        max_height="420px",
                        overflow="auto",
                        tab_index=0,
                        role="region",
                        aria_label="By day",
                    ),
                ),
                section(
                    "By case, differences first",
                    plain_table(
                        ["Invoice", "Customer", "Owed", "First", "Charges", "Mails", "End", ""],
                        rx.foreach(state.cases, _case),
                        caption="By case",
                        numeric=(2, 4, 5),
                    ),
                    rx.text(state.note, size="1", color="var(--gray-11)"),
                ),
            ),
            empty_state(
                "flask-conical", "There is nobody to simulate on.", "Choose last month or an invoice instead."
            ),
        ),
    )


def _result(result: rx.Var[ResultView]) -> rx.Component:
    return rx.card(
        rx.heading(result.name, size="3", as_="h2", margin_bottom="var(--space-2)"),
        rx.el.dl(
            rx.el.dt("Cases"),
            rx.el.dd(result.cases),
            rx.el.dt("Mails"),
            rx.el.dd(result.mails),
            rx.el.dt("Charges"),
            rx.el.dd(result.charges),
            rx.el.dt("Through by"),
            rx.el.dd(result.ends),
            class_name="cf-facts",
        ),
        rx.foreach(result.expected, _expected),
        custom_attrs={"data-testid": "result"},
    )


def _expected(each: rx.Var[ExpectedView]) -> rx.Component:
    return rx.box(
        rx.text("At risk ", each.at_risk, ", expected back ", rx.el.strong(each.expected), size="2"),
        rx.text(each.basis, size="1", color="var(--gray-11)"),
        margin_top="var(--space-2)",
    )


def _day(day: rx.Var[DayView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(day.day), rx.foreach(day.counts, lambda each: rx.el.td(each, class_name="cf-num"))
    )


def _case(case: rx.Var[SimulatedView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(case.number),
        rx.el.td(case.customer),
        rx.el.td(case.owed, class_name="cf-num"),
        rx.el.td(case.next, style={"white_space": "normal"}),
        rx.el.td(case.tries, class_name="cf-num"),
        rx.el.td(case.mails, class_name="cf-num"),
        rx.el.td(case.end),
        rx.el.td(
            rx.cond(
                case.differs,
                rx.badge("differs", color_scheme="amber", variant="soft", high_contrast=True),
                "",
            )
        ),
    )
