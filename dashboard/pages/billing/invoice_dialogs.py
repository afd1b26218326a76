"""The dialogs of an invoice's page, all but the one that credits it."""

from typing import Any

import reflex as rx

from dashboard.components.approval import approval_callout, ask_or
from dashboard.components.dialogs import reason_dialog, reason_field, select_field, text_field
from dashboard.pages.billing.invoice_data import LineView
from models.billing import PaymentChannel, WriteOffReason

CHANNELS = [(channel.value, channel.value.replace("_", " ").capitalize()) for channel in PaymentChannel]
NOTHING, REISSUE = "nothing", "reissue"
THEN = [(NOTHING, "Nothing more: it is not owed"), (REISSUE, "Reissue: draft one in its place")]
WRITE_OFFS = [(each.value, each.value.replace("_", " ").capitalize()) for each in WriteOffReason]


def invoice_dialogs(state: Any) -> tuple[rx.Component, ...]:
    """Every dialog; one is open at a time."""
    return (
        _void_dialog(state),
        _payment_dialog(state),
        _write_off_dialog(state),
        _reopen_dialog(state),
        hold_dialog(state),
        _line_dialog(state, "add_line", "Add a line", "Add line", state.add_line),
        _line_dialog(state, "edit_line", "Change the line", "Change line", state.edit_line),
        _drop_dialog(state),
        _restore_dialog(state),
    )


def line_menu(line: rx.Var[LineView], state: Any) -> rx.Component:
    """What can be done with a line of a draft."""
    return rx.menu.root(
        rx.menu.trigger(
            rx.icon_button(
                rx.icon("ellipsis", size=14),
                aria_label="Change this line",
                variant="ghost",
                color_scheme="gray",
                high_contrast=True,
                size="1",
            )
        ),
        rx.menu.content(
            rx.cond(
                line.is_gone,
                rx.fragment(),
                rx.fragment(
                    rx.menu.item("Change line", on_select=state.ask_line("edit_line", line.id)),
                    rx.menu.item("Take line out", on_select=state.ask_line("drop_line", line.id)),
                ),
            ),
            rx.cond(
                line.can_restore,
                rx.menu.item("Restore original", on_select=state.ask_line("restore_line", line.id)),
            ),
        ),
    )


def hold_dialog(state: Any) -> rx.Component:
    """Asks why a draft is held back."""
    return reason_dialog(
        title="Hold this draft",
        effect="Nobody issues it until it is released. Approvals stay.",
        undo="Can be undone with Release.",
        verb="Hold draft",
        is_open=state.dialog == "hold",
        on_close=state.close_dialog,
        on_submit=state.hold,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("What does it wait for?"),),
    )


def _void_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Void invoice " + state.title,
        effect=state.effect,
        undo="Cannot be undone.",
        verb=ask_or(state, state.verb),
        is_open=state.dialog == "void",
        on_close=state.close_dialog,
        on_submit=state.void,
        error=state.dialog_error,
        is_dangerous=~state.needs_approval,
        fields=(
            approval_callout(state),
            reason_field("Why is it not owed?"),
            rx.cond(
                state.reissue != "",
                rx.box(
                    select_field("Then", "then", THEN, NOTHING),
                    rx.text("Void and reissue: ", state.reissue, size="2", margin_top="var(--space-2)"),
                ),
            ),
        ),
    )


def _payment_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Record a payment on " + state.title,
        effect="Money that arrived outside, for example by bank transfer. Nothing is charged.",
        undo="Cannot be undone here. A credit note with a refund gives the money back.",
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


def _write_off_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Write off " + state.title,
        effect=state.effect,
        undo="Can be undone with Reopen. A payment that arrives reopens it by itself.",
        verb=ask_or(state, state.verb),
        is_open=state.dialog == "write_off",
        on_close=state.close_dialog,
        on_submit=state.write_off,
        error=state.dialog_error,
        is_dangerous=~state.needs_approval,
        fields=(
            approval_callout(state),
            select_field("Reason", "why", WRITE_OFFS, WriteOffReason.not_received),
            text_field("Note", "note", placeholder="What was tried", required=False),
        ),
    )


def _reopen_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Reopen " + state.title,
        effect="It is open and due as before.",
        undo="Can be reversed by writing it off again.",
        verb="Reopen invoice",
        is_open=state.dialog == "reopen",
        on_close=state.close_dialog,
        on_submit=state.reopen,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("Why is the money expected again?"),),
    )


def _line_dialog(state: Any, name: str, title: str, verb: str, on_submit: Any) -> rx.Component:
    line = state.line
    return reason_dialog(
        title=title,
        effect="Totals and tax follow, and earlier approvals no longer count. Somebody else approves it.",
        undo="Can be undone with Restore original, until the invoice is issued.",
        verb=verb,
        is_open=state.dialog == name,
        on_close=state.close_dialog,
        on_submit=on_submit,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Description", "description", default=line.description),
            text_field("Quantity", "quantity", default=line.quantity),
            text_field(
                "Unit price without tax", "unit_amount", default=line.unit_text, placeholder="-12.50 or 100"
            ),
            reason_field("Why is it changed?"),
        ),
    )


def _drop_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Take out: " + state.line.description,
        effect="Totals and tax follow, and earlier approvals no longer count.",
        undo="A line of the engine can be restored; one by hand is gone.",
        verb="Take line out",
        is_open=state.dialog == "drop_line",
        on_close=state.close_dialog,
        on_submit=state.drop_line,
        error=state.dialog_error,
        fields=(reason_field("Why is it not billed?"),),
    )


def _restore_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Restore: " + state.line.description,
        effect="The line is as the engine made it. Earlier approvals no longer count.",
        undo="Can be changed again.",
        verb="Restore original",
        is_open=state.dialog == "restore_line",
        on_close=state.close_dialog,
        on_submit=state.restore_line,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("Why is the change taken back?"),),
    )
