"""One invoice: what it is for, whether it is paid, and what can be done."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.approval import RequestNote
from dashboard.pages.billing import invoice_data as data
from dashboard.pages.billing import invoice_view as view
from dashboard.pages.billing.invoice_collect import CollectTab
from dashboard.pages.billing.invoice_credit import CreditActions
from dashboard.pages.billing.invoice_drafts import DraftActions
from dashboard.pages.billing.invoice_ending import EndActions
from dashboard.pages.billing.invoice_send import SendActions, mail_rows, sent_step
from dashboard.pages.billing.invoice_standing import StepView
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.timeline import timeline_items
from dashboard.states.approval_state import request_notes
from dashboard.states.detail_state import DetailState
from models.approvals import RequestRow, list_requests_about
from models.billing import (
    CreditNoteRow,
    InvoiceDetail,
    get_invoice,
    list_credit_notes_of,
    record_payment,
)
from models.channels import MessageRow, list_messages_about, why_not_send_invoice
from models.compliance import TimelineEvent, list_timeline
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Invalid, NotFound
from models.kernel.permissions import Permission


class InvoiceState(CollectTab, DraftActions, EndActions, CreditActions, SendActions, DetailState, rx.State):
    """The invoice shown, its dialogs and what they do."""

    permission: ClassVar = Permission.invoices_read
    path: ClassVar = "/billing/invoices"
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
    requests: list[RequestNote] = []  # noqa: RUF012
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
    # What a draft in its place would say; empty where there can be none.
    due_text: str = ""
    today: str = ""
    pdf_href: str = ""

    _request_key: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        invoice, notes, mails, requests, events = await read(_load, self._required_id())
        for name, value in data.show(invoice, notes, reader).items():
            setattr(self, name, value)
        self.mails, self.send_refusal = mail_rows(mails, reader), why_not_send_invoice(invoice.row.status)
        self.steps = sent_step(self.steps, mails)
        self._version = invoice.version
        self.requests = request_notes(requests, reader)
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = data.subject(invoice)
        await self._fill_collection()

    def _is_editing(self) -> bool:
        # Whoever approves a draft says yes to what they have read, so it does not change under their eyes.
        return bool(self.dialog) or self.stage == data.DRAFT

    def _asked(self, name: str) -> Any:
        asked = {
            "void": "ask_void",
            "payment": "ask_payment",
            "charge": "ask_charge",
            "send": "ask_send",
        }.get(name)
        return getattr(type(self), asked) if asked else None

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

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("invoice")
        return self._id


def _load(
    session: Session, actor: Actor, invoice_id: UUID
) -> tuple[InvoiceDetail, list[CreditNoteRow], list[MessageRow], list[RequestRow], list[TimelineEvent]]:
    may_credits = actor.may(Permission.credit_notes_read)
    may_mails = actor.may(Permission.notifications_read)
    invoice = get_invoice(session, actor, invoice_id)
    requests = list_requests_about(session, actor, invoice_id)
    return (
        invoice,
        list_credit_notes_of(session, actor, invoice_id) if may_credits else [],
        list_messages_about(session, actor, about_id=invoice_id) if may_mails else [],
        requests,
        list_timeline(session, actor, subject_id=invoice_id, related=[each.id for each in requests]),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date.unreadable", "Give the day as 2026-11-20.", field="received_on") from None


@page("/billing/invoices/[invoice_id]", "Invoice", InvoiceState.load)
def invoice_page() -> rx.Component:
    """Head, lines, document, timeline; facts at the side."""
    return view.body(InvoiceState)
