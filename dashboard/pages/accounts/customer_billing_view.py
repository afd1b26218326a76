"""How the Billing tab of a customer looks."""

from typing import Any

import reflex as rx

from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, reason_dialog, text_field
from dashboard.pages.accounts.customer_billing import POLICIES
from dashboard.pages.accounts.customer_data import Choice


def billing_tab(state: Any) -> rx.Component:
    """The details, and the way to change them."""
    return rx.vstack(
        section(
            "Billing details",
            rx.el.dl(
                rx.foreach(
                    state.billing,
                    lambda fact: rx.fragment(rx.el.dt(fact.label), rx.el.dd(fact.value, title=fact.title)),
                ),
                class_name="cf-facts",
            ),
        ),
        action_button("Edit billing details", "pencil", state.open_billing),
        spacing="4",
        width="100%",
    )


def billing_dialog(state: Any) -> rx.Component:
    """The form of the details."""
    return reason_dialog(
        title="Billing details of " + state.title,
        effect="The next invoice carries them. Issued ones keep what they were issued with.",
        undo="Can be changed back at any time.",
        verb="Save billing details",
        is_open=state.dialog == "billing",
        on_close=state.close_dialog,
        on_submit=state.save_billing,
        error=state.dialog_error,
        is_dangerous=False,
        fields=_fields(state),
    )


def _fields(state: Any) -> tuple[rx.Component, ...]:
    form = state.billing_form
    policies = [Choice(key, label) for key, label in POLICIES.items()]
    return (
        _text(form, "Legal name", "legal_name"),
        _text(form, "Address", "address", placeholder="Street 1; 10115 Berlin"),
        _pair(_text(form, "Region", "region"), _text(form, "Tax id", "tax_id", placeholder="DE136695976")),
        _pair(
            _text(form, "Exempt because", "exempt_reason"),
            _text(form, "No longer from", "exempt_until_on", kind="date"),
        ),
        _text(form, "Net terms in days", "net_terms_days", placeholder="As for all"),
        _choice("Issued by", "legal_entity", state.entities, form["legal_entity"]),
        _choice("Drafts are reviewed", "review_policy", policies, form["review_policy"]),
    )


def _text(form: Any, label: str, name: str, **facts: str) -> rx.Component:
    return text_field(label, name, default=form[name], required=False, **facts)


def _pair(*fields: rx.Component) -> rx.Component:
    return rx.flex(*fields, gap="var(--space-3)", width="100%")


def _choice(label: str, name: str, options: Any, default: Any) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.select.root(
            rx.select.trigger(width="100%"),
            rx.select.content(
                rx.foreach(options, lambda option: rx.select.item(option.label, value=option.value))
                if isinstance(options, rx.Var)
                else rx.fragment(*[rx.select.item(each.label, value=each.value) for each in options])
            ),
            name=name,
            default_value=default,
        ),
        width="100%",
    )
