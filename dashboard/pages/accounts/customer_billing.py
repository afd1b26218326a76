"""The billing details of a customer: what invoices say of them, and on which terms."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, reason_dialog, text_field
from dashboard.components.views import Fact
from dashboard.pages.accounts.customer_data import Choice
from models.billing import BillingProfileRow, get_billing_profile, list_legal_entities
from models.kernel.actor import Actor
from models.kernel.listing import show_date

POLICIES = {"by_rule": "By the rules for all", "always": "Always a person"}
FIELDS = (
    "legal_name",
    "address",
    "region",
    "tax_id",
    "exempt_reason",
    "net_terms_days",
    "legal_entity",
    "review_policy",
)


def load_billing(
    session: Session, actor: Actor, tenant_id: UUID
) -> tuple[BillingProfileRow, list[tuple[str, str]]]:
    """The details, and the companies of ours to choose from."""
    return get_billing_profile(session, actor, tenant_id), list_legal_entities(session, actor)


def show_billing(found: BillingProfileRow, entities: list[tuple[str, str]], reader: Actor) -> dict[str, Any]:
    """The state's variables for these details."""
    until = found.exempt_until_on
    exempt = found.exempt_reason + (f", until before {show_date(until, reader.locale)}" if until else "")
    terms = found.net_terms_days
    return {
        "billing": [
            Fact("Legal name", found.legal_name or "\u2014"),
            Fact("Address", found.address.replace(";", ",") or "\u2014"),
            Fact("Region", found.region or "\u2014"),
            Fact("Tax id", found.tax_id or "\u2014", title="Checked by its form only"),
            Fact("Exempt from tax", exempt or "No"),
            Fact("Net terms", "As for all" if terms is None else f"{terms} days"),
            Fact("Issued by", dict(entities).get(found.legal_entity, found.legal_entity)),
            Fact("Drafts are reviewed", POLICIES.get(found.review_policy, found.review_policy)),
        ],
        "billing_form": {
            **{name: str(getattr(found, name)) for name in FIELDS},
            "net_terms_days": "" if terms is None else str(terms),
            "exempt_until_on": until.isoformat() if until else "",
        },
        "entities": [Choice(key, name) for key, name in entities],
    }


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
