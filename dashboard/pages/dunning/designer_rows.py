"""The steps of the designer, one row each; moved by buttons and by Alt with the arrows."""

from typing import Any

import reflex as rx

from dashboard.pages.dunning.designer_data import ANY, StepView
from models.dunning import ACTION_WORDS, TEMPLATES, Action

ACTIONS = [(each.value, ACTION_WORDS[each]) for each in Action]
MAILS = [(ANY, "Choose a template"), *[(each, each.replace("_", " ").capitalize()) for each in TEMPLATES]]
HEADS = ("", "Does", "On day", "+ hours", "Local hours, from until", "Template", "", "")
HELP = {
    "classes": "try_later, new_method, needs_action, stop, none",
    "tags": "vip, fiber",
    "plans": "growth",
    "age": "days overdue",
    "least": "100.00",
    "currency": "USD",
}


def step_rows(state: Any) -> rx.Component:
    """Every step, and a button for one more."""
    return rx.vstack(
        rx.box(
            *[rx.el.span(head) for head in HEADS],
            class_name="cf-step cf-step-heads",
            width="100%",
            aria_hidden="true",
        ),
        rx.el.ol(
            rx.foreach(state.steps, lambda step, index: _step(step, index, state)),
            class_name="cf-steps",
            custom_attrs={"data-testid": "steps"},
        ),
        rx.cond(
            state.can_write,
            rx.hstack(
                rx.button(
                    rx.icon("plus", size=14),
                    "Add step",
                    on_click=state.add_step,
                    variant="soft",
                    high_contrast=True,
                ),
                rx.text(
                    "Alt with the arrow keys moves the step the focus is in.",
                    size="1",
                    color="var(--gray-11)",
                ),
                align="center",
            ),
        ),
        width="100%",
        spacing="3",
    )


def _step(step: rx.Var[StepView], index: Any, state: Any) -> rx.Component:
    number = (index + 1).to_string()
    return rx.el.li(
        rx.box(
            rx.text(number, size="2", weight="bold", as_="span"),
            _select(step, state, "action", ACTIONS, f"Step {number}, action", step.action),
            _input(step, state, "day", step.day, f"Step {number}, day", "Day"),
            _input(step, state, "hour", step.hour, f"Step {number}, hours after", "+ h"),
            rx.hstack(
                _input(step, state, "from_hour", step.from_hour, f"Step {number}, from hour", "From"),
                _input(step, state, "until_hour", step.until_hour, f"Step {number}, until hour", "Until"),
                spacing="1",
            ),
            rx.cond(
                step.action == "mail",
                _select(step, state, "template", MAILS, f"Step {number}, template", step.template),
                rx.el.span(),
            ),
            _weekdays(step, state),
            rx.cond(state.can_write, _buttons(step, state, number), rx.el.span()),
            class_name="cf-step",
        ),
        _conditions(step, state, number),
        rx.cond(
            step.problem != "",
            rx.text(
                step.problem,
                size="1",
                color=rx.cond(step.is_warning, "var(--amber-11)", "var(--red-11)"),
            ),
        ),
        key=step.key,
        custom_attrs={"data-step": step.key, "data-bad": rx.cond(step.problem != "", "true", "false")},
    )


def _weekdays(step: rx.Var[StepView], state: Any) -> rx.Component:
    return rx.el.label(
        rx.checkbox(
            checked=step.weekdays,
            on_change=lambda value: state.set_step(step.key, "weekdays", value.to_string()),
            disabled=~state.can_write,
        ),
        rx.text("Weekdays", size="1", as_="span"),
        class_name="cf-inline",
    )


def _conditions(step: rx.Var[StepView], state: Any, number: Any) -> rx.Component:
    fields = (
        ("classes", "Decline", step.classes),
        ("currency", "Currency", step.currency),
        ("least", "From amount", step.least),
        ("age", "Days overdue", step.age),
        ("tags", "Tags", step.tags),
        ("plans", "Plans", step.plans),
    )
    parts = [value for _, _, value in fields]
    has_any = parts[0] != ""
    for value in parts[1:]:
        has_any = has_any | (value != "")
    return rx.el.details(
        rx.el.summary(
            rx.text(
                "Only where ",
                rx.cond(
                    has_any,
                    rx.fragment(*[rx.cond(value != "", rx.el.span(value, " "), "") for value in parts]),
                    "… (always)",
                ),
                size="1",
                as_="span",
                color="var(--gray-11)",
            )
        ),
        rx.box(
            *[
                rx.el.label(
                    rx.text(label, size="1", color="var(--gray-11)", as_="div"),
                    _input(step, state, name, value, f"Step {number}, {label.lower()}", HELP[name]),
                )
                for name, label, value in fields
            ],
            class_name="cf-step-conditions",
        ),
    )


def _input(step: rx.Var[StepView], state: Any, name: str, value: Any, label: Any, hint: str) -> rx.Component:
    return rx.input(
        value=value,
        on_change=lambda typed: state.set_step(step.key, name, typed),
        placeholder=hint,
        title=hint,
        aria_label=label,
        disabled=~state.can_write,
        size="1",
    )


def _select(
    step: rx.Var[StepView], state: Any, name: str, options: list[tuple[str, str]], label: Any, value: Any
) -> rx.Component:
    return rx.el.select(
        *[rx.el.option(text, value=key) for key, text in options],
        value=value,
        on_change=lambda chosen: state.set_step(step.key, name, chosen),
        aria_label=label,
        class_name="cf-select",
        disabled=~state.can_write,
    )


def _buttons(step: rx.Var[StepView], state: Any, number: Any) -> rx.Component:
    return rx.hstack(
        _icon("arrow-up", f"Move step {number} up", state.move_step(step.key, -1), "up"),
        _icon("arrow-down", f"Move step {number} down", state.move_step(step.key, 1), "down"),
        _icon("x", f"Take step {number} out", state.drop_step(step.key), ""),
        spacing="2",
    )


def _icon(icon: str, label: Any, on_click: Any, way: str) -> rx.Component:
    return rx.icon_button(
        rx.icon(icon, size=14),
        on_click=on_click,
        aria_label=label,
        title=label,
        type="button",
        variant="ghost",
        color_scheme="gray",
        high_contrast=True,
        size="1",
        custom_attrs={"data-move": way} if way else {},
    )
