"""The Payment methods tab of a customer: what is charged, in which order, and whether it is charged by itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.shell.guard import current, requires
from dashboard.shell.run import read, write
from dashboard.shell.theme import tone
from dashboard.states.form_fields import as_id
from models.kernel.actor import Actor
from models.kernel.permissions import Permission
from models.payments import (
    METHODS,
    MethodRow,
    change_collection,
    collects_automatically,
    list_methods_of,
    prefer_method,
    sign_method_link,
)

NO_ACCOUNT = (
    "This customer has no payment method yet, so every invoice waits for them to pay. Send a link first."
)


@dataclass(frozen=True)
class MethodView:
    """A method as shown; `refusal` says why it cannot be the default."""

    id: str
    words: str
    expires: str
    badge: str
    tone: str
    failure: str
    is_default: bool
    can_prefer: bool


class MethodsTab(rx.State, mixin=True):
    """Variables and handlers of the tab; the page's state is a `DetailState` of a customer."""

    methods: list[MethodView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    is_automatic: bool = False
    collect_refusal: str = ""
    collect_text: str = ""

    async def _fill_methods(self) -> None:
        if not current().actor.may(Permission.payment_methods_read):
            self.methods, self.collect_text = [], "You need payment_methods:read to see payment methods."
            return
        found, is_automatic = await read(load_methods, self._required_id())
        self.methods = [_method(each) for each in found]
        self.is_automatic = is_automatic is True
        self.collect_refusal = NO_ACCOUNT if is_automatic is None else ""
        self.collect_text = _collect_text(found, is_automatic)

    @rx.event
    @requires(Permission.payment_methods_write)
    async def prefer(self, identifier: str) -> Any:
        """Charge this method first from now on."""
        await write(prefer_method, payment_method_id=as_id(identifier))
        await self._refill()
        return rx.toast.success("Charged first from now on.")

    @rx.event
    @requires(Permission.payment_methods_write)
    async def ask_collection(self) -> None:
        """Ask before it is changed how invoices are collected."""
        self.dialog, self.dialog_error = "collection", ""

    @rx.event
    @requires(Permission.payment_methods_write)
    async def set_collection(self, _form: dict[str, str]) -> Any:
        """Charge invoices as they are issued, or no longer."""
        if self.dialog != "collection":
            return None
        return await self._commit(
            change_collection,
            "Invoices wait for the customer."
            if self.is_automatic
            else "Invoices are charged at their issue.",
            tenant_id=self._required_id(),
            is_automatic=not self.is_automatic,
        )

    @rx.event
    @requires(Permission.payments_charge)
    async def copy_method_link(self) -> Any:
        """Put the signed address on the clipboard on which the customer adds a method."""
        return [
            rx.set_clipboard(sign_method_link(self._required_id())),
            rx.toast.success("Link copied. Whoever has it can add a payment method for this customer."),
        ]


def load_methods(session: Session, actor: Actor, tenant_id: UUID) -> tuple[list[MethodRow], bool | None]:
    """The methods, and whether they are charged at the issue; None where the customer has none at Stripe."""
    return list_methods_of(session, actor, tenant_id), collects_automatically(session, actor, tenant_id)


def _method(row: MethodRow) -> MethodView:
    return MethodView(
        str(row.id),
        row.words,
        row.expiry or "\u2014",
        METHODS.labels[row.standing.value],
        tone("payment_methods", row.standing.value),
        row.failure,
        row.is_default,
        not row.is_default and row.status == "usable",
    )


def _collect_text(found: list[MethodRow], is_automatic: bool | None) -> str:  # noqa: FBT001 -- as the query gives it
    if is_automatic is None:
        return NO_ACCOUNT
    if not is_automatic:
        return "Invoices are not charged by themselves: the customer pays by link or bank transfer."
    backups = sum(each.status == "usable" and not each.is_default for each in found)
    others = f" If it fails, the {backups} other{'s' if backups > 1 else ''} are tried." if backups else ""
    return f"The default is charged when an invoice is issued.{others}"
