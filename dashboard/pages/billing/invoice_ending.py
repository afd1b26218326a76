"""Ending an invoice on its page: void it, write it off, expect its money again; or ask a second person to."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing.invoice_dialogs import REISSUE
from dashboard.pages.billing.invoice_standing import reissue_effect, void_effect
from dashboard.shell.guard import current, requires
from dashboard.shell.run import read, write
from dashboard.states.approval_state import AsksApproval
from models.approvals import VoidOrder, WriteOffOrder
from models.billing import (
    ReissuePreview,
    VoidPreview,
    preview_reissue,
    preview_void,
    preview_write_off,
    reissue_invoice,
    reopen_invoice,
    void_invoice,
    write_off_invoice,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission
from models.limits import LimitedAction


class EndActions(AsksApproval, rx.State, mixin=True):
    """Handlers of the dialogs; the page's state is a `DetailState` of an invoice."""

    effect: str = ""
    reissue: str = ""
    verb: str = ""

    _token: str = ""

    @rx.event
    @requires(Permission.invoices_void)
    async def ask_void(self) -> None:
        """Show what voiding will do; a refusal is told instead."""
        preview, reissue = await read(_void_previews, self._required_id())
        locale = current().actor.locale
        self.effect = void_effect(preview, locale)
        self.reissue = reissue_effect(reissue, locale) if reissue else ""
        self.verb, self._token = f"Void {preview.number}", preview.token
        self._begin_request()
        await self._weigh({LimitedAction.void: preview.worth})
        self.dialog, self.dialog_error = "void", ""

    @rx.event
    @requires(Permission.invoices_void)
    async def void(self, form: dict[str, str]) -> Any:
        """Void the invoice as previewed, and draft one in its place where that was asked for."""
        is_reissued = form.get("then") == REISSUE
        order = VoidOrder(self._required_id(), str(form.get("reason", "")), is_reissued=is_reissued)
        facts = {"invoice_id": order.invoice_id, "reason": order.reason, "token": self._token}
        if not is_reissued or self.needs_approval:
            return await self._commit_or_ask(order, void_invoice, f"Invoice {self.title} voided.", **facts)
        try:
            draft = await write(reissue_invoice, **facts)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            await self._weigh_again()
            return None
        self.dialog = self.dialog_error = ""
        return [
            rx.redirect(f"/billing/invoices/{draft.id}"),
            rx.toast.success(f"Invoice {self.title} voided. {draft.number} stands in its place."),
        ]

    @rx.event
    @requires(Permission.invoices_write_off)
    async def ask_write_off(self) -> None:
        """Show what writing off will do; a refusal is told instead."""
        preview = await read(preview_write_off, invoice_id=self._required_id())
        lost = preview.lost.format(current().actor.locale)
        late = f", {preview.days_overdue} days after the due date" if preview.days_overdue else ""
        self.effect = f"{lost} is no longer expected{late}. Tax and MRR stay as they are."
        self.verb, self._token = f"Write off {lost}", preview.token
        self._begin_request()
        await self._weigh({LimitedAction.write_off: preview.lost})
        self.dialog, self.dialog_error = "write_off", ""

    @rx.event
    @requires(Permission.invoices_write_off)
    async def write_off(self, form: dict[str, str]) -> Any:
        """Write the invoice off as previewed."""
        order = WriteOffOrder(self._required_id(), str(form.get("why", "")), str(form.get("note", "")))
        return await self._commit_or_ask(
            order,
            write_off_invoice,
            f"Invoice {self.title} written off.",
            invoice_id=order.invoice_id,
            reason=order.reason,
            note=order.note,
            token=self._token,
        )

    @rx.event
    @requires(Permission.invoices_write_off)
    async def ask_reopen(self) -> None:
        """Ask why the money is expected again."""
        self.dialog, self.dialog_error = "reopen", ""

    @rx.event
    @requires(Permission.invoices_write_off)
    async def reopen(self, form: dict[str, str]) -> Any:
        """Expect the money again."""
        return await self._commit(
            reopen_invoice,
            f"Invoice {self.title} reopened.",
            invoice_id=self._required_id(),
            reason=str(form.get("reason", "")),
        )


def _void_previews(
    session: Session, actor: Actor, invoice_id: UUID
) -> tuple[VoidPreview, ReissuePreview | None]:
    preview = preview_void(session, actor, invoice_id=invoice_id)
    can_reissue = preview.keeps_number and actor.may(Permission.invoices_create)
    return preview, preview_reissue(session, actor, invoice_id=invoice_id) if can_reissue else None
