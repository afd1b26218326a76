"""Bank transfers: what came, and for which invoice?"""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.callouts import callout
from dashboard.components.dialogs import action_button, text_field
from dashboard.components.list_page import list_page
from dashboard.components.native import native_form
from dashboard.shell.guard import Mark, requires
from dashboard.shell.page import page
from dashboard.shell.told import read_told
from dashboard.states.dialog_state import DialogState
from dashboard.states.list_peek import RowAction
from dashboard.states.list_state import ListState
from models.kernel.permissions import Permission
from models.payments import BANK_LINES


class BankState(ListState, DialogState, rx.State):
    """The list of lines, and the form that uploads a statement."""

    listing: ClassVar = BANK_LINES
    permission: ClassVar = Permission.bank_lines_read
    write_permission: ClassVar = Permission.bank_lines_write
    row_actions: ClassVar = (
        RowAction("Match", "link-2", "/billing/bank/{id}", Permission.bank_lines_write, "e"),
        RowAction("Ignore", "eye-off", "/billing/bank/{id}?do=ignore", Permission.bank_lines_write),
    )

    told: str = ""
    is_refused: bool = False

    @rx.event
    @requires(Mark.page)
    async def read_answer(self) -> Any:
        """Say what became of the file that was uploaded, once."""
        told, is_refused = read_told(self.router.url.query_parameters.get("told", ""))
        self.told, self.is_refused = told, is_refused
        # The form was posted by the browser, so the page is another one and its dialog is done.
        self.dialog = ""
        return rx.call_script("window.cfForget('told')") if told else None

    @rx.event
    @requires(Permission.bank_lines_write)
    async def ask_upload(self) -> None:
        """Open the form."""
        self.dialog, self.dialog_error = "upload", ""


@page("/billing/bank", "Bank transfers", [BankState.load, BankState.read_answer])
def bank_page() -> rx.Component:
    """The generic list, what became of the last upload, and the form of the next one."""
    state = BankState
    return rx.fragment(
        list_page(
            state,
            BANK_LINES,
            actions=(
                rx.cond(
                    state.can_write,
                    action_button("Upload statement", "upload", state.ask_upload, is_main=True, key="n"),
                ),
            ),
            notice=rx.cond(
                state.told != "",
                callout(
                    state.told,
                    rx.cond(state.is_refused, "red", "jade"),
                    "info",
                    role="status",
                ),
            ),
        ),
        _upload_dialog(state),
    )


def _upload_dialog(state: Any) -> rx.Component:
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title("Upload a bank statement"),
            rx.dialog.description(
                "CSV or CAMT.053 (ISO 20022), at most 1 MB. Each line is stored once, however many files name it; "
                "what left the account is passed over. A file that breaks is refused as a whole.",
                size="2",
            ),
            # The browser posts the file itself: a socket is not made for it.
            native_form(_upload_fields(state), action="/api/bank/statements", enc_type="multipart/form-data"),
            max_width="480px",
        ),
        open=state.dialog == "upload",
        on_open_change=state.close_dialog,
    )


def _upload_fields(state: Any) -> rx.Component:
    return rx.vstack(
        rx.el.label(
            rx.text("File", size="2", weight="medium", as_="div"),
            rx.el.input(
                type="file", name="file", required=True, accept=".csv,.txt,.xml", class_name="cf-file"
            ),
            width="100%",
        ),
        text_field(
            "Our account, for a CSV", "account", placeholder="DE75 5121 0800 1245 1261 99", required=False
        ),
        text_field("Currency, where a CSV names none", "currency", default="EUR", required=False),
        rx.text(
            "Lines cannot be deleted; those for no invoice are ignored.", size="1", color="var(--gray-11)"
        ),
        rx.flex(
            rx.button(
                "Cancel",
                on_click=state.close_dialog,
                type="button",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
            ),
            rx.button("Upload statement", type="submit", high_contrast=True),
            justify="end",
            gap="var(--space-3)",
            width="100%",
        ),
        spacing="4",
        margin_top="var(--space-4)",
        width="100%",
    )
