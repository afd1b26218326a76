"""Draft review: which of the new drafts is odd, and what differs from the last time."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.pages.billing import review_data as data
from dashboard.pages.billing import review_view as view
from dashboard.pages.billing.many_data import ManyView, outcome_text, show_approval, skipped_text
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from dashboard.states.live_state import LiveState
from models.billing import (
    approve_invoice,
    approve_routine,
    hold_invoice,
    preview_approval,
    release_invoice,
    retry_step,
)
from models.kernel.errors import DomainError, Invalid
from models.kernel.permissions import Permission


class ReviewState(LiveState, rx.State):
    """The queue, the draft that is looked at, and what can be done with it."""

    permission: ClassVar = Permission.invoices_approve
    live_path: ClassVar = "/billing/invoices/review"
    every_seconds: ClassVar = 3.0

    groups: list[data.GroupView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    draft: data.DraftView = data.NOTHING
    lines: list[data.ComparedView] = []  # noqa: RUF012
    routine_count: int = 0
    bulk: ManyView = ManyView()
    is_loaded: bool = False
    dialog: str = ""
    dialog_error: str = ""

    _token: str = ""
    _chosen: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        shown = await read(data.load, self._chosen)
        groups, draft, lines = data.show(shown, reader)
        for name, value in {
            "groups": groups,
            "draft": draft,
            "lines": lines,
            "routine_count": shown.routine_count,
            "is_loaded": True,
        }.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    @rx.event
    @requires(Mark.page)
    async def choose(self, identifier: str) -> None:
        """Look at a draft of the queue."""
        self._chosen = str(as_id(identifier))
        await self._fill()

    @rx.event
    @requires(Permission.invoices_approve)
    async def approve(self) -> Any:
        """Say yes to the draft as it is shown, and go on to the next."""
        invoice = await write(approve_invoice, invoice_id=self._draft_id(), version=self.draft.version)
        await self._go_on()
        if invoice.number.startswith("DRAFT-"):
            return rx.toast.success("Approved. A second person has to approve it too.")
        return rx.toast.success(f"Invoice {invoice.number} issued.")

    @rx.event
    @requires(Permission.invoices_approve)
    async def ask_hold(self) -> None:
        """Ask for the reason to hold the draft back."""
        self._draft_id()
        self.dialog, self.dialog_error = "hold", ""

    @rx.event
    @requires(Permission.invoices_approve)
    async def hold(self, form: dict[str, str]) -> Any:
        """Hold the draft back, and go on to the next."""
        reason = str(form.get("reason", ""))
        return await self._run("Draft held.", hold_invoice, invoice_id=self._draft_id(), reason=reason)

    @rx.event
    @requires(Permission.invoices_approve)
    async def release(self) -> Any:
        """Let the held draft go on."""
        return await self._run("Draft released.", release_invoice, invoice_id=self._draft_id())

    @rx.event
    @requires(Permission.invoices_approve)
    async def retry(self) -> Any:
        """Try the failed step of the invoice again."""
        invoice = await write(retry_step, invoice_id=self._draft_id())
        if invoice.failed_step:
            await self._fill()
            return rx.toast.error("Still not done", description=invoice.failure)
        await self._go_on()
        return rx.toast.success("Done.")

    @rx.event
    @requires(Permission.invoices_approve)
    async def ask_routine(self) -> None:
        """Show what approving the routine drafts would issue."""
        preview = await read(preview_approval)
        self.bulk, self._token = show_approval(preview, current().actor.locale), preview.token
        self.dialog, self.dialog_error = "routine", ""

    @rx.event
    @requires(Permission.invoices_approve)
    async def approve_all(self, _form: dict[str, str]) -> Any:
        """Approve and issue the routine drafts as previewed."""
        try:
            outcome = await write(approve_routine, token=self._token)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._fill()
        done = outcome_text(outcome, current().actor.locale)
        return rx.toast.success(done, description=" ".join(skipped_text(outcome.refused)))

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""

    async def _run(self, done: str, operation: Any, **facts: Any) -> Any:
        """Run an operation on the draft; a refusal stays in the dialog with all input."""
        try:
            await write(operation, **facts)
        except DomainError as error:
            if not self.dialog:
                raise
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._go_on()
        return rx.toast.success(done)

    async def _go_on(self) -> None:
        self._chosen = data.following(self.groups, self._chosen)
        await self._fill()

    def _draft_id(self) -> UUID:
        if not self.draft.id:
            raise Invalid("review.nothing_chosen", "Choose a draft of the queue first.")
        return as_id(self.draft.id)


@page("/billing/invoices/review", "Review drafts", ReviewState.load)
def review_page() -> rx.Component:
    """Queue at the left, the draft at the right."""
    return view.body(ReviewState)
