"""Customers: which of them need attention."""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.pages.accounts.customers_bulk import BulkCustomers, bulk_actions, bulk_panel
from dashboard.pages.accounts.customers_new import NewCustomer, new_button, new_dialog
from dashboard.shell.page import page
from dashboard.states.list_peek import RowAction
from models.billing import CUSTOMERS
from models.kernel.permissions import Permission


class CustomersState(BulkCustomers, NewCustomer, rx.State):
    """The list of customers, and what can be done with those selected."""

    listing: ClassVar = CUSTOMERS
    permission: ClassVar = Permission.customers_read
    write_permission: ClassVar = Permission.customers_write
    row_actions: ClassVar = (
        RowAction("Edit", "pencil", "/customers/{id}?do=edit", Permission.customers_write, "e"),
        RowAction("Assign", "user-check", "/customers/{id}?do=owner", Permission.customers_write),
    )


@page("/customers", "Customers", CustomersState.load)
def customers_page() -> rx.Component:
    """The generic list, with bulk actions."""
    state = CustomersState
    return list_page(
        state,
        CUSTOMERS,
        bulk=bulk_actions(state),
        actions=(new_button(state),),
        notice=rx.fragment(bulk_panel(state), new_dialog(state)),
    )
