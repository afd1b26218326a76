"""One credit note: what it took back, and how it was settled."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.data_table import plain_table
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog, reason_field
from dashboard.components.native import download_link
from dashboard.components.views import Fact
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from models.billing import (
    CreditNoteDetail,
    get_credit_note,
    preview_void_credit_note,
    void_credit_note,
)
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.events import Subject
from models.kernel.listing import show_date
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True)
class NoteLine:
    """How much of a line was taken back."""

    description: str
    amount: str
    tax: str
    total: str


class CreditNoteState(DetailState, rx.State):
    """The credit note shown, and voiding it."""

    permission: ClassVar = Permission.credit_notes_read
    path: ClassVar = "/billing/credit-notes"
    tab_labels: ClassVar = (("lines", "Lines"), ("document", "Document"), ("timeline", "Timeline"))

    lines: list[NoteLine] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    effect: str = ""
    verb: str = ""
    void_refusal: str = ""
    pdf_href: str = ""

    _token: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        note, events = await read(_load, self._required_id())
        row = note.row
        self.title, self.badge = row.number, row.status.capitalize()
        self.tone = tone("credit_notes", row.status)
        self.figure = Money(row.total_minor, row.currency).format(reader.locale)
        self.facts = _facts(note, reader)
        self.lines = _lines(note, reader.locale)
        self.void_refusal = "This credit note is void already." if note.voided_at else ""
        self.pdf_href = f"/api/documents/credit-notes/{row.id}.pdf"
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("credit_note", row.id, row.number, row.tenant_id)

    @rx.event
    @requires(Permission.credit_notes_create)
    async def ask_void(self) -> None:
        """Show what voiding will do; a refusal is told instead."""
        preview = await read(preview_void_credit_note, credit_note_id=self._required_id())
        locale = current().actor.locale
        self.effect = (
            f"{preview.due_again.format(locale)} is due again on {preview.invoice}, and "
            f"{preview.from_balance.format(locale)} leaves the customer's balance."
        )
        self.verb, self._token = f"Void {preview.number}", preview.token
        self.dialog, self.dialog_error = "void", ""

    @rx.event
    @requires(Permission.credit_notes_create)
    async def void(self, form: dict[str, str]) -> Any:
        """Void the credit note as previewed."""
        return await self._commit(
            void_credit_note,
            f"Credit note {self.title} voided.",
            credit_note_id=self._required_id(),
            reason=str(form.get("reason", "")),
            token=self._token,
        )

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("credit_note")
        return self._id


def _load(
    session: Session, actor: Actor, credit_note_id: UUID
) -> tuple[CreditNoteDetail, list[TimelineEvent]]:
    return (
        get_credit_note(session, actor, credit_note_id),
        list_timeline(session, actor, subject_id=credit_note_id),
    )


def _facts(note: CreditNoteDetail, reader: Actor) -> list[Fact]:
    row, locale = note.row, reader.locale
    parts = (
        ("Reduced due", row.reduced_minor),
        ("To balance", row.to_balance_minor),
        ("Refunded", row.refunded_minor),
        ("Outside", row.outside_minor),
    )
    refunds = [
        Fact(
            "Refund made",
            f"{show_date(each.refunded_on, locale)}, {each.channel.replace('_', ' ')} {each.reference}".strip(),
        )
        for each in note.refunds
    ]
    return [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Invoice", row.invoice, f"/billing/invoices/{row.invoice_id}"),
        Fact("Issued", show_date(row.issued_on, locale)),
        Fact("By", row.issued_by or "\u2014"),
        Fact("Reason", row.reason),
        *[Fact(label, Money(minor, row.currency).format(locale)) for label, minor in parts if minor],
        *refunds,
        Fact("Id", str(row.id)),
    ]


def _lines(note: CreditNoteDetail, locale: str) -> list[NoteLine]:
    currency = note.row.currency

    def text(minor: int) -> str:
        return Money(minor, currency).format(locale)

    lines = [
        NoteLine(
            each.description,
            text(each.amount_minor),
            text(each.tax_minor),
            text(each.amount_minor + each.tax_minor),
        )
        for each in note.lines
    ]
    sums = NoteLine("Together", text(note.subtotal_minor), text(note.tax_minor), text(note.row.total_minor))
    return [*lines, sums]


@page("/billing/credit-notes/[credit_note_id]", "Credit note", CreditNoteState.load)
def credit_note_page() -> rx.Component:
    """Head, lines, document, timeline; facts at the side."""
    state = CreditNoteState
    return detail_page(
        state,
        noun="credit note",
        list_label="Credit notes",
        list_href="/billing/credit-notes",
        first_tab=plain_table(
            ["Line", "Without tax", "Tax", "Total"],
            rx.foreach(state.lines, _line),
            caption="Lines",
            numeric=(1, 2, 3),
        ),
        tabs={
            "document": rx.vstack(
                download_link("Download PDF", href=state.pdf_href + "?download=1"),
                rx.el.iframe(src=state.pdf_href, title="Credit note document", class_name="cf-pdf"),
                width="100%",
            )
        },
        actions=(action_button("Void credit note", "ban", state.ask_void, refusal=state.void_refusal),),
        dialogs=(_void_dialog(state),),
    )


def _line(line: rx.Var[NoteLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.description),
        rx.el.td(line.amount, class_name="cf-num"),
        rx.el.td(line.tax, class_name="cf-num"),
        rx.el.td(line.total, class_name="cf-num"),
    )


def _void_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Void credit note " + state.title,
        effect=state.effect,
        undo="Cannot be undone. The invoice can be credited again.",
        verb=state.verb,
        is_open=state.dialog == "void",
        on_close=state.close_dialog,
        on_submit=state.void,
        error=state.dialog_error,
        fields=(reason_field("Why is it taken back?"),),
    )
