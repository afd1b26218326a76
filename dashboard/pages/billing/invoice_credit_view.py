"""How the dialog that credits an invoice looks."""

from typing import Any

import reflex as rx

from dashboard.components.approval import approval_callout, ask_or
from dashboard.components.data_table import plain_table
from dashboard.components.dialogs import error_callout, reason_field, select_field, text_field
from dashboard.pages.billing.invoice_credit import CreditRow
from dashboard.pages.billing.invoice_dialogs import CHANNELS
from models.billing import PaymentChannel


def credit_dialog(state: Any) -> rx.Component:
    """Lines with what is left, four ways to settle with a live remainder, a reason."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title("Credit " + state.title),
            rx.dialog.description(
                "Takes back all or part of the invoice with a credit note of its own number. "
                "Amounts are without tax; the tax follows.",
                size="2",
            ),
            rx.form(
                rx.vstack(
                    _shortcuts(state),
                    plain_table(
                        ["Line", "Left", "Credit", "Tax"],
                        rx.foreach(state.credit_rows, lambda row: _row(row, state)),
                        caption="Lines to credit",
                        numeric=(1, 2, 3),
                    ),
                    _sums(state),
                    _settlement(state),
                    approval_callout(state),
                    reason_field("Why is it given back?"),
                    rx.cond(state.dialog_error != "", error_callout(state.dialog_error)),
                    _buttons(state),
                    spacing="4",
                    margin_top="var(--space-4)",
                    width="100%",
                ),
                on_submit=state.issue_credit,
                reset_on_submit=False,
            ),
            # Without the phone's own width the table inside would say how wide the dialog is.
            max_width="min(680px, calc(100vw - 2 * var(--space-4)))",
        ),
        open=state.dialog == "credit",
        on_open_change=state.close_dialog,
    )


def _shortcuts(state: Any) -> rx.Component:
    return rx.hstack(
        *[
            rx.button(
                label,
                type="button",
                on_click=state.take_percent(percent),
                size="1",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
            )
            for label, percent in (("Half of what is left", "50"), ("All that is left", "100"))
        ],
    )


def _row(row: rx.Var[CreditRow], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.description),
        rx.el.td(row.left, class_name="cf-num"),
        rx.el.td(
            rx.input(
                value=row.typed,
                on_change=state.type_amount(row.id),
                aria_label="Credit of " + row.description,
                placeholder="0",
                width="120px",
                class_name="cf-num-input",
            ),
            class_name="cf-num",
        ),
        rx.el.td(row.tax, class_name="cf-num"),
    )


def _sums(state: Any) -> rx.Component:
    sums = state.credit_sums
    return rx.el.dl(
        *[
            part
            for label, value in (("Without tax", sums.subtotal), ("Tax", sums.tax), ("Total", sums.total))
            for part in (
                rx.el.dt(rx.text(label, size="2")),
                rx.el.dd(rx.text(value, size="2", weight="medium")),
            )
        ],
        class_name="cf-totals",
    )


def _settlement(state: Any) -> rx.Component:
    sums = state.credit_sums
    fields = (
        ("Reduce what is due", "reduce", sums.due),
        ("To the balance", "to_balance", sums.given),
        ("Refund", "refund", sums.refundable),
        ("Settled outside", "outside", sums.given),
    )
    return rx.vstack(
        rx.box(
            *[_part(state, label, name, limit) for label, name, limit in fields],
            class_name="cf-tiles",
            width="100%",
        ),
        rx.cond(
            state.parts["refund"] != "0",
            rx.hstack(
                select_field("Refunded by", "channel", CHANNELS, PaymentChannel.bank_transfer),
                text_field("Reference of the refund", "reference", required=False),
                width="100%",
            ),
        ),
        rx.text(
            "Left to settle: ",
            rx.el.strong(state.remainder, custom_attrs={"data-testid": "remainder"}),
            size="2",
            role="status",
        ),
        width="100%",
        spacing="3",
    )


def _part(state: Any, label: str, name: str, limit: Any) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.input(value=state.parts[name], on_change=state.type_part(name), width="100%"),
        rx.text("At most ", limit, size="1", color="var(--gray-11)", as_="div"),
    )


def _buttons(state: Any) -> rx.Component:
    return rx.flex(
        rx.text("Can be voided while no money has left for it.", size="1", color="var(--gray-11)"),
        rx.spacer(),
        rx.button(
            "Cancel",
            on_click=state.close_dialog,
            type="button",
            variant="soft",
            color_scheme="gray",
            high_contrast=True,
        ),
        rx.button(
            ask_or(state, state.credit_verb),
            type="submit",
            disabled=~state.is_settled,
            high_contrast=True,
            color_scheme=rx.cond(state.needs_approval, "indigo", "red"),
        ),
        align="center",
        wrap="wrap",
        gap="var(--space-3)",
        width="100%",
    )
