"""How an invoice looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import (
    action_button,
    reason_dialog,
    reason_field,
    select_field,
    text_field,
)
from dashboard.components.native import download_link
from dashboard.pages.billing.invoice_data import LineView, PaymentView, TotalView
from models.billing import PaymentChannel

CHANNELS = [(channel.value, channel.value.replace("_", " ").capitalize()) for channel in PaymentChannel]


def body(state: Any) -> rx.Component:
    """The page of an invoice."""
    return detail_page(
        state,
        noun="invoice",
        list_label="Invoices",
        list_href="/billing/invoices",
        first_tab=_lines(state),
        tabs={"document": _document(state)},
        actions=(
            action_button("Void invoice", "ban", state.ask_void, refusal=state.void_refusal),
            action_button(
                "Record payment", "banknote", state.ask_payment, refusal=state.pay_refusal, is_main=True
            ),
        ),
        dialogs=(_void_dialog(state), _payment_dialog(state)),
    )


def _lines(state: Any) -> rx.Component:
    return rx.vstack(
        plain_table(
            ["Description", "Period", "Quantity", "Unit price", "Amount"],
            rx.foreach(state.lines, _line_row),
            caption="Lines",
            numeric=(2, 3, 4),
        ),
        rx.el.dl(rx.foreach(state.totals, _total), class_name="cf-totals"),
        section(
            "Payments",
            rx.cond(
                state.payments.length() > 0,
                plain_table(
                    ["Received", "Channel", "Reference", "Amount"],
                    rx.foreach(state.payments, _payment_row),
                    caption="Payments",
                    numeric=(3,),
                ),
                rx.text("No payments yet.", size="2", color="var(--gray-11)"),
            ),
        ),
        spacing="4",
        width="100%",
    )


def _line_row(line: rx.Var[LineView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            line.description,
            rx.popover.root(
                rx.popover.trigger(
                    rx.icon_button(
                        rx.icon("circle-help", size=14),
                        aria_label="Why this amount?",
                        variant="ghost",
                        color_scheme="gray",
                        high_contrast=True,
                        size="1",
                        margin_left="var(--space-2)",
                    )
                ),
                rx.popover.content(
                    rx.text("How this line was computed", size="2", weight="medium"),
                    rx.el.dl(
                        rx.foreach(
                            line.why, lambda each: rx.fragment(rx.el.dt(each.label), rx.el.dd(each.value))
                        ),
                        class_name="cf-facts",
                    ),
                ),
            ),
        ),
        rx.el.td(line.period),
        rx.el.td(line.quantity, class_name="cf-num"),
        rx.el.td(line.unit, class_name="cf-num"),
        rx.el.td(line.amount, class_name="cf-num"),
    )


def _payment_row(payment: rx.Var[PaymentView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(payment.when),
        rx.el.td(payment.channel),
        rx.el.td(payment.reference),
        rx.el.td(payment.amount, class_name="cf-num"),
    )


def _total(total: rx.Var[TotalView]) -> rx.Component:
    weight = rx.cond(total.is_main, "bold", "regular")
    return rx.fragment(
        rx.el.dt(rx.text(total.label, size="2", weight=weight)),
        rx.el.dd(rx.text(total.amount, size="2", weight=weight)),
    )


def _document(state: Any) -> rx.Component:
    return rx.vstack(
        download_link("Download PDF", href=state.pdf_href + "?download=1"),
        rx.el.iframe(src=state.pdf_href, title="Invoice document", class_name="cf-pdf"),
        width="100%",
    )


def _void_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Void invoice " + state.title,
        effect=state.effect,
        undo="Cannot be undone. A new invoice can be issued instead.",
        verb=state.verb,
        is_open=state.dialog == "void",
        on_close=state.close_dialog,
        on_submit=state.void,
        error=state.dialog_error,
        fields=(reason_field("Why is it not owed?"),),
    )


def _payment_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Record a payment on " + state.title,
        effect="Money that arrived outside, for example by bank transfer. Nothing is charged.",
        undo="Cannot be undone here. A refund gives the money back.",
        verb="Record payment",
        is_open=state.dialog == "payment",
        on_close=state.close_dialog,
        on_submit=state.pay,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Amount", "amount", default=state.due_text),
            text_field("Received on", "received_on", kind="date", default=state.today),
            select_field("Channel", "channel", CHANNELS, PaymentChannel.bank_transfer),
            text_field("Reference", "reference", placeholder="What the statement says", required=False),
        ),
    )
