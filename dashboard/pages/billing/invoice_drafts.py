"""What people do with a draft on its page: approve, hold, change lines, retry a failed step."""

from typing import Any
from uuid import UUID

import reflex as rx

from dashboard.pages.billing.invoice_data import LineView
from dashboard.shell.guard import requires
from dashboard.shell.run import write
from dashboard.states.form_fields import as_id
from models.billing import (
    LineText,
    add_draft_line,
    approve_invoice,
    drop_draft_line,
    edit_draft_line,
    hold_invoice,
    release_invoice,
    restore_draft_line,
    retry_step,
)
from models.kernel.errors import Invalid
from models.kernel.permissions import Permission

LINE_DIALOGS = ("edit_line", "drop_line", "restore_line")
NO_LINE = LineView("", "", "", "1", "", "", "", "", "", is_gone=False, can_restore=False, unit_text="")


class DraftActions(rx.State, mixin=True):
    """Handlers of a draft; the page's state is a `DetailState` of an invoice."""

    lines: list[LineView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    line: LineView = NO_LINE

    _version: int = 1

    @rx.event
    @requires(Permission.invoices_approve)
    async def approve(self) -> Any:
        """Say yes to the draft as it is shown; the last yes issues it."""
        invoice = await write(approve_invoice, invoice_id=self._required_id(), version=self._version)
        await self._refill()
        if invoice.number.startswith("DRAFT-"):
            return rx.toast.success("Approved. A second person has to approve it too.")
        return rx.toast.success(f"Invoice {invoice.number} issued.")

    @rx.event
    @requires(Permission.invoices_approve)
    async def ask_hold(self) -> None:
        """Ask for the reason to hold the draft back."""
        self.dialog, self.dialog_error = "hold", ""

    @rx.event
    @requires(Permission.invoices_approve)
    async def hold(self, form: dict[str, str]) -> Any:
        """Hold the draft back."""
        return await self._commit(
            hold_invoice,
            "Draft held.",
            invoice_id=self._required_id(),
            reason=str(form.get("reason", "")),
        )

    @rx.event
    @requires(Permission.invoices_approve)
    async def release(self) -> Any:
        """Let the held draft go on."""
        return await self._commit(release_invoice, "Draft released.", invoice_id=self._required_id())

    @rx.event
    @requires(Permission.invoices_approve)
    async def retry(self) -> Any:
        """Try the failed step again."""
        invoice = await write(retry_step, invoice_id=self._required_id())
        await self._refill()
        if invoice.failed_step:
            return rx.toast.error("Still not done", description=invoice.failure)
        if invoice.number.startswith("DRAFT-"):
            return rx.toast.success("Done. The invoice is a draft now.")
        return rx.toast.success(f"Invoice {invoice.number} issued.")

    @rx.event
    @requires(Permission.invoices_create)
    async def ask_add(self) -> None:
        """Open the form of a new line."""
        self.line, self.dialog, self.dialog_error = NO_LINE, "add_line", ""

    @rx.event
    @requires(Permission.invoices_create)
    async def ask_line(self, dialog: str, line_id: str) -> None:
        """Open one of the dialogs of a line."""
        found = next((each for each in self.lines if each.id == line_id), None)
        if dialog not in LINE_DIALOGS or found is None:
            raise Invalid("dialog.unknown_line", "This draft has no such line. Reload the page.")
        self.line, self.dialog, self.dialog_error = found, dialog, ""

    @rx.event
    @requires(Permission.invoices_create)
    async def add_line(self, form: dict[str, str]) -> Any:
        """Add the line."""
        return await self._edit(add_draft_line, "Line added.", form, line=_line(form))

    @rx.event
    @requires(Permission.invoices_create)
    async def edit_line(self, form: dict[str, str]) -> Any:
        """Change the line."""
        return await self._edit(
            edit_draft_line, "Line changed.", form, line_id=self._line_id(), line=_line(form)
        )

    @rx.event
    @requires(Permission.invoices_create)
    async def drop_line(self, form: dict[str, str]) -> Any:
        """Take the line out."""
        return await self._edit(drop_draft_line, "Line taken out.", form, line_id=self._line_id())

    @rx.event
    @requires(Permission.invoices_create)
    async def restore_line(self, form: dict[str, str]) -> Any:
        """Bring the engine's original back."""
        return await self._edit(restore_draft_line, "Line restored.", form, line_id=self._line_id())

    async def _edit(self, operation: Any, done: str, form: dict[str, str], **facts: Any) -> Any:
        return await self._commit(
            operation,
            done,
            invoice_id=self._required_id(),
            reason=str(form.get("reason", "")),
            version=self._version,
            **facts,
        )

    def _line_id(self) -> UUID:
        return as_id(self.line.id)


def _line(form: dict[str, str]) -> LineText:
    return LineText(
        str(form.get("description", "")),
        str(form.get("quantity", "")),
        str(form.get("unit_amount", "")),
        str(form.get("tax_code", "")) or "standard",
    )
