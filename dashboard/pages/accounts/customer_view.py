"""How a customer looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table, table_cell
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, link_button, reason_dialog, reason_field, text_field
from dashboard.components.feedback import empty_state
from dashboard.components.timeline import timeline
from dashboard.components.views import Fact
from dashboard.pages.accounts.customer_billing_view import billing_dialog, billing_tab
from dashboard.pages.accounts.customer_credit_view import adjust_dialog, credit_tab
from dashboard.pages.accounts.customer_data import (
    INVOICE_COLUMNS,
    SUBSCRIPTION_COLUMNS,
    Choice,
    MoneyView,
    PersonView,
)
from dashboard.pages.accounts.customer_methods_view import collection_dialog, methods_tab

DIALOGS = ("edit", "owner", "status", "contact")


def body(state: Any) -> rx.Component:
    """The page of a customer."""
    return detail_page(
        state,
        noun="customer",
        list_label="Customers",
        list_href="/customers",
        first_tab=_overview(state),
        tabs={
            "subscriptions": _subscriptions(state),
            "invoices": _invoices(state),
            "methods": methods_tab(state),
            "credit": credit_tab(state),
            "people": _people(state),
            "billing": billing_tab(state),
        },
        actions=(
            action_button("New invoice", "file-plus", state.new_invoice),
            action_button("Change status", "circle-dot", state.open_dialog("status")),
            action_button("Assign", "user-check", state.open_dialog("owner")),
            action_button("Edit", "pencil", state.open_dialog("edit"), is_main=True, key="e"),
        ),
        dialogs=(
            _edit_dialog(state),
            _owner_dialog(state),
            _status_dialog(state),
            _contact_dialog(state),
            billing_dialog(state),
            adjust_dialog(state),
            collection_dialog(state),
        ),
    )


def _overview(state: Any) -> rx.Component:
    return rx.vstack(
        section(
            "Now",
            rx.cond(
                state.now_items.length() > 0,
                rx.el.dl(rx.foreach(state.now_items, _now_item), class_name="cf-facts"),
                rx.text("Nothing is overdue.", size="2", color="var(--gray-11)"),
            ),
        ),
        section("Next", rx.text(state.next_text, size="2")),
        rx.box(rx.foreach(state.money, _money_tile), class_name="cf-tiles", width="100%"),
        section(
            "Latest invoices", _rows(state.invoices[:6], INVOICE_COLUMNS, "No invoices yet."), id="latest"
        ),
        section("Lately", timeline(state.timeline[:5])),
        spacing="4",
        width="100%",
    )


def _now_item(item: rx.Var[Fact]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(rx.badge(item.label, color_scheme="red", variant="soft", high_contrast=True)),
        rx.el.dd(rx.link(item.value, href=item.href)),
    )


def _money_tile(tile: rx.Var[MoneyView]) -> rx.Component:
    return rx.card(
        rx.text(tile.label, size="1", weight="medium", color="var(--gray-11)"),
        rx.text(tile.value, size="4", weight="medium"),
        rx.text(tile.definition, size="1", color="var(--gray-11)"),
    )


def _rows(rows: Any, columns: Any, nothing: str) -> rx.Component:
    heads = [column.label for column in columns]
    numeric = tuple(index for index, column in enumerate(columns) if column.kind == "money")
    return rx.cond(
        rows.length() > 0,
        plain_table(
            heads,
            rx.foreach(rows, lambda row: rx.el.tr(rx.foreach(row.cells, table_cell))),
            caption="Rows",
            numeric=numeric,
        ),
        empty_state("inbox", nothing, "They appear here as soon as there are any."),
    )


def _subscriptions(state: Any) -> rx.Component:
    return rx.vstack(
        _rows(state.subscriptions, SUBSCRIPTION_COLUMNS, "No subscriptions yet."),
        link_button("New subscription", "plus", state.start_href),
        width="100%",
    )


def _invoices(state: Any) -> rx.Component:
    return rx.vstack(
        _rows(state.invoices, INVOICE_COLUMNS, "No invoices yet."),
        rx.link("All invoices of this customer", href=state.invoices_href, size="2"),
        width="100%",
    )


def _people(state: Any) -> rx.Component:
    return rx.vstack(
        plain_table(
            ["Name", "E-mail", "Role", "Phone"],
            rx.foreach(state.people, _person),
            caption="People",
        ),
        action_button("Add contact", "user-plus", state.open_dialog("contact")),
        width="100%",
    )


def _person(person: rx.Var[PersonView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            person.name,
            rx.cond(
                person.is_primary,
                rx.badge("Primary", variant="soft", high_contrast=True, class_name="cf-note"),
            ),
        ),
        rx.el.td(person.email),
        rx.el.td(person.role),
        rx.el.td(person.phone),
    )


def _edit_dialog(state: Any) -> rx.Component:
    form = state.form
    return reason_dialog(
        title="Edit " + state.title,
        effect="The change stands on the timeline with what it was before.",
        undo="Can be changed back at any time.",
        verb="Save changes",
        is_open=state.dialog == "edit",
        on_close=state.close_dialog,
        on_submit=state.save,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Name", "name", default=form["name"]),
            text_field("Billing e-mail", "email", default=form["email"], required=False),
            text_field("Country", "country", default=form["country"], placeholder="DE"),
            text_field("Time zone", "time_zone", default=form["time_zone"], placeholder="Europe/Berlin"),
            text_field("Language", "locale", default=form["locale"], placeholder="en, de, fr, es or ja"),
            text_field(
                "Tags", "tags", default=form["tags"], placeholder="fiber, key account", required=False
            ),
        ),
    )


def _owner_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Assign " + state.title,
        effect="The account manager sees the customer among their own.",
        undo="Can be changed back at any time.",
        verb="Assign",
        is_open=state.dialog == "owner",
        on_close=state.close_dialog,
        on_submit=state.assign,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(_choices("Account manager", "owner", state.owners, state.owner_id),),
    )


def _status_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Change the status of " + state.title,
        effect="Subscriptions and invoices stay as they are.",
        undo="Can be reversed by changing the status again, where the rules allow it.",
        verb="Change status",
        is_open=state.dialog == "status",
        on_close=state.close_dialog,
        on_submit=state.change_status,
        error=state.dialog_error,
        fields=(_choices("Status", "status", state.statuses, ""), reason_field("Why?")),
    )


def _contact_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Add a contact",
        effect="The first contact is the primary one.",
        undo="Stays on record.",
        verb="Add contact",
        is_open=state.dialog == "contact",
        on_close=state.close_dialog,
        on_submit=state.add_person,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Name", "name"),
            text_field("E-mail", "email", kind="email"),
            text_field("Phone", "phone", required=False),
            text_field("Role", "role", placeholder="Billing", required=False),
        ),
    )


def _choices(label: str, name: str, options: Any, default: Any) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.select.root(
            rx.select.trigger(width="100%", placeholder="Choose"),
            rx.select.content(rx.foreach(options, _option)),
            name=name,
            default_value=default,
            required=True,
        ),
        width="100%",
    )


def _option(option: rx.Var[Choice]) -> rx.Component:
    return rx.select.item(option.label, value=option.value)
