"""One charge: what was tried, what became of it, what to do next."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.approval import RequestNote, request_callouts
from dashboard.components.callouts import callout
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button
from dashboard.components.views import Fact
from dashboard.pages.billing.charge_dialog import ChargeDialog, charge_dialog
from dashboard.pages.billing.charge_facts import charge_facts
from dashboard.pages.billing.charge_views import (
    ChargeView,
    RefundView,
    charge_line,
    charge_view,
    refund_table,
    refund_view,
)
from dashboard.pages.billing.refund_dialog import RefundDialog, refund_dialog
from dashboard.pages.billing.refunds import again_dialog
from dashboard.shell.guard import current, requires
from dashboard.shell.money_mode import why_no_payments
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.timeline import timeline_items
from dashboard.states.approval_state import request_notes
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id
from models.approvals import RequestRow, list_requests_about
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.events import Subject
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import ChargeDetail, Collection, get_charge, get_collection, retry_refund

Found = tuple[ChargeDetail, Collection, list[RequestRow], list[TimelineEvent]]


class ChargeState(ChargeDialog, RefundDialog, DetailState, rx.State):
    """The charge shown, its dialogs and what they do."""

    permission: ClassVar = Permission.payments_read
    path: ClassVar = "/billing/charges"
    tab_labels: ClassVar = (("attempts", "Attempts"), ("refunds", "Refunds"), ("timeline", "Timeline"))

    attempts: list[ChargeView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    refunds: list[RefundView] = []  # noqa: RUF012
    stripe_facts: list[Fact] = []  # noqa: RUF012
    requests: list[RequestNote] = []  # noqa: RUF012
    advice: str = ""
    dispute_text: str = ""
    dispute_href: str = ""

    _transfer_id: UUID | None = None

    async def _fill(self) -> None:
        reader = current().actor
        found, collection, requests, events = await read(_load, self._required_id())
        row, shown = found.row, charge_view(found.row, reader)
        self.title, self.charged_number = f"Charge of {row.number}", row.number
        self.badge, self.tone, self.note, self.note_tone = (
            shown.badge,
            shown.tone,
            shown.flag,
            shown.flag_tone,
        )
        self.figure, self.advice = shown.amount, found.advice
        self.attempts = [charge_view(each, reader, is_here=each.id == row.id) for each in found.attempts]
        self.refunds = [refund_view(each, reader) for each in found.refunds]
        self.facts, self.stripe_facts = charge_facts(found, reader)
        self.requests = request_notes(requests, reader)
        self.dispute_href, self.dispute_text = _dispute(found, reader)
        self._invoice_id, self._method_id = row.invoice_id, found.payment_method_id
        self.charge_refusal = why_no_payments() or collection.refusal
        self._left = Money(found.left_minor, row.currency) if found.left_minor else None
        self.refund_refusal = why_no_payments() or _why_no_refund(found)
        self.timeline = timeline_items(events, reader, is_own=False)
        self._subject = Subject("invoice", row.invoice_id, row.number, row.tenant_id)

    def _asked(self, name: str) -> Any:
        asked = {"charge": "ask_charge", "refund": "ask_refund"}.get(name)
        return getattr(type(self), asked) if asked else None

    @rx.event
    @requires(Permission.payments_refund)
    async def ask_again(self, identifier: str) -> None:
        """Ask before a refund that failed is sent once more."""
        self._transfer_id = as_id(identifier)
        self.dialog, self.dialog_error = "again", ""

    @rx.event
    @requires(Permission.payments_refund)
    async def send_again(self, _form: dict[str, str]) -> Any:
        """Send the refund once more."""
        if self._transfer_id is None or self.dialog != "again":
            return None
        return await self._commit(
            retry_refund, "The refund is on its way again.", transfer_id=self._transfer_id
        )

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("charge")
        return self._id


def _load(session: Session, actor: Actor, charge_id: UUID) -> Found:
    found = get_charge(session, actor, charge_id)
    events = list_timeline(session, actor, subject_id=found.row.invoice_id)
    about = [
        each for each in events if each.after.get("charge_id") == str(charge_id) or each.name == "note.added"
    ]
    requests = list_requests_about(session, actor, found.row.invoice_id)
    return found, get_collection(session, actor, found.row.invoice_id), requests, about


def _why_no_refund(found: ChargeDetail) -> str:
    if found.row.status != "succeeded":
        return "It brought no money, so nothing can go back."
    return "" if found.left_minor else "All of it went back already."


def _dispute(found: ChargeDetail, reader: Actor) -> tuple[str, str]:
    dispute = found.dispute
    if dispute is None:
        return "", ""
    amount = Money(dispute.amount_minor, dispute.currency).format(reader.locale)
    return f"/billing/disputes/{dispute.id}", f"{amount} are disputed: {dispute.reason.replace('_', ' ')}."


@page("/billing/charges/[charge_id]", "Charge", ChargeState.load)
def charge_page() -> rx.Component:
    """Head, attempts, refunds, timeline; facts at the side."""
    state = ChargeState
    return detail_page(
        state,
        noun="charge",
        list_label="Charges",
        list_href="/billing/charges",
        first_tab=_attempts(state),
        tabs={"refunds": refund_table(state.refunds, state.ask_again)},
        actions=(
            action_button("Refund", "rotate-ccw", state.ask_refund, refusal=state.refund_refusal),
            action_button(
                "Charge again",
                "zap",
                state.ask_charge,
                refusal=state.charge_refusal,
                is_main=True,
            ),
        ),
        dialogs=(charge_dialog(state), refund_dialog(state), again_dialog(state, state.send_again)),
    )


def _attempts(state: Any) -> rx.Component:
    return rx.vstack(
        request_callouts(state.requests),
        rx.cond(state.advice != "", callout(state.advice, "amber", "lightbulb")),
        rx.cond(
            state.dispute_text != "",
            callout(
                rx.fragment(state.dispute_text, " ", rx.link("Answer it", href=state.dispute_href)),
                "red",
                "scale",
            ),
        ),
        section("Attempts of this round", charge_line(state.attempts, nothing="")),
        section("At Stripe", rx.el.dl(rx.foreach(state.stripe_facts, _fact), class_name="cf-facts")),
        spacing="4",
        width="100%",
    )


def _fact(fact: rx.Var[Fact]) -> rx.Component:
    return rx.fragment(rx.el.dt(fact.label), rx.el.dd(rx.code(fact.value, size="2", title=fact.title)))
