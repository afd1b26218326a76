"""The form beside a preview: fields as data, each of which computes the preview anew."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from dashboard.components.dialogs import error_callout
from dashboard.components.preview import preview_pane


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One thing to choose; `refusal` says why it cannot be chosen."""

    value: str
    label: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: `kind` is select, number, date or text."""

    name: str
    label: str
    kind: str
    value: str
    options: list[ChoiceView] = field(default_factory=list)
    help: str = ""


def preview_dialog(
    state: Any,
    *,
    title: Any,
    is_open: Any,
    on_close: Any,
    on_submit: Any,
    on_change: Any,
) -> rx.Component:
    """Left the form, right what it would do; the button does exactly what is shown, once."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(title),
            rx.dialog.description(
                "Nothing happens before you confirm; the amounts are computed by the rules that bill.",
                size="2",
                color="var(--gray-11)",
            ),
            rx.form(
                rx.box(
                    rx.vstack(
                        form_fields(state.change_fields, on_change),
                        rx.cond(state.reasons.length() > 0, _reason(state.reasons)),
                        spacing="3",
                        width="100%",
                    ),
                    preview_pane(state.preview, state.preview_error, state.was),
                    class_name="cf-preview",
                ),
                rx.cond(state.dialog_error != "", error_callout(state.dialog_error)),
                _foot(state, on_close),
                on_submit=on_submit,
                reset_on_submit=False,
            ),
            max_width="1040px",
            class_name="cf-wide-dialog",
        ),
        open=is_open,
        on_open_change=on_close,
    )


def form_fields(fields: Any, on_change: Any) -> rx.Component:
    """The fields, one below the other."""
    return rx.vstack(rx.foreach(fields, lambda each: form_field(each, on_change)), spacing="3", width="100%")


def form_field(each: rx.Var[FieldView], on_change: Any) -> rx.Component:
    """One field with its label and help; what cannot be chosen says why."""
    return rx.el.label(
        rx.text(each.label, size="2", weight="medium", as_="div"),
        rx.match(
            each.kind,
            ("select", _select(each, on_change)),
            rx.input(
                value=each.value,
                on_change=lambda value: on_change(each.name, value),
                type=each.kind,
                width="100%",
            ),
        ),
        rx.cond(each.help != "", rx.text(each.help, size="1", color="var(--gray-11)", as_="div")),
        key=each.name,
        width="100%",
    )


def _select(each: rx.Var[FieldView], on_change: Any) -> rx.Component:
    return rx.select.root(
        rx.select.trigger(width="100%", aria_label=each.label),
        rx.select.content(
            rx.foreach(
                each.options,
                lambda option: rx.select.item(
                    option.label,
                    rx.cond(option.refusal != "", rx.fragment(" \u2014 ", option.refusal), rx.fragment()),
                    value=option.value,
                    disabled=option.refusal != "",
                ),
            ),
            position="popper",
        ),
        value=each.value,
        on_change=lambda value: on_change(each.name, value),
    )


def _reason(reasons: Any) -> rx.Component:
    return rx.fragment(
        rx.el.label(
            rx.text("Reason", size="2", weight="medium", as_="div"),
            rx.el.select(
                rx.foreach(reasons, lambda each: rx.el.option(each, value=each)),
                name="reason",
                class_name="cf-select",
            ),
            width="100%",
        ),
        rx.el.label(
            rx.text("Note", size="2", weight="medium", as_="div"),
            rx.text_area(
                name="note",
                placeholder="What will be asked about this later; it stands on the timeline",
                max_length=400,
                width="100%",
            ),
            width="100%",
        ),
    )


def _foot(state: Any, on_close: Any) -> rx.Component:
    preview = state.preview
    return rx.flex(
        rx.box(
            rx.text(preview.undo, size="1", color="var(--gray-11)", as_="div"),
            rx.text(preview.holds, size="1", color="var(--gray-11)", as_="div"),
            flex="1 1 280px",
        ),
        rx.button(
            "Go back",
            on_click=on_close,
            type="button",
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
        ),
        rx.button(
            rx.cond(preview.verb != "", preview.verb, "Nothing to do"),
            type="submit",
            loading=state.is_busy,
            disabled=(preview.verb == "") | (state.preview_error != ""),
            high_contrast=True,
            color_scheme=rx.cond(state.is_dangerous, "red", "indigo"),
            custom_attrs={"data-testid": "commit"},
        ),
        wrap="wrap",
        align="center",
        gap="var(--space-3)",
        margin_top="var(--space-4)",
        width="100%",
    )
