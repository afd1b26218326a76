"""How the form of a price looks: terms on the left, what customers would pay on the right."""

from typing import Any

import reflex as rx

from dashboard.components.dialogs import error_callout
from dashboard.pages.billing.plan_calculator import step_row
from dashboard.pages.billing.price_editor import ExampleView, PriceEditorState, TierView

MODELS = [
    ("flat", "Flat: the same for any quantity"),
    ("per_unit", "Per unit: quantity × amount"),
    ("graduated", "Graduated: each tier its own units"),
    ("volume", "Volume: all units at the tier reached"),
    ("package", "Package: per started package"),
]
INTERVALS = [(each, each.capitalize()) for each in ("day", "week", "month", "quarter", "year")]
TAXES = [("exclusive", "Comes on top"), ("inclusive", "Is contained")]


def price_dialog() -> rx.Component:
    """The dialog of a new or changed price."""
    state = PriceEditorState
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(rx.cond(state.is_new, "Add price", "Change price")),
            rx.dialog.description(
                "One offer of this version. It is computed while you type by the rule that bills.", size="2"
            ),
            rx.form(
                rx.box(
                    _terms(state), _examples(state), class_name="cf-two-panes", margin_top="var(--space-4)"
                ),
                rx.cond(state.error != "", error_callout(state.error)),
                rx.flex(
                    rx.button(
                        "Cancel",
                        on_click=state.close,
                        type="button",
                        variant="soft",
                        color_scheme="gray",
                        high_contrast=True,
                    ),
                    rx.button(
                        rx.cond(state.is_new, "Add price", "Save price"), type="submit", high_contrast=True
                    ),
                    justify="end",
                    gap="var(--space-3)",
                    margin_top="var(--space-4)",
                ),
                on_submit=state.save,
                reset_on_submit=False,
            ),
            max_width="860px",
        ),
        open=state.is_open,
        on_open_change=state.close,
    )


def _terms(state: Any) -> rx.Component:
    fields = state.fields
    is_tiered = (fields["model"] == "graduated") | (fields["model"] == "volume")
    return rx.vstack(
        rx.flex(
            _input(state, "Currency", "currency", "EUR"),
            _input(state, "Every", "interval_count", "1"),
            _select(state, "Rhythm", "interval", INTERVALS),
            gap="var(--space-3)",
            width="100%",
        ),
        _select(state, "Model", "model", MODELS),
        rx.cond(
            is_tiered,
            _tiers(state),
            rx.flex(
                _input(state, "Amount", "unit_amount", "29.00"),
                rx.cond(
                    fields["model"] == "package", _input(state, "Units in a package", "package_size", "100")
                ),
                gap="var(--space-3)",
                width="100%",
            ),
        ),
        _select(state, "Tax", "tax_behavior", TAXES),
        spacing="3",
        width="100%",
    )


def _tiers(state: Any) -> rx.Component:
    return rx.vstack(
        rx.box(
            rx.foreach(
                ("Up to unit", "Each", "Once"),
                lambda head: rx.text(head, size="1", weight="medium", color="var(--gray-11)"),
            ),
            class_name="cf-tier",
            width="100%",
            aria_hidden="true",
        ),
        rx.foreach(state.tiers, lambda tier, index: _tier(tier, index, state)),
        rx.button(
            rx.icon("plus", size=14),
            "Add tier",
            on_click=state.add_tier,
            type="button",
            size="1",
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
        ),
        spacing="2",
        width="100%",
    )


def _tier(tier: rx.Var[TierView], index: Any, state: Any) -> rx.Component:
    number = (index + 1).to_string()
    return rx.box(
        rx.input(
            value=tier.up_to,
            on_change=lambda value: state.set_tier(index, "up_to", value),
            placeholder="all further",
            aria_label="Tier " + number + ", up to unit",
        ),
        rx.input(
            value=tier.unit_amount,
            on_change=lambda value: state.set_tier(index, "unit_amount", value),
            placeholder="5.00",
            aria_label="Tier " + number + ", amount of each unit",
        ),
        rx.input(
            value=tier.flat_amount,
            on_change=lambda value: state.set_tier(index, "flat_amount", value),
            placeholder="0.00",
            aria_label="Tier " + number + ", amount once",
        ),
        rx.icon_button(
            rx.icon("x", size=14),
            on_click=state.drop_tier(index),
            type="button",
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
            aria_label="Remove tier " + number,
        ),
        class_name="cf-tier",
        width="100%",
    )


def _examples(state: Any) -> rx.Component:
    return rx.vstack(
        rx.el.label(
            rx.text("What would customers pay for", size="2", weight="medium", as_="div"),
            rx.input(
                value=state.quantity, on_change=state.set_quantity, type="number", min="1", max="1000000"
            ),
            width="100%",
        ),
        rx.cond(
            state.hint != "",
            rx.text(state.hint, size="2", color="var(--gray-11)", role="status"),
            rx.el.dl(
                rx.foreach(state.examples, _example),
                class_name="cf-totals",
                custom_attrs={"data-testid": "examples"},
            ),
        ),
        spacing="3",
        width="100%",
    )


def _example(example: rx.Var[ExampleView]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(rx.text(example.quantity, size="2")),
        rx.el.dd(
            rx.text(example.amount, size="2", weight="medium"),
            rx.text(example.each, size="1", color="var(--gray-11)"),
            rx.cond(
                example.steps.length() > 0,
                rx.el.dl(rx.foreach(example.steps, step_row), class_name="cf-charge-steps"),
            ),
        ),
    )


def _input(state: Any, label: str, name: str, placeholder: str) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.input(
            value=state.fields[name],
            on_change=lambda value: state.set_field(name, value),
            placeholder=placeholder,
            width="100%",
        ),
        flex="1 1 0",
        min_width="0",
    )


def _select(state: Any, label: str, name: str, options: list[tuple[str, str]]) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.select.root(
            rx.select.trigger(width="100%"),
            rx.select.content(*[rx.select.item(text, value=value) for value, text in options]),
            value=state.fields[name],
            on_change=lambda value: state.set_field(name, value),
        ),
        flex="1 1 0",
        min_width="0",
        width="100%",
    )
