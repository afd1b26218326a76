"""The Credit tab of a customer: the ledger of their balance, adjusting it, and their statement."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.approval import RequestNote
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read
from dashboard.states.approval_state import request_notes
from models.approvals import BalanceOrder, RequestRow, list_requests_about
from models.billing import (
    LedgerRow,
    adjust_balance,
    balance_of,
    list_ledger,
    list_statement_currencies,
    preview_adjustment,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid
from models.kernel.listing import show_instant
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction


@dataclass(frozen=True)
class LedgerView:
    """A movement as shown."""

    when: str
    what: str
    source: str
    href: str
    amount: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Credit:
    """What the tab reads."""

    balances: list[Money]
    ledger: list[LedgerRow]
    currencies: list[str]
    requests: list[RequestRow]


class CreditTab(rx.State, mixin=True):
    """Variables and handlers of the tab; the page's state is a `DetailState` of a customer."""

    balances: list[str] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    ledger: list[LedgerView] = []  # noqa: RUF012
    currencies: list[str] = []  # noqa: RUF012
    credit_requests: list[RequestNote] = []  # noqa: RUF012
    statement_currency: str = ""
    statement_from: str = ""
    statement_to: str = ""
    statement_href: str = ""
    adjust_currency: str = ""
    adjust_amount: str = ""
    adjust_effect: str = ""
    adjust_verb: str = "Adjust balance"
    can_adjust: bool = False

    _adjust_token: str = ""

    async def _fill_credit(self) -> None:
        if not current().actor.may(Permission.credit_notes_read):
            self.balances, self.ledger, self.currencies = [], [], []
            return
        reader = current().actor
        found = await read(load_credit, self._required_id())
        self.balances = [each.format(reader.locale) for each in found.balances]
        self.ledger = [_entry(each, reader) for each in found.ledger]
        self.currencies = found.currencies
        self.credit_requests = request_notes(found.requests, reader)
        if self.statement_currency not in found.currencies:
            today = clock.today()
            self.statement_currency = found.currencies[0]
            self.statement_from = today.replace(month=1, day=1).isoformat()
            self.statement_to = today.isoformat()
        self._show_statement()

    @rx.event
    @requires(Permission.credit_notes_read)
    async def set_statement(self, name: str, value: str) -> None:
        """Choose the statement's currency or one of its days."""
        if name == "currency" and value in self.currencies:
            self.statement_currency = value
        elif name in {"from", "to"}:
            setattr(self, f"statement_{name}", _day(value).isoformat())
        self._show_statement()

    @rx.event
    @requires(Permission.balances_write)
    async def ask_adjust(self) -> None:
        """Open the form that adjusts the balance."""
        self.adjust_currency = self.currencies[0] if self.currencies else ""
        self.adjust_amount = self.adjust_effect = ""
        self.adjust_verb, self.can_adjust = "Adjust balance", False
        self._begin_request()
        self.dialog, self.dialog_error = "adjust", ""

    @rx.event
    @requires(Permission.balances_write)
    async def type_adjust(self, name: str, value: str) -> None:
        """Preview the adjustment as it is typed."""
        if name == "currency" and value in self.currencies:
            self.adjust_currency = value
        elif name == "amount":
            self.adjust_amount = value
        self.can_adjust, self.adjust_effect, self.dialog_error = False, "", ""
        if not self.adjust_amount.strip():
            return
        try:
            preview = await read(
                preview_adjustment,
                tenant_id=self._required_id(),
                amount=self.adjust_amount,
                currency=self.adjust_currency,
            )
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return
        locale = current().actor.locale
        self.adjust_effect = f"{preview.before.format(locale)} \u2192 {preview.after.format(locale)}"
        self.adjust_verb = f"Adjust by {preview.change.format(locale)}"
        self._adjust_token, self.can_adjust = preview.token, True
        await self._weigh({LimitedAction.credit: preview.given})

    @rx.event
    @requires(Permission.balances_write)
    async def adjust(self, form: dict[str, str]) -> Any:
        """Adjust the balance as previewed."""
        order = BalanceOrder(
            self._required_id(), self.adjust_amount, self.adjust_currency, str(form.get("reason", ""))
        )
        return await self._commit_or_ask(
            order,
            adjust_balance,
            "Balance adjusted.",
            token=self._adjust_token,
            **{each.name: getattr(order, each.name) for each in fields(order)},
        )

    @rx.event
    @requires(Mark.page)
    async def new_invoice(self) -> Any:
        """Open the form of an invoice by hand for this customer."""
        return rx.redirect(f"/billing/invoices/new?customer={self._required_id()}")

    def _show_statement(self) -> None:
        self.statement_href = (
            f"/api/documents/statements/{self._required_id()}.pdf?currency={self.statement_currency}"
            f"&from_on={self.statement_from}&last_on={self.statement_to}"
        )


def load_credit(session: Session, actor: Actor, tenant_id: UUID) -> Credit:
    """Balances, ledger and currencies of a customer within the reader's reach."""
    currencies = list_statement_currencies(session, actor, tenant_id)
    balances = [Money(balance_of(session, tenant_id, each), each) for each in currencies]
    requests = list_requests_about(session, actor, tenant_id)
    return Credit(balances, list_ledger(session, actor, tenant_id), currencies, requests)


def _entry(row: LedgerRow, reader: Actor) -> LedgerView:
    source = row.credit_note or row.invoice
    href = (
        f"/billing/credit-notes/{row.credit_note_id}"
        if row.credit_note_id
        else f"/billing/invoices/{row.invoice_id}"
        if row.invoice_id
        else ""
    )
    return LedgerView(
        show_instant(row.created_at, reader.locale, reader.time_zone),
        row.kind.replace("_", " ").capitalize(),
        source,
        href,
        Money(row.amount_minor, row.currency).format(reader.locale),
        Money(row.after_minor, row.currency).format(reader.locale),
        row.reason,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("statement.day_unreadable", "Give the day as 2026-11-20.", field="day") from None
