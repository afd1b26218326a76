"""One customer: who they are, what they pay, what is wrong, what happens next."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.views import Fact, RowView
from dashboard.pages.accounts import customer_data as data
from dashboard.pages.accounts import customer_view as view
from dashboard.pages.accounts.customer_billing import BillingTab
from dashboard.pages.accounts.customer_credit import CreditTab
from dashboard.pages.accounts.customer_methods import MethodsTab
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.states.approval_state import AsksApproval
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id
from models.accounts import (
    TenantStatus,
    add_contact,
    assign_owner,
    change_tenant_status,
    update_tenant,
)
from models.kernel.errors import Invalid, NotFound
from models.kernel.permissions import Permission


class CustomerState(BillingTab, CreditTab, MethodsTab, AsksApproval, DetailState, rx.State):
    """The customer shown, its dialogs and what they do."""

    permission: ClassVar = Permission.customers_read
    path: ClassVar = "/customers"
    tab_labels: ClassVar = (
        ("overview", "Overview"),
        ("subscriptions", "Subscriptions"),
        ("invoices", "Invoices"),
        ("methods", "Payment methods"),
        ("credit", "Credit"),
        ("people", "People"),
        ("billing", "Billing"),
        ("timeline", "Timeline"),
    )

    now_items: list[Fact] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    next_text: str = ""
    money: list[data.MoneyView] = []  # noqa: RUF012
    subscriptions: list[RowView] = []  # noqa: RUF012
    invoices: list[RowView] = []  # noqa: RUF012
    people: list[data.PersonView] = []  # noqa: RUF012
    invoices_href: str = ""
    start_href: str = ""
    form: dict[str, str] = {}  # noqa: RUF012
    owners: list[data.Choice] = []  # noqa: RUF012
    statuses: list[data.Choice] = []  # noqa: RUF012
    owner_id: str = ""

    _version: int = 0

    async def _fill(self) -> None:
        found = await read(data.load_customer, self._required_id())
        for name, value in data.show(found, current().actor).items():
            setattr(self, name, value)
        self._version = found.tenant.version
        await self._fill_billing()
        await self._fill_credit()
        await self._fill_methods()
        self._subject = data.subject(found)

    def _asked(self, name: str) -> Any:
        return type(self).open_dialog(name) if name in view.DIALOGS else None

    @rx.event
    @requires(Permission.customers_write)
    async def open_dialog(self, name: str) -> None:
        """Open one of the page's dialogs."""
        if name not in view.DIALOGS:
            raise Invalid("dialog.unknown", "This page has no such dialog. Reload it.")
        self.owners = await read(data.owner_choices)
        self.dialog, self.dialog_error = name, ""

    @rx.event
    @requires(Permission.customers_write)
    async def save(self, form: dict[str, str]) -> Any:
        """Change the customer's facts; a newer version is not overwritten."""
        return await self._commit(
            update_tenant,
            "Customer changed.",
            tenant_id=self._required_id(),
            tags=str(form.get("tags", "")).split(","),
            version=self._version,
            **{key: str(form.get(key, "")) for key in ("name", "email", "country", "time_zone", "locale")},
        )

    @rx.event
    @requires(Permission.customers_write)
    async def assign(self, form: dict[str, str]) -> Any:
        """Give the customer to an account manager, or to nobody."""
        owner = str(form.get("owner", ""))
        return await self._commit(
            assign_owner,
            "Account manager changed.",
            tenant_id=self._required_id(),
            owner_id=None if owner == data.NOBODY else as_id(owner),
        )

    @rx.event
    @requires(Permission.customers_write)
    async def change_status(self, form: dict[str, str]) -> Any:
        """Move the customer to another status."""
        return await self._commit(
            change_tenant_status,
            "Status changed.",
            tenant_id=self._required_id(),
            status=_status(str(form.get("status", ""))),
            reason=str(form.get("reason", "")),
        )

    @rx.event
    @requires(Permission.customers_write)
    async def add_person(self, form: dict[str, str]) -> Any:
        """Add a contact."""
        return await self._commit(
            add_contact,
            "Contact added.",
            tenant_id=self._required_id(),
            **{key: str(form.get(key, "")) for key in ("name", "email", "phone", "role")},
        )

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("customer")
        return self._id


def _status(text: str) -> TenantStatus:
    if text not in set(TenantStatus):
        raise Invalid("status.unknown", "Choose one of the statuses of the list.", field="status")
    return TenantStatus(text)


@page("/customers/[customer_id]", "Customer", CustomerState.load)
def customer_page() -> rx.Component:
    """Head, tabs, facts at the side."""
    return view.body(CustomerState)
