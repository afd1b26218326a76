"""The calculator of a plan: one quantity, every price, tier by tier, by the rule that bills."""

from typing import Any

import reflex as rx

from dashboard.components.feedback import empty_state
from dashboard.pages.billing.plan_charges import ChargeView, StepView


def calculator(state: Any) -> rx.Component:
    """A quantity, and what each price makes of it, side by side."""
    return rx.vstack(
        _quantity(state),
        rx.cond(
            state.quantity_error != "",
            rx.text(state.quantity_error, size="2", color="var(--red-11)", role="alert"),
        ),
        rx.cond(
            state.charges.length() > 0,
            rx.box(rx.foreach(state.charges, _charge), class_name="cf-charges", width="100%"),
            empty_state("calculator", "Nothing to compute yet.", "Add a price first."),
        ),
        rx.text(
            "Without tax and discounts. Rounded once at the end, half a minor unit up.",
            size="1",
            color="var(--gray-11)",
        ),
        spacing="4",
        width="100%",
    )


def _quantity(state: Any) -> rx.Component:
    return rx.flex(
        rx.el.label(
            rx.text("Quantity", size="2", weight="medium", as_="div"),
            rx.input(
                value=state.quantity,
                on_change=state.set_quantity,
                type="number",
                min="1",
                max="1000000",
                width="140px",
            ),
        ),
        rx.el.input(
            type="range",
            min="1",
            max="250",
            value=state.quantity,
            on_change=state.set_quantity,
            aria_label="Quantity, up to 250",
            class_name="cf-range",
        ),
        rx.link("Link to this", href="?tab=calculator&quantity=" + state.quantity, size="2"),
        gap="var(--space-4)",
        align="end",
        wrap="wrap",
        width="100%",
    )


def _charge(charge: rx.Var[ChargeView]) -> rx.Component:
    return rx.card(
        rx.text(charge.words, size="2", color="var(--gray-11)"),
        rx.text(charge.amount, size="5", weight="bold", custom_attrs={"data-testid": "charge"}),
        rx.cond(
            charge.each != "",
            rx.text(charge.each, " · ", charge.monthly, size="1", color="var(--gray-11)"),
        ),
        rx.cond(
            charge.steps.length() > 0,
            rx.el.dl(rx.foreach(charge.steps, step_row), class_name="cf-charge-steps"),
        ),
    )


def step_row(step: rx.Var[StepView]) -> rx.Component:
    """One step: which units, what each costs, what it comes to."""
    return rx.fragment(rx.el.dt(step.words), rx.el.dd(step.amount))
