"""One invoice: what it is for, whether it is paid, and what can be done."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing import invoice_data as data
from dashboard.pages.billing import invoice_view as view
from dashboard.pages.billing.invoice_collect import CollectTab
from dashboard.pages.billing.invoice_credit import CreditActions
from dashboard.pages.billing.invoice_dialogs import REISSUE
from dashboard.pages.billing.invoice_drafts import DraftActions
from dashboard.pages.billing.invoice_send import SendActions, mail_rows, sent_step
from dashboard.pages.billing.invoice_standing import StepView, reissue_effect, void_effect
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from dashboard.states.live_detail import LiveDetail
from models.billing import (
    CreditNoteRow,
    InvoiceDetail,
    ReissuePreview,
    VoidPreview,
    get_invoice,
    list_credit_notes_of,
    preview_reissue,
    preview_void,
    preview_write_off,
    record_payment,
    reissue_invoice,
    reopen_invoice,
    void_invoice,
    write_off_invoice,
)
from models.channels import MessageRow, list_messages_about, why_not_send_invoice
from models.compliance import TimelineEvent, list_timeline
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.permissions import Permission


class InvoiceState(CollectTab, DraftActions, CreditActions, SendActions, LiveDetail, DetailState, rx.State):
    """The invoice shown, its dialogs and what they do."""

    permission: ClassVar = Permission.invoices_read
    path: ClassVar = "/billing/invoices"
    nouns: ClassVar = frozenset({"invoice"})
    tab_labels: ClassVar = (
        ("lines", "Lines"),
        ("collection", "Collection"),
        ("credits", "Credits"),
        ("document", "Documents"),
        ("timeline", "Timeline"),
    )

    payments: list[data.PaymentView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    credits: list[data.CreditView] = []  # noqa: RUF012
    totals: list[data.TotalView] = []  # noqa: RUF012
    steps: list[StepView] = []  # noqa: RUF012
    reasons: list[str] = []  # noqa: RUF012
    held_reason: str = ""
    failure: str = ""
    failed_step: str = ""
    stage: str = ""
    approvals: str = ""
    can_edit: bool = False
    is_written_off: bool = False
    void_refusal: str = ""
    pay_refusal: str = ""
    approve_refusal: str = ""
    hold_refusal: str = ""
    edit_refusal: str = ""
    credit_refusal: str = ""
    write_off_refusal: str = ""
    reopen_refusal: str = ""
    effect: str = ""
    # What a draft in its place would say; empty where there can be none.
    reissue: str = ""
    verb: str = ""
    due_text: str = ""
    today: str = ""
    pdf_href: str = ""

    _token: str = ""
    _request_key: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        invoice, notes, mails, events = await read(_load, self._required_id())
        for name, value in data.show(invoice, notes, reader).items():
            setattr(self, name, value)
        self.mails, self.send_refusal = mail_rows(mails, reader), why_not_send_invoice(invoice.row.status)
        self.steps = sent_step(self.steps, mails)
        self._version = invoice.version
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = data.subject(invoice)
        await self._fill_collection()

    def _asked(self, name: str) -> Any:
        asked = {
            "void": "ask_void",
            "payment": "ask_payment",
            "charge": "ask_charge",
            "send": "ask_send",
        }.get(name)
        return getattr(type(self), asked) if asked else None

    @rx.event
    @requires(Permission.invoices_void)
    async def ask_void(self) -> None:
        """Show what voiding will do; a refusal is told instead."""
        preview, reissue = await read(_void_previews, self._required_id())
        locale = current().actor.locale
        self.effect = void_effect(preview, locale)
        self.reissue = reissue_effect(reissue, locale) if reissue else ""
        self.verb, self._token = f"Void {preview.number}", preview.token
        self.dialog, self.dialog_error = "void", ""

    @rx.event
    @requires(Permission.invoices_void)
    async def void(self, form: dict[str, str]) -> Any:
        """Void the invoice as previewed, and draft one in its place where that was asked for."""
        facts = {
            "invoice_id": self._required_id(),
            "reason": str(form.get("reason", "")),
            "token": self._token,
        }
        if form.get("then") != REISSUE:
            return await self._commit(void_invoice, f"Invoice {self.title} voided.", **facts)
        try:
            draft = await write(reissue_invoice, **facts)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        return [
            rx.redirect(f"/billing/invoices/{draft.id}"),
            rx.toast.success(f"Invoice {self.title} voided. {draft.number} stands in its place."),
        ]

    @rx.event
    @requires(Permission.payments_record)
    async def ask_payment(self) -> None:
        """Open the form for a payment that was made outside."""
        self.today, self._request_key = clock.today().isoformat(), new_id().hex
        self.dialog, self.dialog_error = "payment", ""

    @rx.event
    @requires(Permission.payments_record)
    async def pay(self, form: dict[str, str]) -> Any:
        """Record the payment; the same form sent twice records one."""
        return await self._commit(
            record_payment,
            "Payment recorded.",
            invoice_id=self._required_id(),
            amount=str(form.get("amount", "")),
            received_on=_day(str(form.get("received_on", ""))),
            channel=str(form.get("channel", "")),
            reference=str(form.get("reference", "")),
            request_key=self._request_key,
        )

    @rx.event
    @requires(Permission.invoices_write_off)
    async def ask_write_off(self) -> None:
        """Show what writing off will do; a refusal is told instead."""
        preview = await read(preview_write_off, invoice_id=self._required_id())
        lost = preview.lost.format(current().actor.locale)
        late = f", {preview.days_overdue} days after the due date" if preview.days_overdue else ""
        self.effect = f"{lost} is no longer expected{late}. Tax and MRR stay as they are."
        self.verb, self._token = f"Write off {lost}", preview.token
        self.dialog, self.dialog_error = "write_off", ""

    @rx.event
    @requires(Permission.invoices_write_off)
    async def write_off(self, form: dict[str, str]) -> Any:
        """Write the invoice off as previewed."""
        return await self._commit(
            write_off_invoice,
            f"Invoice {self.title} written off.",
            invoice_id=self._required_id(),
            reason=str(form.get("why", "")),
            note=str(form.get("note", "")),
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

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("invoice")
        return self._id


def _load(
    session: Session, actor: Actor, invoice_id: UUID
) -> tuple[InvoiceDetail, list[CreditNoteRow], list[MessageRow], list[TimelineEvent]]:
    may_credits = actor.may(Permission.credit_notes_read)
    may_mails = actor.may(Permission.notifications_read)
    return (
        get_invoice(session, actor, invoice_id),
        list_credit_notes_of(session, actor, invoice_id) if may_credits else [],
        list_messages_about(session, actor, about_id=invoice_id) if may_mails else [],
        list_timeline(session, actor, subject_id=invoice_id),
    )


def _void_previews(
    session: Session, actor: Actor, invoice_id: UUID
) -> tuple[VoidPreview, ReissuePreview | None]:
    preview = preview_void(session, actor, invoice_id=invoice_id)
    can_reissue = preview.keeps_number and actor.may(Permission.invoices_create)
    return preview, preview_reissue(session, actor, invoice_id=invoice_id) if can_reissue else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date.unreadable", "Give the day as 2026-11-20.", field="received_on") from None


@page("/billing/invoices/[invoice_id]", "Invoice", [InvoiceState.load, InvoiceState.follow])
def invoice_page() -> rx.Component:
    """Head, lines, document, timeline; facts at the side."""
    return view.body(InvoiceState)
