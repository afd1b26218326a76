"""How an invoice looks."""

from typing import Any

import reflex as rx

from dashboard.components.approval import request_callouts
from dashboard.components.callouts import callout
from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, menu_action, more_actions
from dashboard.components.native import download_link
from dashboard.components.preview import why_button
from dashboard.pages.billing import invoice_dialogs as dialogs
from dashboard.pages.billing.charge_dialog import charge_dialog
from dashboard.pages.billing.invoice_collect import collect_actions, collection_callouts, collection_tab
from dashboard.pages.billing.invoice_credit_view import credit_dialog
from dashboard.pages.billing.invoice_data import CreditView, LineView, PaymentView, TotalView
from dashboard.pages.billing.invoice_send_view import mails_of, send_dialog
from dashboard.pages.billing.invoice_standing import StepView


def body(state: Any) -> rx.Component:
    """The page of an invoice."""
    return detail_page(
        state,
        noun="invoice",
        list_label="Invoices",
        list_href="/billing/invoices",
        first_tab=_lines(state),
        tabs={
            "collection": collection_tab(state),
            "credits": _credits(state),
            "document": _document(state),
        },
        actions=(_actions(state),),
        dialogs=(
            *dialogs.invoice_dialogs(state),
            credit_dialog(state),
            charge_dialog(state),
            send_dialog(state),
        ),
    )


def _actions(state: Any) -> rx.Component:
    """The main one is chosen by the status; one that is not possible says why."""
    void = action_button("Void invoice", "ban", state.ask_void, refusal=state.void_refusal)
    draft = (
        void,
        action_button("Add line", "list-plus", state.ask_add, refusal=state.edit_refusal),
        rx.cond(
            state.held_reason != "",
            action_button("Release", "play", state.release),
            action_button("Hold", "pause", state.ask_hold, refusal=state.hold_refusal),
        ),
        action_button(
            "Approve and issue", "check", state.approve, refusal=state.approve_refusal, is_main=True
        ),
    )
    issued = (
        more_actions(
            rx.cond(
                state.is_written_off,
                menu_action("Reopen", state.ask_reopen, refusal=state.reopen_refusal),
                menu_action("Write off", state.ask_write_off, refusal=state.write_off_refusal),
            ),
            menu_action("Void invoice", state.ask_void, refusal=state.void_refusal),
        ),
        action_button("Send", "send", state.ask_send, refusal=state.send_refusal),
        action_button("Credit", "undo-2", state.ask_credit, refusal=state.credit_refusal),
        collect_actions(state, *(_record(state, is_main=is_main) for is_main in (False, True))),
    )
    stuck = (void, action_button("Retry " + state.failed_step, "refresh-cw", state.retry, is_main=True))
    return rx.match(
        state.stage, ("draft", rx.fragment(*draft)), ("stuck", rx.fragment(*stuck)), rx.fragment(*issued)
    )


def _record(state: Any, *, is_main: bool) -> rx.Component:
    return action_button(
        "Record payment", "banknote", state.ask_payment, refusal=state.pay_refusal, is_main=is_main
    )


def _lines(state: Any) -> rx.Component:
    return rx.vstack(
        _callouts(state),
        collection_callouts(state),
        rx.el.ol(rx.foreach(state.steps, _step), class_name="cf-strip", aria_label="Steps"),
        plain_table(
            ["Description", "Period", "Quantity", "Unit price", "Tax", "Amount", ""],
            rx.foreach(state.lines, lambda line: _line_row(line, state)),
            caption="Lines",
            numeric=(2, 3, 4, 5),
        ),
        rx.el.dl(rx.foreach(state.totals, _total), class_name="cf-totals"),
        section("Payments", _rows(state.payments, _payment_row, "No payments yet.")),
        spacing="4",
        width="100%",
    )


def _callouts(state: Any) -> rx.Component:
    """What blocks the invoice, first of all."""
    return rx.fragment(
        rx.cond(
            state.failure != "",
            callout(rx.fragment("The step ", state.failed_step, " failed: ", state.failure), "red"),
        ),
        request_callouts(state.requests),
        rx.cond(state.held_reason != "", callout(rx.fragment("Held: ", state.held_reason), "amber")),
        rx.cond(
            state.reasons.length() > 0,
            callout(
                rx.fragment(
                    rx.foreach(state.reasons, lambda each: rx.el.span(each, " ")), state.approvals, "."
                ),
                "amber",
            ),
        ),
    )


def _step(step: rx.Var[StepView]) -> rx.Component:
    icon = rx.match(
        step.state,
        ("done", rx.icon("check", size=14)),
        ("failed", rx.icon("x", size=14)),
        ("now", rx.icon("circle-dot", size=14)),
        rx.icon("circle", size=14),
    )
    return rx.el.li(
        icon, step.label, rx.el.span(" ", step.state, class_name="cf-visually-hidden"), data_state=step.state
    )


def _line_row(line: rx.Var[LineView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.cond(line.is_gone, rx.el.s(line.description), line.description),
            rx.cond(
                line.note != "",
                rx.badge(
                    line.note, color_scheme="gray", variant="soft", high_contrast=True, class_name="cf-note"
                ),
            ),
            why_button(line.description, line.why, line.check),
        ),
        rx.el.td(line.period),
        rx.el.td(line.quantity, class_name="cf-num"),
        rx.el.td(line.unit, class_name="cf-num"),
        rx.el.td(line.tax, class_name="cf-num"),
        rx.el.td(
            rx.cond(line.was != "", rx.el.s(line.was, class_name="cf-currency")),
            " ",
            line.amount,
            class_name="cf-num",
        ),
        rx.el.td(rx.cond(state.can_edit, dialogs.line_menu(line, state))),
    )


def _rows(rows: Any, draw: Any, nothing: str) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        plain_table(
            ["Received", "Channel", "Reference", "Amount"],
            rx.foreach(rows, draw),
            caption="Payments",
            numeric=(3,),
        ),
        rx.text(nothing, size="2", color="var(--gray-11)"),
    )


def _payment_row(payment: rx.Var[PaymentView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(payment.when),
        rx.el.td(payment.channel),
        rx.el.td(payment.reference),
        rx.el.td(payment.amount, class_name="cf-num"),
    )


def _credits(state: Any) -> rx.Component:
    return rx.cond(
        state.credits.length() > 0,
        plain_table(
            ["Number", "Status", "Issued", "Settled", "Reason", "Total"],
            rx.foreach(state.credits, _credit_row),
            caption="Credit notes",
            numeric=(5,),
        ),
        rx.text("No credit notes. Credit takes back all or part of it.", size="2", color="var(--gray-11)"),
    )


def _credit_row(note: rx.Var[CreditView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(note.number, href=note.href)),
        rx.el.td(note.status),
        rx.el.td(note.when),
        rx.el.td(note.settled),
        rx.el.td(note.reason),
        rx.el.td(note.amount, class_name="cf-num"),
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
        mails_of(state),
        spacing="4",
        width="100%",
    )
