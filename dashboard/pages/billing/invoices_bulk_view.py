"""How doing one thing to many invoices looks: buttons, dialogs, what was left alone."""

from typing import Any

import reflex as rx

from dashboard.components.dialogs import named_lines, reason_dialog, select_field, text_field
from dashboard.pages.billing.invoice_dialogs import WRITE_OFFS
from models.billing import WriteOffReason


def bulk_actions(state: Any) -> tuple[rx.Component, ...]:
    """The buttons in the bar of a selection."""
    return (
        rx.cond(state.can_approve, _button("Approve routine drafts", "check", state.ask_approve)),
        rx.cond(state.can_export, _button("PDFs as ZIP", "file-archive", state.ask_documents)),
        rx.cond(state.can_write_off, _button("Write off", "eraser", state.ask_write_off)),
    )


def bulk_dialogs(state: Any) -> rx.Component:
    """Every dialog, one open at a time, and what the last one left alone after all."""
    return rx.fragment(
        _refused(state),
        _dialog(
            state,
            "approve",
            state.approve_selected,
            title="Approve routine drafts",
            undo="Cannot be undone. An issued invoice is voided or credited.",
        ),
        _dialog(
            state,
            "documents",
            state.order_documents,
            title="PDFs as one ZIP",
            undo="Nothing changes. The file expires as every export does.",
        ),
        _dialog(
            state,
            "write_off",
            state.write_off_selected,
            title="Write off",
            undo="Can be undone one by one with Reopen. A payment that arrives reopens its invoice by itself.",
            fields=(
                select_field("Reason", "why", WRITE_OFFS, WriteOffReason.not_received),
                text_field("Note", "note", placeholder="What was tried", required=False),
            ),
            is_dangerous=True,
        ),
    )


def _button(label: str, icon: str, on_click: Any) -> rx.Component:
    return rx.button(
        rx.icon(icon, size=14), label, on_click=on_click, size="1", variant="soft", high_contrast=True
    )


def _dialog(
    state: Any,
    name: str,
    on_submit: Any,
    *,
    title: str,
    undo: str,
    fields: tuple[rx.Component, ...] = (),
    is_dangerous: bool = False,
) -> rx.Component:
    many = state.many
    return reason_dialog(
        title=title,
        effect=many.effect,
        undo=undo,
        verb=many.verb,
        is_open=state.dialog == name,
        on_close=state.close_dialog,
        on_submit=on_submit,
        error=state.dialog_error,
        is_dangerous=is_dangerous,
        is_possible=many.is_possible,
        fields=(
            named_lines("The largest", many.largest),
            named_lines("Left as they are", many.skipped),
            *fields,
        ),
    )


def _refused(state: Any) -> rx.Component:
    return rx.cond(
        state.refused.length() > 0,
        rx.card(
            rx.hstack(
                named_lines("Left as they were after all", state.refused),
                rx.spacer(),
                rx.icon_button(
                    rx.icon("x", size=14),
                    on_click=state.close_refused,
                    aria_label="Close the outcome",
                    variant="ghost",
                    color_scheme="gray",
                    high_contrast=True,
                ),
                width="100%",
            ),
            width="100%",
        ),
    )
