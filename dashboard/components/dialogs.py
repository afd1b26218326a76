"""Dialogs of actions: what will happen, a reason, whether it can be undone, and the verb as button."""

from typing import Any

import reflex as rx


def action_button(
    label: Any, icon: str, on_click: Any, *, refusal: Any = "", is_main: bool = False, key: str = ""
) -> rx.Component:
    """An action, which the key presses too; one that is not possible stays visible and says why."""
    look: dict[str, Any] = {} if is_main else {"variant": "soft", "color_scheme": "gray"}
    shortcut = {"data-key": key, "title": f"Shortcut: {key}"} if key else {}
    look["custom_attrs"] = {"data-action": label, **shortcut}
    return rx.cond(
        refusal == "",
        rx.button(rx.icon(icon, size=16), label, on_click=on_click, high_contrast=True, **look),
        rx.tooltip(
            rx.button(
                rx.icon(icon, size=16),
                label,
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                on_click=rx.toast.info(f"{label}: not possible", description=refusal),
                aria_disabled="true",
                opacity="0.6",
            ),
            content=refusal,
        ),
    )


def more_actions(*items: rx.Component) -> rx.Component:
    """The actions that are not daily ones, behind one button; `menu_action` makes them."""
    return rx.menu.root(
        rx.menu.trigger(
            rx.icon_button(
                rx.icon("ellipsis", size=16),
                aria_label="More actions",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
            )
        ),
        rx.menu.content(*items, width="320px"),
    )


def menu_action(label: Any, on_select: Any, *, refusal: Any = "") -> rx.Component:
    """An action in a menu; one that is not possible stays, with its reason as second line."""
    return rx.cond(
        refusal == "",
        rx.menu.item(label, on_select=on_select),
        rx.menu.item(
            rx.box(rx.text(label, size="2", as_="div"), rx.text(refusal, size="1", as_="div")),
            on_select=rx.toast.info(f"{label}: not possible", description=refusal),
            class_name="cf-menu-refused",
            aria_disabled="true",
        ),
    )


def link_button(label: str, icon: str, href: Any, *, key: str = "", is_main: bool = True) -> rx.Component:
    """A way to a page where something is made, which the key opens too; one to look at is quiet."""
    look: dict[str, Any] = {} if is_main else {"variant": "soft", "color_scheme": "gray"}
    button = rx.button(rx.icon(icon, size=16), label, high_contrast=True, tab_index=-1, **look)
    return rx.link(button, href=href, custom_attrs={"data-key": key} if key else {})


def reason_dialog(  # noqa: PLR0913 -- the parts of a dialog
    *,
    title: Any,
    effect: Any,
    undo: str,
    verb: Any,
    is_open: Any,
    on_close: Any,
    on_submit: Any,
    error: Any,
    fields: tuple[rx.Component, ...] = (),
    is_dangerous: Any = True,
    is_possible: Any = True,
) -> rx.Component:
    """A dialog whose form is sent once; a failed one keeps the input, and one that is not possible cannot be sent."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(title),
            rx.dialog.description(effect, size="2"),
            rx.form(
                rx.vstack(
                    *fields,
                    rx.cond(error != "", error_callout(error)),
                    rx.text(undo, size="1", color="var(--gray-11)"),
                    _buttons(verb, on_close, is_dangerous=is_dangerous, is_possible=is_possible),
                    spacing="4",
                    margin_top="var(--space-4)",
                    width="100%",
                ),
                on_submit=on_submit,
                reset_on_submit=False,
            ),
            max_width="480px",
        ),
        open=is_open,
        on_open_change=on_close,
    )


def _buttons(verb: Any, on_close: Any, *, is_dangerous: Any, is_possible: Any) -> rx.Component:
    return rx.flex(
        rx.button(
            "Cancel",
            on_click=on_close,
            type="button",
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
        ),
        rx.cond(
            is_possible,
            rx.button(
                verb,
                type="submit",
                high_contrast=True,
                color_scheme=rx.cond(is_dangerous, "red", "indigo"),
            ),
        ),
        justify="end",
        gap="var(--space-3)",
        width="100%",
    )


def named_lines(label: str, lines: Any) -> rx.Component:
    """A list of sentences under a label; nothing where there are none."""
    return rx.cond(
        lines.length() > 0,
        rx.box(
            rx.text(label, size="2", weight="medium"),
            rx.el.ul(rx.foreach(lines, rx.el.li), class_name="cf-why"),
        ),
    )


def error_callout(error: Any) -> rx.Component:
    """Why a form was refused; its input stays."""
    return rx.callout(
        error,
        icon="triangle-alert",
        color_scheme="red",
        variant="soft",
        high_contrast=True,
        role="alert",
        width="100%",
    )


def text_field(
    label: str,
    name: str,
    *,
    kind: str = "text",
    placeholder: str = "",
    default: Any = None,
    required: bool = True,
) -> rx.Component:
    """A labelled input."""
    extra = {} if default is None else {"default_value": default}
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="span"),
        rx.input(name=name, type=kind, placeholder=placeholder, required=required, width="100%", **extra),
        width="100%",
    )


def reason_field(placeholder: str) -> rx.Component:
    """The reason that will stand on the timeline."""
    return rx.el.label(
        rx.text("Reason", size="2", weight="medium", as_="span"),
        rx.text_area(name="reason", placeholder=placeholder, required=True, max_length=500, width="100%"),
        width="100%",
    )


def select_field(label: str, name: str, options: list[tuple[str, str]], default: str) -> rx.Component:
    """A labelled choice of (value, label)."""
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.select.root(
            rx.select.trigger(width="100%"),
            rx.select.content(*[rx.select.item(text, value=value) for value, text in options]),
            name=name,
            default_value=default,
        ),
        width="100%",
    )


def note_form(on_submit: Any) -> rx.Component:
    """A field to write a note with."""
    return rx.form(
        rx.hstack(
            rx.text_area(
                name="body",
                placeholder="Write a note for the timeline",
                aria_label="Note",
                max_length=4000,
                required=True,
                width="100%",
            ),
            rx.button("Add note", type="submit", variant="soft", high_contrast=True),
            width="100%",
            align="end",
        ),
        on_submit=on_submit,
        reset_on_submit=True,
        width="100%",
    )
