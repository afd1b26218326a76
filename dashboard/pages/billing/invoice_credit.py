"""Crediting an invoice on its page: amounts by line, four ways to settle, and what is left to reach 0.00."""

from dataclasses import dataclass, fields, replace
from typing import Any

import reflex as rx

from dashboard.shell.guard import current, requires
from dashboard.shell.run import read
from dashboard.states.form_fields import as_id
from models.approvals import CreditOrder
from models.billing import (
    CreditPreview,
    CreditWish,
    SettlementText,
    issue_credit_note,
    preview_credit_note,
)
from models.kernel.columns import new_id
from models.kernel.errors import DomainError, Invalid
from models.kernel.money import Money, format_minor
from models.kernel.permissions import Permission
from models.limits import LimitedAction

PARTS = ("reduce", "to_balance", "refund", "outside")
PERCENTS = ("50", "100")


@dataclass(frozen=True)
class CreditRow:
    """A line of the invoice in the dialog: what is left of it, and what is typed."""

    id: str
    description: str
    left: str
    typed: str
    tax: str


@dataclass(frozen=True)
class CreditSums:
    """The figures under the lines."""

    subtotal: str = ""
    tax: str = ""
    total: str = ""
    due: str = ""
    given: str = ""
    refundable: str = ""


class CreditActions(rx.State, mixin=True):
    """Handlers of the credit dialog; each change runs the real operation's preview."""

    currency: str = ""
    credit_rows: list[CreditRow] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    credit_sums: CreditSums = CreditSums()
    parts: dict[str, str] = {}  # noqa: RUF012
    remainder: str = ""
    is_settled: bool = False
    credit_verb: str = "Issue credit note"

    _credit_token: str = ""
    _credit_key: str = ""
    _credit_total: int = 0
    _credited: int = 0
    _refunded: int = 0

    @rx.event
    @requires(Permission.credit_notes_create)
    async def ask_credit(self) -> None:
        """Open the dialog with what is left of each line; a refusal is told instead."""
        preview = await read(preview_credit_note, invoice_id=self._required_id(), wish=CreditWish())
        self._credit_key = new_id().hex
        self.credit_rows = []
        self._begin_request()
        self._show_credit(preview)
        self.dialog, self.dialog_error = "credit", ""

    @rx.event
    @requires(Permission.credit_notes_create)
    async def take_percent(self, percent: str) -> None:
        """Fill every line with a percentage of what is left of it."""
        if percent not in PERCENTS:
            raise Invalid("credit_dialog.unknown_percent", "Choose half or all, or type amounts.")
        self.credit_rows = []
        await self._preview_credit(CreditWish(percent=percent))

    @rx.event
    @requires(Permission.credit_notes_create)
    async def type_amount(self, line_id: str, text: str) -> None:
        """Take what was typed for a line, without tax."""
        self.credit_rows = [
            replace(each, typed=text) if each.id == line_id else each for each in self.credit_rows
        ]
        amounts = tuple((as_id(each.id), each.typed) for each in self.credit_rows if each.typed.strip())
        await self._preview_credit(CreditWish(amounts=amounts))

    @rx.event
    @requires(Permission.credit_notes_create)
    async def type_part(self, name: str, text: str) -> None:
        """Take what was typed for a way to settle."""
        if name in PARTS:
            self.parts = {**self.parts, name: text}
            self._show_remainder()
            await self._weigh_credit()

    @rx.event
    @requires(Permission.credit_notes_create)
    async def issue_credit(self, form: dict[str, str]) -> Any:
        """Issue the credit note as previewed; the same form sent twice is one."""
        amounts = tuple((as_id(each.id), each.typed) for each in self.credit_rows if each.typed.strip())
        settlement = SettlementText(
            **{name: self.parts.get(name, "") for name in PARTS},
            channel=str(form.get("channel", "")),
            reference=str(form.get("reference", "")),
        )
        order = CreditOrder(
            self._required_id(),
            CreditWish(amounts=amounts),
            settlement,
            str(form.get("reason", "")),
            self._credit_key,
        )
        return await self._commit_or_ask(
            order,
            issue_credit_note,
            "Credit note issued.",
            token=self._credit_token,
            **{each.name: getattr(order, each.name) for each in fields(order)},
        )

    async def _preview_credit(self, wish: CreditWish) -> None:
        try:
            preview = await read(preview_credit_note, invoice_id=self._required_id(), wish=wish)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            self.is_settled = False
            return
        self.dialog_error = ""
        self._show_credit(preview)
        await self._weigh_credit()

    async def _weigh_credit(self) -> None:
        """Together with what was credited and refunded of the invoice before."""
        if not self.is_settled:
            self.needs_approval, self.approval_note = False, ""
            return
        refund = Money.parse(self.parts.get("refund") or "0", self.currency)
        weights = {LimitedAction.credit: Money(self._credited + self._credit_total, self.currency)}
        if refund.minor:
            weights[LimitedAction.refund] = Money(self._refunded + refund.minor, self.currency)
        await self._weigh(weights)

    def _show_credit(self, preview: CreditPreview) -> None:
        locale, currency = current().actor.locale, preview.total.currency
        typed = {each.id: each.typed for each in self.credit_rows}

        def text(minor: int) -> str:
            return Money(minor, currency).format(locale)

        self.credit_rows = [
            CreditRow(
                str(each.line_id),
                each.description,
                format_minor(each.left_minor, currency, locale),
                typed.get(str(each.line_id)) or _plain(each.credit_minor, currency),
                format_minor(each.tax_minor, currency, locale),
            )
            for each in preview.lines
        ]
        limits, proposal = preview.ceilings, preview.proposal
        self.credit_sums = CreditSums(
            preview.subtotal.format(locale),
            preview.tax.format(locale),
            preview.total.format(locale),
            text(limits.due_minor),
            text(limits.given_minor),
            text(limits.refundable_minor),
        )
        self.parts = {
            "reduce": _plain(proposal.reduced_minor, currency) or "0",
            "to_balance": _plain(proposal.to_balance_minor, currency) or "0",
            "refund": "0",
            "outside": "0",
        }
        self._credit_token, self._credit_total = preview.token, preview.total.minor
        self._credited, self._refunded = preview.credited.minor, preview.refunded.minor
        self.credit_verb = f"Credit {preview.total.format(locale)}"
        self._show_remainder()

    def _show_remainder(self) -> None:
        """What the four parts leave of the total; it must reach zero."""
        try:
            taken = sum(Money.parse(self.parts.get(name) or "0", self.currency).minor for name in PARTS)
        except DomainError as error:
            self.remainder, self.is_settled = error.sentence, False
            return
        left = self._credit_total - taken
        self.remainder = Money(left, self.currency).format(current().actor.locale)
        self.is_settled = left == 0 and self._credit_total > 0


def _plain(minor: int, currency: str) -> str:
    return str(Money(minor, currency).decimal) if minor else ""
