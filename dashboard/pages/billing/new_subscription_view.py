"""How a new subscription is written: the customer, then form and preview side by side."""

from typing import Any

import reflex as rx

from dashboard.components.preview import preview_pane
from dashboard.components.preview_form import form_fields


def body(state: Any) -> rx.Component:
    """The page."""
    return rx.vstack(
        rx.el.nav(rx.link("Subscriptions", href="/billing/subscriptions", size="2"), aria_label="Breadcrumb"),
        rx.heading("New subscription", size="5", as_="h1"),
        rx.cond(state.customer == "", _picker(state), _order(state)),
        spacing="4",
        width="100%",
    )


def _picker(state: Any) -> rx.Component:
    return rx.card(
        rx.vstack(
            rx.text("Who is it for?", size="3", weight="medium"),
            rx.input(
                rx.input.slot(rx.icon("search", size=16)),
                placeholder="Name or reference of the customer",
                aria_label="Customer",
                on_change=state.find_customer.debounce(200),
                auto_focus=True,
                width="100%",
            ),
            rx.vstack(rx.foreach(state.hits, lambda hit: _hit(hit, state)), spacing="1", width="100%"),
            rx.cond(
                state.nothing != "", rx.text(state.nothing, size="2", color="var(--gray-11)", role="status")
            ),
            spacing="3",
            width="100%",
        ),
        width="100%",
        max_width="560px",
    )


def _hit(hit: Any, state: Any) -> rx.Component:
    return rx.button(
        hit.name,
        rx.spacer(),
        rx.text(hit.hint, size="1", as_="span"),
        on_click=state.choose_customer(hit.id),
        variant="soft",
        color_scheme="gray",
        high_contrast=True,
        width="100%",
    )


def _order(state: Any) -> rx.Component:
    return rx.form(
        rx.box(
            rx.vstack(
                _customer(state),
                form_fields(state.fields, state.choose),
                _note(),
                spacing="3",
                width="100%",
            ),
            rx.vstack(
                preview_pane(state.preview, state.preview_error, state.was),
                rx.text(state.preview.undo, size="1", color="var(--gray-11)"),
                rx.button(
                    rx.cond(state.preview.verb != "", state.preview.verb, "Nothing to start"),
                    type="submit",
                    loading=state.is_busy,
                    disabled=(state.preview.verb == "") | (state.preview_error != ""),
                    high_contrast=True,
                    custom_attrs={"data-testid": "commit"},
                ),
                spacing="4",
                width="100%",
            ),
            class_name="cf-preview cf-preview-page",
        ),
        on_submit=state.start,
        reset_on_submit=False,
        width="100%",
    )


def _customer(state: Any) -> rx.Component:
    return rx.flex(
        rx.box(
            rx.text("Customer", size="2", weight="medium", as_="div"),
            rx.text(state.customer, ", pays in ", state.currency, size="2", as_="div"),
        ),
        rx.button(
            "Another",
            on_click=state.other_customer,
            type="button",
            size="1",
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
            aria_label="Choose another customer",
        ),
        justify="between",
        align="center",
        width="100%",
    )


def _note() -> rx.Component:
    return rx.el.label(
        rx.text("Note for the timeline", size="2", weight="medium", as_="div"),
        rx.text_area(name="note", max_length=400, width="100%"),
        width="100%",
    )
