"""How the page of limits looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, reason_dialog, reason_field
from dashboard.components.feedback import skeleton_rows
from dashboard.pages.approvals.limits_data import RuleView, VersionView
from models.limits import ACTIONS


def body(state: Any) -> rx.Component:
    """Rules that hold, their versions, the form of one."""
    return rx.vstack(
        rx.flex(
            rx.heading("Approval limits", size="5", as_="h1"),
            rx.spacer(),
            rx.cond(
                state.can_write,
                action_button("New rule", "plus", state.ask_change(""), is_main=True, key="n"),
            ),
            width="100%",
            align="center",
            wrap="wrap",
            gap="var(--space-3)",
        ),
        rx.text(
            "Up to the amount one person decides alone. Above it somebody else approves, in the dashboard only: "
            "the API and the program itself are refused too. Nobody approves their own request. "
            "“Any other” is written with two decimals: 10,000.00 is 1,000,000 yen, so give such a currency its own rule.",
            size="2",
            color="var(--gray-11)",
            max_width="75ch",
        ),
        rx.cond(
            state.is_loaded & ~state.can_write,
            rx.callout(
                "You see the limits. Changing them needs approval_limits:write, which an administrator has.",
                icon="lock",
                color_scheme="gray",
                variant="soft",
                high_contrast=True,
                width="100%",
            ),
        ),
        rx.cond(state.is_loaded, _tables(state), skeleton_rows()),
        _dialog(state),
        spacing="4",
        width="100%",
    )


def _tables(state: Any) -> rx.Component:
    return rx.vstack(
        plain_table(
            ["Action", "Currency", "Alone up to", "Waits", "Set by", "Reason", ""],
            rx.foreach(state.rules, lambda rule: _rule(rule, state)),
            caption="Limits that hold",
            numeric=(2, 3),
        ),
        section(
            "Versions",
            rx.cond(
                state.versions.length() > 0,
                plain_table(
                    ["Action", "Currency", "Alone up to", "Waits", "Set by", "When", "Reason"],
                    rx.foreach(state.versions, _version),
                    caption="Versions",
                    numeric=(2, 3),
                ),
                rx.text(
                    "Nobody has changed a limit yet: the settings of the program hold.",
                    size="2",
                    color="var(--gray-11)",
                ),
            ),
        ),
        spacing="4",
        width="100%",
    )


def _rule(rule: rx.Var[RuleView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rule.label),
        rx.el.td(rule.currency_text),
        rx.el.td(rule.amount, class_name="cf-num"),
        rx.el.td(rule.waits, class_name="cf-num"),
        rx.el.td(rx.el.span(rule.source, title=rule.exact)),
        rx.el.td(rule.reason),
        rx.el.td(
            rx.cond(
                state.can_write,
                rx.button(
                    "Change",
                    aria_label="Change " + rule.label + " " + rule.currency_text,
                    on_click=state.ask_change(rule.id),
                    size="1",
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                ),
            )
        ),
    )


def _version(row: rx.Var[VersionView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.label),
        rx.el.td(row.currency),
        rx.el.td(row.amount, class_name="cf-num"),
        rx.el.td(row.waits, class_name="cf-num"),
        rx.el.td(row.by),
        rx.el.td(rx.el.time(row.when, title=row.exact)),
        rx.el.td(row.reason),
    )


def _dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title=rx.cond(state.is_new, "New approval limit", "Change the limit: " + state.rule_title),
        effect="It holds from now on. Requests that wait keep the limit they were asked under.",
        undo="Can be reversed by another version; each stays on record.",
        verb="Set limit",
        is_open=state.dialog == "limit",
        on_close=state.close_dialog,
        on_submit=state.change,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            rx.cond(state.is_new, _which(state)),
            _field("One person decides alone up to", "amount", state.amount, state, "10000.00"),
            rx.text(
                state.outlook,
                size="2",
                role="status",
                color="var(--gray-11)",
                custom_attrs={"data-testid": "outlook"},
            ),
            _field("A request waits, in hours", "hours", state.hours, state, "As the settings say"),
            reason_field("Why is it changed?"),
        ),
    )


def _which(state: Any) -> rx.Component:
    return rx.flex(
        rx.el.label(
            rx.text("Action", size="2", weight="medium", as_="div"),
            rx.select.root(
                rx.select.trigger(width="100%", aria_label="Action"),
                rx.select.content(
                    *[rx.select.item(spec.label, value=action.value) for action, spec in ACTIONS.items()]
                ),
                value=state.action,
                on_change=lambda value: state.type_limit("action", value),
            ),
            width="100%",
        ),
        _field("Currency", "currency", state.currency, state, "EUR, or * for any other"),
        gap="var(--space-3)",
        width="100%",
    )


def _field(label: str, name: str, value: Any, state: Any, placeholder: str) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.input(
            value=value,
            on_change=lambda typed: state.type_limit(name, typed),
            placeholder=placeholder,
            width="100%",
        ),
        width="100%",
    )
