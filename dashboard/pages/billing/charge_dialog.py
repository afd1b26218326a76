"""The dialog that charges an invoice by hand: what success and failure will do is shown first."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import reflex as rx

from dashboard.components.preview import PreviewView
from dashboard.components.preview_form import ChoiceView, FieldView, preview_dialog
from dashboard.shell.guard import current, requires
from dashboard.shell.money_mode import money_verb
from dashboard.shell.run import read
from dashboard.states.form_fields import as_id
from dashboard.states.preview_state import PreviewState
from models.kernel.errors import Conflict, NotFound
from models.kernel.permissions import Permission
from models.payments import ChargePreview, MethodChoice, charge_invoice, preview_charge


class ChargeDialog(PreviewState, rx.State, mixin=True):
    """Mixed into pages that know which invoice is charged: they set `_invoice_id`, and `_method_id` where it matters."""

    charge_refusal: str = ""
    charged_number: str = ""

    _invoice_id: UUID | None = None
    _method_id: UUID | None = None

    @rx.event
    @requires(Permission.payments_charge)
    async def ask_charge(self) -> None:
        """Open the dialog with all that is due and the default method; a refusal is told instead."""
        if self.charge_refusal:
            raise Conflict("charge.not_now", self.charge_refusal)
        found = await read(
            preview_charge, invoice_id=self._charged_invoice(), payment_method_id=self._method_id
        )
        self._begin_preview("charge")
        self._values = {"method": str(found.method.id), "amount": str(found.amount.decimal)}
        self.change_fields = _fields(found, current().actor.locale)
        await self._show(self._compute_charge)

    @rx.event
    @requires(Permission.payments_charge)
    async def choose_charge(self, name: str, value: str) -> None:
        """Keep a field and compute the preview anew."""
        self._take(name, value)
        await self._show(self._compute_charge)

    @rx.event
    @requires(Permission.payments_charge)
    async def commit_charge(self, _form: dict[str, str]) -> AsyncIterator[Any]:
        """Charge as shown; a second press finds nothing to do."""
        if not self._is_shown or self.dialog != "charge":
            return
        self.is_busy, self._is_shown = True, False
        yield
        done = self.preview.done
        is_done = await self._carry_out(
            self._compute_charge,
            charge_invoice,
            invoice_id=self._charged_invoice(),
            payment_method_id=as_id(self._values["method"]),
            amount=self._values["amount"],
        )
        if is_done:
            await self._refill()
            yield rx.toast.success(done)

    async def _compute_charge(self) -> tuple[PreviewView, str]:
        found = await read(
            preview_charge,
            invoice_id=self._charged_invoice(),
            payment_method_id=as_id(self._values["method"]),
            amount=self._values["amount"] or "0",
        )
        return show_charge(found, current().actor.locale), found.token

    def _charged_invoice(self) -> UUID:
        if self._invoice_id is None:
            raise NotFound("invoice")
        return self._invoice_id


def show_charge(found: ChargePreview, locale: str) -> PreviewView:
    """What charging will do, whether it succeeds, fails or takes its time."""
    amount, method = found.amount.format(locale), found.method.words
    left = f"{found.left.format(locale)} stay due." if found.left.minor else "The invoice is then paid."
    notes = [
        f"If it succeeds, {amount} are entered on {found.number}. {left}",
        "If the bank refuses, nothing moves. The invoice stays open and says why; no other method is tried.",
        "If the bank wants the customer to confirm (3-D Secure), nothing moves. Send the payment link then.",
    ]
    if found.takes_days:
        notes.insert(1, "A debit takes some business days; the invoice waits for it and says so.")
    if found.method.failure:
        notes.append(f"This method failed last time: {found.method.failure}")
    return PreviewView(
        sentence=f"Charges {amount} from {method}.",
        verb=money_verb(f"Charge {amount}"),
        done=f"{amount} are being charged. The page shows what becomes of it.",
        undo="Cannot be undone. A refund gives the money back.",
        holds="Charged once: a second press does nothing.",
        notes=notes,
    )


def _fields(found: ChargePreview, locale: str) -> list[FieldView]:
    methods = [ChoiceView(str(each.id), _label(each)) for each in found.methods]
    due = found.due.format(locale)
    return [
        FieldView("method", "Method", "select", str(found.method.id), methods),
        FieldView(
            "amount", "Amount", "text", str(found.amount.decimal), help=f"At most the {due} that are due."
        ),
    ]


def _label(method: MethodChoice) -> str:
    marks = [
        mark for mark in ("default" if method.is_default else "", "fails" if method.failure else "") if mark
    ]
    return f"{method.words} ({', '.join(marks)})" if marks else method.words


def charge_dialog(state: Any) -> rx.Component:
    """The form beside what it would do."""
    return preview_dialog(
        state,
        title="Charge " + state.charged_number,
        is_open=state.dialog == "charge",
        on_close=state.close_dialog,
        on_submit=state.commit_charge,
        on_change=state.choose_charge,
    )
