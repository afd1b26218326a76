"""The Collection tab of an invoice: its charges as they happen, the charge by hand, the payment link."""

from typing import Any

import reflex as rx

from dashboard.components.callouts import callout
from dashboard.components.detail import section
from dashboard.components.dialogs import action_button
from dashboard.pages.billing.charge_dialog import ChargeDialog
from dashboard.pages.billing.charge_views import ChargeView, charge_line, charge_view
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current, requires
from dashboard.shell.money_mode import why_no_payments
from dashboard.shell.run import read
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.permissions import Permission
from models.payments import Collection, get_collection, sign_payment_link


class CollectTab(ChargeDialog, rx.State, mixin=True):
    """Variables and handlers of the tab; the page's state is a `DetailState` of an invoice."""

    charges: list[ChargeView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    collection_text: str = ""
    under_way: str = ""
    needs_customer: str = ""
    link_refusal: str = ""

    async def _fill_collection(self) -> None:
        reader = current().actor
        self._invoice_id, self.charged_number = self._id, self.title
        if not reader.may(Permission.payments_read):
            self.charges, self.under_way, self.needs_customer = [], "", ""
            self.charge_refusal = self.link_refusal = "You need payments:read to see how it is collected."
            self.collection_text = self.charge_refusal
            return
        found = await read(get_collection, self._required_id())
        self.charges = [charge_view(each, reader) for each in found.charges]
        self.charge_refusal = why_no_payments() or found.refusal
        self.link_refusal = _why_no_link(found)
        self.under_way, self.needs_customer = _callouts(found, reader)
        self.collection_text = (
            "The default method is charged when an invoice is issued."
            if found.is_automatic
            else "Every invoice waits for the customer to pay, by link or bank transfer."
        )

    @rx.event
    @requires(Permission.payments_charge)
    async def copy_link(self) -> Any:
        """Put the signed address of the payment page on the clipboard."""
        if self._invoice_id is None:
            raise NotFound("invoice")
        if self.link_refusal:
            return rx.toast.info("Payment link: not possible", description=self.link_refusal)
        return [
            rx.set_clipboard(sign_payment_link(self._invoice_id)),
            rx.toast.success("Payment link copied. Whoever has it can pay this invoice."),
        ]


def _why_no_link(found: Collection) -> str:
    """A link is possible where a charge is, and where only the method is missing."""
    return why_no_payments() or ("" if found.is_owed else found.refusal)


def _callouts(found: Collection, reader: Actor) -> tuple[str, str]:
    """What is under way, and what the customer has to do."""
    waiting, running = found.needs_customer, found.under_way
    if running is not None and running is not waiting:
        what = {
            "requested": "is about to be charged from",
            "sent": "is being charged from",
            "processing": "is being debited from",
        }.get(running.status, "is being collected through")
        amount = charge_view(running, reader).amount
        since = relative_instant(running.created_at)
        unknown = (
            f" {running.sentence} It is looked up; nothing is charged twice." if running.is_unknown else ""
        )
        return f"{amount} {what} {running.method} (asked {since}).{unknown}", ""
    if waiting is not None:
        return "", f"{waiting.sentence or 'The payment page is open.'} The invoice waits for the customer."
    return "", ""


def collection_tab(state: Any) -> rx.Component:
    """How it is collected, and every charge."""
    return rx.vstack(
        collection_callouts(state),
        section(
            "Charges",
            rx.text(state.collection_text, size="2", color="var(--gray-11)"),
            charge_line(
                state.charges,
                nothing="Charge takes the amount from a saved method; a link lets the customer pay.",
            ),
        ),
        spacing="4",
        width="100%",
    )


def collection_callouts(state: Any) -> rx.Component:
    """A charge under way, or what the customer has to do, with the link."""
    return rx.fragment(
        rx.cond(state.under_way != "", callout(state.under_way, "indigo", "loader", role="status")),
        rx.cond(
            state.needs_customer != "",
            callout(
                rx.fragment(
                    state.needs_customer,
                    " ",
                    rx.button(
                        "Copy payment link",
                        on_click=state.copy_link,
                        size="1",
                        variant="outline",
                        color_scheme="gray",
                        high_contrast=True,
                    ),
                ),
                "amber",
                "user-check",
                role="status",
            ),
        ),
    )


def collect_actions(state: Any, record: rx.Component, main_record: rx.Component) -> rx.Component:
    """Charge is the main action where there is a method, recording a payment where there is none."""
    return rx.cond(
        state.charge_refusal == "",
        rx.fragment(
            record,
            action_button("Payment link", "link", state.copy_link, refusal=state.link_refusal),
            action_button("Charge", "zap", state.ask_charge, is_main=True),
        ),
        rx.fragment(
            action_button("Payment link", "link", state.copy_link, refusal=state.link_refusal),
            action_button("Charge", "zap", state.ask_charge, refusal=state.charge_refusal),
            main_record,
        ),
    )
