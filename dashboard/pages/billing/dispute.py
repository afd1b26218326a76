"""One dispute: how long is left, what we say, or that we give it up."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.views import Fact
from dashboard.pages.billing import dispute_view as view
from dashboard.pages.billing.dispute_calls import accept_dispute, send_answer
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current, requires
from dashboard.shell.money_mode import money_verb
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from models.compliance import TimelineEvent, list_timeline
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.events import Subject
from models.kernel.listing import show_instant
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import DISPUTES, EVIDENCE, DisputeRow, get_dispute, keep_evidence, why_not_answer

Found = tuple[DisputeRow, dict[str, str], list[TimelineEvent]]


class DisputeState(DetailState, rx.State):
    """The dispute shown, the texts of its answer, and what is sent."""

    permission: ClassVar = Permission.payments_read
    path: ClassVar = "/billing/disputes"
    tab_labels: ClassVar = (("answer", "Answer"), ("timeline", "Timeline"))

    texts: dict[str, str] = {}  # noqa: RUF012 -- Reflex copies defaults for each state
    refusal: str = ""
    deadline: str = ""
    effect: str = ""
    send_verb: str = ""
    accept_verb: str = ""

    _texts_of: UUID | None = None

    async def _fill(self) -> None:
        reader = current().actor
        row, kept, events = await read(_load, self._required_id())
        amount = Money(row.amount_minor, row.currency).format(reader.locale)
        self.title, self.figure = f"Dispute of {row.number}", amount
        self.badge, self.tone = DISPUTES.labels[row.status], tone("disputes", row.status)
        self.refusal = why_not_answer(row.status, row.submitted_at, row.evidence_due_at, clock.now())
        self.deadline = "" if self.refusal else _deadline(row.evidence_due_at, reader)
        # What is being typed is not overwritten by what is read again.
        if self._texts_of != row.id:
            self._texts_of, self.texts = row.id, {name: kept.get(name, "") for name in EVIDENCE}
        self.send_verb, self.accept_verb = money_verb("Send answer"), money_verb(f"Give up {amount}")
        self.facts = _facts(row, reader)
        self.timeline = timeline_items(events, reader, is_own=False)
        self._subject = Subject("invoice", row.invoice_id, row.number, row.tenant_id)

    @rx.event
    @requires(Permission.disputes_write)
    async def type_text(self, name: str, text: str) -> None:
        """Keep what is typed."""
        if name not in EVIDENCE:
            raise Invalid("dispute.unknown_text", "The answer has no such text. Reload the page.")
        self.texts = {**self.texts, name: text}

    @rx.event
    @requires(Permission.disputes_write)
    async def save(self) -> Any:
        """Keep the texts without sending them."""
        await write(keep_evidence, dispute_id=self._required_id(), evidence=self.texts)
        return rx.toast.success("Kept. Nothing was sent to the bank.")

    @rx.event
    @requires(Permission.disputes_write)
    async def ask(self, name: str) -> None:
        """Show what sending or giving up does."""
        given = [EVIDENCE[key].lower() for key in EVIDENCE if self.texts.get(key, "").strip()]
        if name == "send" and not given:
            raise Invalid("dispute.nothing_to_send", "Write at least one text: an empty answer loses.")
        effects = {
            "send": f"The bank gets {len(given)} of {len(EVIDENCE)} texts: {', '.join(given)}. It decides in 60 to 75 days.",
            "accept": f"The customer keeps {self.figure}, and Stripe its fee. The invoice stays as it is.",
        }
        if name not in effects:
            raise Invalid("dialog.unknown", "This page has no such dialog. Reload it.")
        self.effect, self.dialog, self.dialog_error = effects[name], name, ""

    @rx.event
    @requires(Permission.disputes_write)
    async def send(self, _form: dict[str, str]) -> Any:
        """Send the answer; a second press finds the dialog closed."""
        if self.dialog != "send":
            return None
        return await self._call(send_answer(self._required_id(), self.texts), "The answer is with the bank.")

    @rx.event
    @requires(Permission.disputes_write)
    async def accept(self, _form: dict[str, str]) -> Any:
        """Give the dispute up; a second press finds the dialog closed."""
        if self.dialog != "accept":
            return None
        return await self._call(accept_dispute(self._required_id()), "The dispute was given up.")

    async def _call(self, call: Any, done: str) -> Any:
        try:
            await call
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._refill()
        return rx.toast.success(done)

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("dispute")
        return self._id


def _load(session: Session, actor: Actor, dispute_id: UUID) -> Found:
    row, kept = get_dispute(session, actor, dispute_id)
    events = list_timeline(session, actor, subject_id=row.invoice_id)
    return row, kept, [each for each in events if each.name.startswith(("dispute.", "note."))]


def _deadline(due_at: datetime | None, reader: Actor) -> str:
    if due_at is None:
        return "The bank named no deadline. Answer soon."
    left = due_at - clock.now()
    hours = int(left.total_seconds() // 3600)
    words = f"{hours // 24} days {hours % 24} hours" if hours >= 24 else f"{hours} hours"  # noqa: PLR2004
    return f"{words} left: the bank takes an answer until {show_instant(due_at, reader.locale, reader.time_zone)}."


def _facts(row: DisputeRow, reader: Actor) -> list[Fact]:
    def when(instant: datetime | None) -> tuple[str, str]:
        if instant is None:
            return "\u2014", ""
        return relative_instant(instant), show_instant(instant, reader.locale, reader.time_zone)

    (due, due_title), (opened, opened_title), (sent, sent_title) = (
        when(row.evidence_due_at),
        when(row.opened_at),
        when(row.submitted_at),
    )
    return [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Invoice", row.number, f"/billing/invoices/{row.invoice_id}?tab=collection"),
        Fact("Charge", "Open", f"/billing/charges/{row.charge_id}"),
        Fact("Reason", row.reason.replace("_", " ").capitalize(), title="In the words of the payer's bank"),
        Fact("Answer due", due, title=due_title),
        Fact("Opened", opened, title=opened_title),
        Fact("Answered", sent, title=sent_title),
        Fact("Stripe id", row.vendor_id),
    ]


@page("/billing/disputes/[dispute_id]", "Dispute", DisputeState.load)
def dispute_page() -> rx.Component:
    """Head, the answer's texts, timeline; facts at the side."""
    return view.body(DisputeState)
