"""The designer's dialogs, and its tables of versions."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.dialogs import error_callout, reason_dialog, reason_field, text_field
from dashboard.pages.dunning.campaign_acts import LineView, MovedView, VersionView
from models.dunning import TEMPLATES


def dialogs(state: Any) -> rx.Component:
    """Every dialog; one is open at a time."""
    common = {"on_close": state.close_dialog, "error": state.dialog_error}
    return rx.fragment(
        reason_dialog(
            title="Save version",
            effect="New cases follow it from now on. Running cases keep their version until they are moved.",
            undo="A version is never changed; save an older one's steps again to go back.",
            verb="Save version",
            is_open=state.dialog == "save",
            on_submit=state.save,
            fields=(reason_field("What changes, and why?"),),
            is_dangerous=False,
            **common,
        ),
        reason_dialog(
            title="Archive this campaign",
            effect="New cases get it no longer; running ones go on to their end.",
            undo="Can be undone with Use again.",
            verb="Archive",
            is_open=state.dialog == "archive",
            on_submit=state.archive,
            fields=(reason_field("Why is it out of use?"),),
            **common,
        ),
        _assign_dialog(state, common),
        _move_dialog(state, common),
        _mail_dialog(state),
    )


def _assign_dialog(state: Any, common: dict[str, Any]) -> rx.Component:
    return reason_dialog(
        title="Applies to",
        effect="A customer's own campaign comes first, then the plan's, then the tag's, then the default.",
        undo="Can be changed again; running cases keep their campaign.",
        verb="Assign",
        is_open=state.dialog == "assign",
        on_submit=state.assign,
        fields=_targets(state),
        is_dangerous=False,
        **common,
    )


def _targets(state: Any) -> tuple[rx.Component, ...]:
    return (
        rx.el.label(
            rx.el.input(type="checkbox", name="default", default_checked=state.targets["default"] != ""),
            rx.text(" The default, for everybody without another", size="2", as_="span"),
        ),
        text_field(
            "Plans", "plan", default=state.targets["plan"], placeholder="growth, scale", required=False
        ),
        text_field("Tags", "segment", default=state.targets["segment"], placeholder="vip", required=False),
        text_field(
            "Customers",
            "customer",
            default=state.targets["customer"],
            placeholder="Reference or id",
            required=False,
        ),
        text_field(
            "Only in",
            "currency",
            default=state.targets["currency"],
            placeholder="Any currency",
            required=False,
        ),
        text_field(
            "From amount", "least", default=state.targets["least"], placeholder="0.00", required=False
        ),
        reason_field("Why?"),
    )


def _move_dialog(state: Any, common: dict[str, Any]) -> rx.Component:
    return reason_dialog(
        title="Move running cases",
        effect=state.moved_text,
        undo="Steps whose day has passed count as taken. Cases can be moved again, one by one.",
        verb="Move them",
        is_open=state.dialog == "move",
        on_submit=state.move,
        fields=(
            rx.box(
                plain_table(
                    ["Case", "Next now", "Next then"],
                    rx.foreach(state.moved, _moved),
                    caption="Next steps before and after",
                ),
                max_height="320px",
                overflow="auto",
            ),
            reason_field("Why are they moved?"),
        ),
        is_dangerous=False,
        **common,
    )


def _moved(row: rx.Var[MovedView]) -> rx.Component:
    return rx.el.tr(rx.el.td(row.label), rx.el.td(row.before), rx.el.td(row.after))


def _mail_dialog(state: Any) -> rx.Component:
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title("Preview a message"),
            rx.dialog.description("With a real invoice. Nothing is sent.", size="2"),
            _mail_form(state),
            rx.cond(state.dialog_error != "", error_callout(state.dialog_error)),
            _mail(state),
            rx.flex(
                rx.button(
                    "Close",
                    on_click=state.close_dialog,
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                ),
                justify="end",
                margin_top="var(--space-4)",
            ),
            max_width="640px",
        ),
        open=state.dialog == "preview",
        on_open_change=state.close_dialog,
    )


def _mail_form(state: Any) -> rx.Component:
    return rx.form(
        rx.flex(
            rx.el.select(
                *[rx.el.option(each.replace("_", " ").capitalize(), value=each) for each in TEMPLATES],
                name="template",
                class_name="cf-select",
                aria_label="Template",
            ),
            rx.input(
                name="number",
                placeholder="INV-2026-000123, or the newest open one",
                aria_label="Invoice",
                flex="1",
            ),
            rx.button("Show", type="submit", variant="soft", high_contrast=True),
            gap="var(--space-2)",
            margin_y="var(--space-3)",
            class_name="cf-mail-form",
        ),
        on_submit=state.show_mail,
        reset_on_submit=False,
    )


def _mail(state: Any) -> rx.Component:
    return rx.cond(
        state.mail.subject != "",
        rx.card(
            rx.text(
                "To ",
                state.mail.customer,
                " \u00b7 ",
                state.mail.number,
                size="1",
                color="var(--gray-11)",
            ),
            rx.text(state.mail.subject, size="3", weight="medium"),
            rx.text(state.mail.body, size="2", class_name="cf-pre"),
            custom_attrs={"data-testid": "mail"},
        ),
    )


def versions_table(state: Any) -> rx.Component:
    """Every version, newest first."""
    return plain_table(
        ["Version", "Saved", "By", "Why", "Running", ""],
        rx.foreach(state.versions, lambda each: _version(each, state)),
        caption="Versions",
        numeric=(4,),
    )


def _version(row: rx.Var[VersionView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.number),
        rx.el.td(row.saved),
        rx.el.td(row.saved_by),
        rx.el.td(row.reason, style={"white_space": "normal"}),
        rx.el.td(row.running, class_name="cf-num"),
        rx.el.td(
            rx.cond(
                row.number != state.version,
                rx.button(
                    "Compare",
                    on_click=state.compare(row.number),
                    size="1",
                    variant="soft",
                    high_contrast=True,
                    aria_label="Compare " + row.number,
                ),
            )
        ),
        key=row.number,
    )


def compared_table(state: Any) -> rx.Component:
    """Two versions side by side; what differs is marked by a word too."""
    return rx.cond(
        state.compared.length() > 0,
        rx.box(
            rx.heading(state.compared_title, size="3", as_="h3", margin_y="var(--space-3)"),
            plain_table(
                ["Older", "In use", "Difference"],
                rx.foreach(state.compared, _line),
                caption="Both versions line by line",
            ),
        ),
    )


def _line(row: rx.Var[LineView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.left, style={"white_space": "normal"}),
        rx.el.td(row.right, style={"white_space": "normal"}),
        rx.el.td(
            rx.cond(
                row.differs, rx.badge("differs", color_scheme="amber", variant="soft", high_contrast=True), ""
            )
        ),
    )
