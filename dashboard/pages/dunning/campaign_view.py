"""How the designer looks: whom it is for, the steps as rows, routing and end, versions."""

from typing import Any

import reflex as rx

from dashboard.components.detail import section
from dashboard.components.dialogs import action_button
from dashboard.components.feedback import not_found, skeleton_rows
from dashboard.pages.dunning.campaign_dialogs import compared_table, dialogs, versions_table
from dashboard.pages.dunning.designer_data import ROUTE_LABELS, RouteView
from dashboard.pages.dunning.designer_rows import step_rows

SUBSCRIPTION_ENDS = [
    ("keep", "stays as it is"),
    ("pause", "is paused"),
    ("suspend", "is suspended until paid"),
    ("cancel", "is cancelled"),
]
INVOICE_ENDS = [("leave", "stays open"), ("write_off", "is written off")]


def body(state: Any) -> rx.Component:
    """The whole designer, or that there is no such campaign."""
    found = rx.vstack(
        _head(state),
        _checks(state),
        rx.cond(state.is_new, rx.fragment(), _applies(state)),
        section("Steps", step_rows(state)),
        rx.box(_routing(state), _end(state), class_name="cf-two-panes", width="100%"),
        rx.cond(state.is_new, rx.fragment(), _versions(state)),
        dialogs(state),
        spacing="4",
        width="100%",
    )
    return rx.cond(
        state.is_missing,
        not_found("campaign", "/billing/dunning/campaigns"),
        rx.cond(state.is_loaded, found, skeleton_rows()),
    )


def _head(state: Any) -> rx.Component:
    return rx.vstack(
        rx.el.nav(rx.link("Campaigns", href="/billing/dunning/campaigns", size="2"), aria_label="Breadcrumb"),
        rx.flex(
            rx.cond(
                state.is_new,
                rx.hstack(
                    rx.heading("New campaign", size="5", as_="h1"),
                    rx.input(
                        value=state.name,
                        on_change=lambda value: state.set_field("name", value),
                        placeholder="Its name",
                        aria_label="Name",
                    ),
                    align="center",
                ),
                rx.heading(state.name, size="5", as_="h1"),
            ),
            rx.badge(state.version, variant="soft", high_contrast=True),
            rx.cond(
                state.status == "archived",
                rx.badge("Archived", color_scheme="gray", variant="soft", high_contrast=True),
            ),
            rx.cond(
                state.is_changed,
                rx.badge("Not saved", color_scheme="amber", variant="soft", high_contrast=True),
            ),
            rx.spacer(),
            rx.cond(state.can_write, _actions(state)),
            width="100%",
            align="center",
            wrap="wrap",
            gap="var(--space-3)",
        ),
        spacing="1",
        width="100%",
    )


def _actions(state: Any) -> rx.Component:
    refusal = rx.cond(state.problems.length() > 0, "Mend what is named above first.", "")
    return rx.fragment(
        rx.cond(state.is_changed & ~state.is_new, action_button("Discard", "undo-2", state.discard)),
        action_button("Preview a message", "mail", state.ask("preview")),
        rx.cond(
            state.is_new,
            rx.fragment(),
            rx.fragment(
                rx.link(
                    rx.button(
                        rx.icon("flask-conical", size=16),
                        "Simulate",
                        variant="soft",
                        color_scheme="gray",
                        high_contrast=True,
                        tab_index=-1,
                    ),
                    href=state.simulate_href,
                ),
                rx.cond(
                    state.status == "archived",
                    action_button("Use again", "archive-restore", state.unarchive),
                    action_button("Archive", "archive", state.ask("archive")),
                ),
            ),
        ),
        action_button("Save version", "save", state.ask("save"), refusal=refusal, is_main=True),
    )


def _checks(state: Any) -> rx.Component:
    return rx.box(
        rx.cond(
            state.problems.length() > 0,
            rx.callout.root(
                rx.callout.icon(rx.icon("triangle-alert")),
                rx.callout.text(rx.foreach(state.problems, rx.el.div)),
                color_scheme="red",
                high_contrast=True,
            ),
            rx.cond(
                state.warnings.length() > 0,
                rx.callout.root(
                    rx.callout.icon(rx.icon("info")),
                    rx.callout.text(rx.foreach(state.warnings, rx.el.div)),
                    color_scheme="amber",
                    high_contrast=True,
                ),
            ),
        ),
        role="status",
        width="100%",
        custom_attrs={"data-testid": "checks"},
    )


def _applies(state: Any) -> rx.Component:
    return section(
        "Applies to",
        rx.hstack(
            rx.el.ul(rx.foreach(state.assigned, rx.el.li), class_name="cf-strip"),
            rx.spacer(),
            rx.cond(state.can_write, action_button("Change", "users", state.ask("assign"))),
            width="100%",
            align="center",
        ),
    )


def _routing(state: Any) -> rx.Component:
    return section(
        "After a decline that",
        rx.vstack(
            rx.foreach(state.routes, lambda each: _route(each, state)),
            spacing="3",
            width="100%",
        ),
    )


def _route(route: rx.Var[RouteView], state: Any) -> rx.Component:
    return rx.el.label(
        rx.text(route.label, size="2", weight="medium", as_="div"),
        rx.flex(
            rx.el.select(
                *[rx.el.option(label, value=kind.value) for kind, label in ROUTE_LABELS.items()],
                value=route.kind,
                on_change=lambda value: state.set_route(route.decline_class, "kind", value),
                class_name="cf-select",
                disabled=~state.can_write,
            ),
            rx.cond(
                route.kind == "jump",
                rx.input(
                    value=route.step,
                    on_change=lambda value: state.set_route(route.decline_class, "step", value),
                    aria_label="Step",
                    width="64px",
                ),
            ),
            gap="var(--space-2)",
        ),
        key=route.decline_class,
        width="100%",
    )


def _end(state: Any) -> rx.Component:
    return section(
        "The end",
        rx.vstack(
            _field(state, "Days after the beginning", "end_days"),
            _choice(state, "The subscription", "end_subscription", SUBSCRIPTION_ENDS),
            _choice(state, "The invoice", "end_invoice", INVOICE_ENDS),
            _field(state, "Charges at most", "budget"),
            rx.text(
                "It stops earlier where the invoice is paid, the subscription is cancelled or a payment is disputed.",
                size="1",
                color="var(--gray-11)",
            ),
            spacing="3",
            width="100%",
        ),
    )


def _field(state: Any, label: str, name: str) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.input(
            value=state.fields[name],
            on_change=lambda value: state.set_field(name, value),
            disabled=~state.can_write,
            width="100%",
        ),
        width="100%",
    )


def _choice(state: Any, label: str, name: str, options: list[tuple[str, str]]) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.el.select(
            *[rx.el.option(text, value=value) for value, text in options],
            value=state.fields[name],
            on_change=lambda value: state.set_field(name, value),
            class_name="cf-select",
            disabled=~state.can_write,
        ),
        width="100%",
    )


def _versions(state: Any) -> rx.Component:
    return section(
        "Versions",
        rx.cond(
            state.movable > 0,
            rx.hstack(
                rx.text(f"{state.movable} running cases keep an older version.", size="2"),
                action_button("Move them", "shuffle", state.ask_move),
                align="center",
                margin_bottom="var(--space-3)",
            ),
        ),
        versions_table(state),
        compared_table(state),
    )
