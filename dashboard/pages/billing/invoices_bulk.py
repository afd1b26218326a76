"""Doing one thing to many invoices: shown first with what is left alone and why, then done."""

from typing import Any

import reflex as rx

from dashboard.pages.billing.invoices_aging import AgingBar, forget_aging
from dashboard.pages.billing.many_data import (
    ManyView,
    outcome_text,
    show_approval,
    show_documents,
    show_write_offs,
    skipped_text,
)
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.billing import (
    Chosen,
    approve_routine,
    preview_approval,
    preview_documents,
    preview_write_offs,
    write_off_many,
)
from models.import_export import ExportFormat, request_export
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission


class BulkInvoices(AgingBar, ListState, mixin=True):
    """What can be done with the invoices selected."""

    dialog: str = ""
    dialog_error: str = ""
    many: ManyView = ManyView()
    # What the last one left alone after all; empty where all went as shown.
    refused: list[str] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    can_approve: bool = False
    can_write_off: bool = False

    _token: str = ""

    @rx.event
    @requires(Mark.page)
    async def load_bulk(self) -> None:
        """Offer what the reader may do."""
        reader = current().actor
        self.can_approve = reader.may(Permission.invoices_approve)
        self.can_write_off = reader.may(Permission.invoices_write_off)
        self.dialog = self.dialog_error = ""

    @rx.event
    @requires(Permission.invoices_approve)
    async def ask_approve(self) -> None:
        """Show what approving the selected routine drafts would issue."""
        preview = await read(preview_approval, chosen=self._chosen())
        self._open("approve", show_approval(preview, current().actor.locale), preview.token)

    @rx.event
    @requires(Permission.invoices_approve)
    async def approve_selected(self, _form: dict[str, str]) -> Any:
        """Approve and issue them as shown."""
        return await self._do(approve_routine, chosen=self._chosen(), token=self._token)

    @rx.event
    @requires(Permission.invoices_write_off)
    async def ask_write_off(self) -> None:
        """Show what writing the selected ones off would give up."""
        preview = await read(preview_write_offs, chosen=self._chosen())
        self._open("write_off", show_write_offs(preview, current().actor.locale), preview.token)

    @rx.event
    @requires(Permission.invoices_write_off)
    async def write_off_selected(self, form: dict[str, str]) -> Any:
        """Write them off as shown."""
        return await self._do(
            write_off_many,
            chosen=self._chosen(),
            reason=str(form.get("why", "")),
            note=str(form.get("note", "")),
            token=self._token,
        )

    @rx.event
    @requires(Permission.invoices_export)
    async def ask_documents(self) -> None:
        """Show how many documents there would be."""
        self._open("documents", show_documents(await read(preview_documents, chosen=self._chosen())), "")

    @rx.event
    @requires(Permission.invoices_export)
    async def order_documents(self, _form: dict[str, str]) -> Any:
        """Have a job put them into one file."""
        chosen = self._chosen()
        try:
            export_id = await write(
                request_export,
                listing=self.listing.key,
                params=chosen.params,
                selection=chosen.ids or (),
                file_format=ExportFormat.zip,
            )
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = ""
        return rx.redirect(f"/exports?new={export_id}")

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""

    @rx.event
    @requires(Mark.page)
    async def close_refused(self) -> None:
        """Put away what was left alone."""
        self.refused = []

    def _open(self, name: str, many: ManyView, token: str) -> None:
        self.many, self._token = many, token
        self.dialog, self.dialog_error = name, ""

    def _chosen(self) -> Chosen:
        ids = None if self.is_whole else tuple(as_id(each) for each in self.selected)
        return Chosen(self._params, ids)

    async def _do(self, operation: Any, **arguments: Any) -> Any:
        try:
            outcome = await write(operation, **arguments)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        self.refused = skipped_text(outcome.refused)
        forget_counts(self.listing)
        forget_aging()
        done = outcome_text(outcome, current().actor.locale)
        return [type(self).load, type(self).load_aging, rx.toast.success(done)]
