"""How the Payment methods tab of a customer looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, reason_dialog
from dashboard.components.feedback import empty_state
from dashboard.pages.accounts.customer_methods import MethodView


def methods_tab(state: Any) -> rx.Component:
    """The methods, the link to add one, and whether they are charged by themselves."""
    return rx.vstack(
        section(
            "Collection",
            rx.text(state.collect_text, size="2", margin_bottom="var(--space-3)"),
            rx.flex(
                action_button("Copy link to add a method", "link", state.copy_method_link),
                rx.cond(
                    state.is_automatic,
                    action_button("Let invoices wait", "pause", state.ask_collection),
                    action_button(
                        "Collect automatically", "zap", state.ask_collection, refusal=state.collect_refusal
                    ),
                ),
                gap="var(--space-3)",
                wrap="wrap",
            ),
        ),
        rx.cond(
            state.methods.length() > 0,
            plain_table(
                ["Method", "Expires", "Status", "Last result", ""],
                rx.foreach(state.methods, lambda each: _row(each, state)),
                caption="Payment methods",
            ),
            empty_state(
                "credit-card",
                "No payment method yet.",
                "Send the customer a link to add one, or a payment link: what they pay with is kept.",
            ),
        ),
        spacing="4",
        width="100%",
    )


def _row(method: rx.Var[MethodView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            method.words,
            rx.cond(
                method.is_default,
                rx.badge("Default", variant="soft", high_contrast=True, class_name="cf-note"),
            ),
        ),
        rx.el.td(method.expires),
        rx.el.td(rx.badge(method.badge, color_scheme=method.tone, variant="soft", high_contrast=True)),
        rx.el.td(rx.cond(method.failure != "", method.failure, "No failure"), title=method.failure),
        rx.el.td(
            rx.cond(
                method.can_prefer,
                rx.button(
                    "Make default",
                    aria_label="Make " + method.words + " the default",
                    on_click=state.prefer(method.id),
                    size="1",
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                ),
            )
        ),
    )


def collection_dialog(state: Any) -> rx.Component:
    """Asks before it is changed how invoices are collected."""
    return reason_dialog(
        title="How invoices of " + state.title + " are collected",
        effect=rx.cond(
            state.is_automatic,
            "From now on invoices wait for the customer to pay. Charges under way go on.",
            "From now on the default method is charged when an invoice is issued. Open invoices are not.",
        ),
        undo="Can be changed back at any time.",
        verb=rx.cond(state.is_automatic, "Let invoices wait", "Collect automatically"),
        is_open=state.dialog == "collection",
        on_close=state.close_dialog,
        on_submit=state.set_collection,
        error=state.dialog_error,
        is_dangerous=False,
    )
