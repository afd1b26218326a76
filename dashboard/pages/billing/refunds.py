"""Refunds: did the money reach the customer?"""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.dialogs import reason_dialog
from dashboard.components.list_page import list_page
from dashboard.shell.guard import requires
from dashboard.shell.page import page
from dashboard.states.dialog_state import DialogState
from dashboard.states.form_fields import as_id
from dashboard.states.list_state import ListState
from models.kernel.errors import Invalid
from models.kernel.permissions import Permission
from models.payments import REFUNDS, retry_refund


class RefundsState(ListState, DialogState, rx.State):
    """The list of refunds, and sending a failed one again."""

    listing: ClassVar = REFUNDS
    permission: ClassVar = Permission.payments_read
    write_permission: ClassVar = Permission.payments_refund

    @rx.event
    @requires(Permission.payments_refund)
    async def ask_again(self) -> None:
        """Ask before the money is sent once more."""
        if len(self.selected) != 1:
            raise Invalid(
                "refund.choose_one", "Select one refund: each is looked at before it is sent again."
            )
        self.dialog, self.dialog_error = "again", ""

    @rx.event
    @requires(Permission.payments_refund)
    async def send_again(self, _form: dict[str, str]) -> Any:
        """Send the selected refund once more; only one that failed is."""
        if self.dialog != "again" or not self.selected:
            return None
        if await self._submit(retry_refund, transfer_id=as_id(self.selected[0])) is None:
            return None
        self.selected = []
        return rx.toast.success("The refund is on its way again.")


@page("/billing/refunds", "Refunds", RefundsState.load)
def refunds_page() -> rx.Component:
    """The generic list, with the way to send a failed one again."""
    state = RefundsState
    again = rx.cond(
        state.can_write,
        rx.button("Send again", on_click=state.ask_again, size="1", variant="soft", high_contrast=True),
    )
    return rx.fragment(list_page(state, REFUNDS, bulk=(again,)), again_dialog(state, state.send_again))


def again_dialog(state: Any, on_submit: Any) -> rx.Component:
    """Asks before a refund that failed is sent once more."""
    return reason_dialog(
        title="Send the refund again",
        effect="The same amount goes back through the same charge. Its credit note stays as it is.",
        undo="Cannot be undone once the bank has it.",
        verb="Send refund again",
        is_open=state.dialog == "again",
        on_close=state.close_dialog,
        on_submit=on_submit,
        error=state.dialog_error,
    )
