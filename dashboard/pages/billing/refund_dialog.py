"""The dialog that gives a charge back, in full or in part: the credit note is shown first."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.preview import BillView, LineView, PreviewView, TotalView
from dashboard.components.preview_form import FieldView, preview_dialog
from dashboard.components.views import Change
from dashboard.shell.guard import current, requires
from dashboard.shell.money_mode import money_verb
from dashboard.shell.run import read
from dashboard.states.approval_state import ASKED, need_words
from dashboard.states.preview_state import PreviewState
from models.approvals import ChargeRefundOrder, Needed, list_needs, request_approval, which_needed
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, NotFound
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments import RefundPreview, preview_refund, refund_charge

REASONS = (
    "Customer asked for it",
    "Charged twice",
    "Wrong amount",
    "Goodwill",
    "Service not delivered",
    "Other",
)


class RefundDialog(PreviewState, rx.State, mixin=True):
    """Mixed into the page of a charge, whose id is the page's."""

    refund_refusal: str = ""
    charged_number: str = ""

    _left: Money | None = None
    # Whether the preview that is shown needs a second person: then the button asks for it.
    _is_asking: bool = False

    @rx.event
    @requires(Permission.payments_refund)
    async def ask_refund(self) -> None:
        """Open the dialog with all that is left of the charge; a refusal is told instead."""
        if self.refund_refusal or self._left is None:
            raise Conflict("refund.not_now", self.refund_refusal or "Nothing is left of this charge.")
        self._begin_preview("refund", is_dangerous=True)
        plain = str(self._left.decimal)
        most = f"At most the {self._left.format(current().actor.locale)} that are left of this charge."
        self._values, self.reasons = {"amount": plain}, list(REASONS)
        self.change_fields = [FieldView("amount", "Amount with tax", "text", plain, help=most)]
        await self._show(self._compute_refund)

    @rx.event
    @requires(Permission.payments_refund)
    async def choose_refund(self, name: str, value: str) -> None:
        """Keep a field and compute the preview anew."""
        self._take(name, value)
        await self._show(self._compute_refund)

    @rx.event
    @requires(Permission.payments_refund)
    async def commit_refund(self, form: dict[str, str]) -> AsyncIterator[Any]:
        """Give back as shown; a second press finds nothing to do."""
        if not self._is_shown or self.dialog != "refund":
            return
        self.is_busy, self._is_shown = True, False
        yield
        done = self.preview.done
        reason = ": ".join(part for key in ("reason", "note") if (part := str(form.get(key, "")).strip()))
        is_done = await self._carry_out(
            self._compute_refund,
            _request_refund if self._is_asking else refund_charge,
            charge_id=self._refunded_charge(),
            amount=self._values["amount"],
            reason=reason,
        )
        if is_done:
            await self._refill()
            yield rx.toast.success(done)
        else:
            # Where a limit was lowered meanwhile, the button asks from now on.
            await self._show(self._compute_refund)

    async def _compute_refund(self) -> tuple[PreviewView, str]:
        amount = self._values["amount"] or "0"
        found, needed = await read(_preview_and_need, self._refunded_charge(), amount)
        self._is_asking, self.is_dangerous = needed is not None, needed is None
        return show_refund(found, current().actor.locale, needed), found.token

    def _refunded_charge(self) -> UUID:
        if self._id is None:
            raise NotFound("charge")
        return self._id


def _preview_and_need(
    session: Session, actor: Actor, charge_id: UUID, amount: str
) -> tuple[RefundPreview, Needed | None]:
    found = preview_refund(session, actor, charge_id=charge_id, amount=amount)
    return found, which_needed(list_needs(session, actor, found.amount.currency), found.weights)


def _request_refund(
    session: Session, actor: Actor, *, charge_id: UUID, amount: str, reason: str, request_key: str, token: str
) -> object:
    """Ask a second person for the refund as shown; one key a form is one request."""
    order = ChargeRefundOrder(charge_id, amount, reason, request_key)
    return request_approval(session, actor, order=order, request_id=UUID(request_key), token=token)


def show_refund(found: RefundPreview, locale: str, needed: Needed | None = None) -> PreviewView:
    """What refunding will do: the money, the credit note with its tax, and what is left of the charge.

    Where it is `needed`, the button asks a second person.
    """
    amount, credit = found.amount.format(locale), found.credit
    lines = [
        LineView(
            each.description,
            f"{Money(each.left_minor - each.credit_minor, each.currency).format(locale)} after it",
            f"{Money(each.left_minor, each.currency).format(locale)} left",
            Money(each.credit_minor, each.currency).format(locale),
        )
        for each in credit.lines
        if each.credit_minor
    ]
    totals = [
        TotalView("Without tax", credit.subtotal.format(locale)),
        TotalView("Tax", credit.tax.format(locale)),
        TotalView("Total", credit.total.format(locale), is_main=True),
    ]
    return PreviewView(
        sentence=f"Gives {amount} back through this charge.",
        verb="Request approval" if needed else money_verb(f"Refund {amount}"),
        done=ASKED if needed else f"{amount} are on their way back.",
        undo="Cannot be undone: what the bank has sent cannot be called back.",
        holds="Refunded once: a second press does nothing.",
        notes=[
            *([need_words(needed, locale)] if needed else []),
            *([f"{found.repeats} Make sure that this is another one."] if found.repeats else []),
            "A credit note is issued in the same step; what the customer owes does not change.",
            "Cards show it after 5 to 10 business days.",
        ],
        changes=[
            Change(
                "Left of this charge", found.left.format(locale), (found.left - found.amount).format(locale)
            )
        ],
        now=BillView(f"Credit note of {credit.number}", credit.total.format(locale), "", lines, totals),
    )


def refund_dialog(state: Any) -> rx.Component:
    """The form beside what it would do."""
    return preview_dialog(
        state,
        title="Refund " + state.charged_number,
        is_open=state.dialog == "refund",
        on_close=state.close_dialog,
        on_submit=state.commit_refund,
        on_change=state.choose_refund,
    )
