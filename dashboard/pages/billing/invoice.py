"""One invoice: what it is for, whether it is paid, and what can be done."""

from datetime import date
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing import invoice_data as data
from dashboard.pages.billing import invoice_view as view
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from models.billing import InvoiceDetail, get_invoice, preview_void, record_payment, void_invoice
from models.compliance import TimelineEvent, list_timeline
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Invalid, NotFound
from models.kernel.permissions import Permission


class InvoiceState(DetailState, rx.State):
    """The invoice shown, its dialogs and what they do."""

    permission: ClassVar = Permission.invoices_read
    path: ClassVar = "/billing/invoices"
    tab_labels: ClassVar = (("lines", "Lines"), ("document", "Document"), ("timeline", "Timeline"))

    lines: list[data.LineView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    payments: list[data.PaymentView] = []  # noqa: RUF012
    totals: list[data.TotalView] = []  # noqa: RUF012
    void_refusal: str = ""
    pay_refusal: str = ""
    effect: str = ""
    verb: str = ""
    due_text: str = ""
    today: str = ""
    pdf_href: str = ""

    _token: str = ""
    _request_key: str = ""

    async def _fill(self) -> None:
        if self._id is None:
            raise NotFound("invoice")
        reader = current().actor
        invoice, events = await read(_load, self._id)
        shown = data.show(invoice, reader)
        for name, value in shown.items():
            setattr(self, name, value)
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = data.subject(invoice)

    @rx.event
    @requires(Permission.invoices_void)
    async def ask_void(self) -> None:
        """Show what voiding will do; a refusal is told instead."""
        preview = await read(preview_void, invoice_id=self._required_id())
        amount = preview.no_longer_due.format(current().actor.locale)
        self.effect = f"{amount} will no longer be due, and the number {preview.number} stays used."
        self.verb, self._token = f"Void {preview.number}", preview.token
        self.dialog, self.dialog_error = "void", ""

    @rx.event
    @requires(Permission.invoices_void)
    async def void(self, form: dict[str, str]) -> Any:
        """Void the invoice as previewed."""
        return await self._commit(
            void_invoice,
            f"Invoice {self.title} voided.",
            invoice_id=self._required_id(),
            reason=str(form.get("reason", "")),
            token=self._token,
        )

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

    def _required_id(self) -> Any:
        if self._id is None:
            raise NotFound("invoice")
        return self._id


def _load(session: Session, actor: Actor, invoice_id: Any) -> tuple[InvoiceDetail, list[TimelineEvent]]:
    return get_invoice(session, actor, invoice_id), list_timeline(session, actor, subject_id=invoice_id)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date.unreadable", "Give the day as 2026-11-20.", field="received_on") from None


@page("/billing/invoices/[invoice_id]", "Invoice", InvoiceState.load)
def invoice_page() -> rx.Component:
    """Head, lines, document, timeline; facts at the side."""
    return view.body(InvoiceState)
