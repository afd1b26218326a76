"""The mixin behind dialogs of a list: which one is open, and why it was refused."""

from typing import Any

import reflex as rx

from dashboard.shell.guard import Mark, requires
from dashboard.shell.run import write
from models.kernel.errors import DomainError


class DialogState(rx.State, mixin=True):
    """A page's dialogs; a refused one stays open with all input."""

    dialog: str = ""
    dialog_error: str = ""

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""

    async def _submit(self, operation: Any, **arguments: Any) -> Any:
        """What the operation returns, with the dialog closed; None where it was refused."""
        try:
            done = await write(operation, **arguments)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        return done
