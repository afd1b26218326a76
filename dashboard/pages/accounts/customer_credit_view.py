"""How the Credit tab of a customer looks."""

from typing import Any

import reflex as rx

from dashboard.components.approval import approval_callout, ask_or, request_callouts
from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import action_button, error_callout, reason_field
from dashboard.components.native import download_link
from dashboard.pages.accounts.customer_credit import LedgerView


def credit_tab(state: Any) -> rx.Component:
    """Balances, the ledger with its running balance, and the statement by dates."""
    return rx.vstack(
        request_callouts(state.credit_requests),
        section(
            "Balance",
            rx.hstack(
                rx.foreach(state.balances, lambda each: rx.text(each, size="4", weight="medium")),
                rx.spacer(),
                action_button("Adjust balance", "wallet", state.ask_adjust),
                width="100%",
                align="center",
                wrap="wrap",
            ),
            rx.text(
                "Money we hold in the customer's favour; the next invoice takes it off.",
                size="2",
                color="var(--gray-11)",
            ),
        ),
        section(
            "Ledger",
            rx.cond(
                state.ledger.length() > 0,
                plain_table(
                    ["When", "What", "From", "Reason", "Amount", "Balance"],
                    rx.foreach(state.ledger, _entry),
                    caption="Ledger",
                    numeric=(4, 5),
                ),
                rx.text("Nothing has moved yet.", size="2", color="var(--gray-11)"),
            ),
        ),
        section("Statement", _statement(state)),
        spacing="4",
        width="100%",
    )


def _entry(entry: rx.Var[LedgerView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(entry.when),
        rx.el.td(entry.what),
        rx.el.td(rx.cond(entry.href != "", rx.link(entry.source, href=entry.href), "\u2014")),
        rx.el.td(entry.reason),
        rx.el.td(entry.amount, class_name="cf-num"),
        rx.el.td(entry.after, class_name="cf-num"),
    )


def _statement(state: Any) -> rx.Component:
    return rx.flex(
        _labelled(
            "First day",
            rx.input(type="date", value=state.statement_from, on_change=state.set_statement("from")),
        ),
        _labelled(
            "Last day", rx.input(type="date", value=state.statement_to, on_change=state.set_statement("to"))
        ),
        _labelled(
            "Currency",
            rx.select(
                state.currencies,
                value=state.statement_currency,
                on_change=state.set_statement("currency"),
            ),
        ),
        download_link("Statement as PDF", href=state.statement_href + "&download=1"),
        gap="var(--space-4)",
        align="end",
        wrap="wrap",
    )


def _labelled(label: str, field: rx.Component) -> rx.Component:
    return rx.el.label(rx.text(label, size="2", weight="medium", as_="div"), field)


def adjust_dialog(state: Any) -> rx.Component:
    """An amount with its effect on the balance as it is typed, and a reason."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title("Adjust the balance of " + state.title),
            rx.dialog.description(
                "A positive amount is given to the customer, a negative one taken back.", size="2"
            ),
            rx.form(
                rx.vstack(
                    _amount(state),
                    rx.text("Balance: ", state.adjust_effect, size="2", role="status"),
                    approval_callout(state),
                    reason_field("Why is the balance adjusted?"),
                    rx.cond(state.dialog_error != "", error_callout(state.dialog_error)),
                    rx.text(
                        "Rows of the ledger never change; it is reversed by the opposite amount.",
                        size="1",
                        color="var(--gray-11)",
                    ),
                    rx.button(
                        ask_or(state, state.adjust_verb),
                        type="submit",
                        disabled=~state.can_adjust,
                        high_contrast=True,
                        align_self="end",
                    ),
                    spacing="4",
                    margin_top="var(--space-4)",
                    width="100%",
                ),
                on_submit=state.adjust,
                reset_on_submit=False,
            ),
            max_width="480px",
        ),
        open=state.dialog == "adjust",
        on_open_change=state.close_dialog,
    )


def _amount(state: Any) -> rx.Component:
    return rx.hstack(
        _labelled(
            "Amount",
            rx.input(
                value=state.adjust_amount,
                on_change=state.type_adjust("amount"),
                placeholder="25.00 or -25.00",
            ),
        ),
        _labelled(
            "Currency",
            rx.select(
                state.currencies,
                value=state.adjust_currency,
                on_change=state.type_adjust("currency"),
            ),
        ),
        wrap="wrap",
    )
