"""Customers: which of them need attention."""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.billing import CUSTOMERS
from models.kernel.permissions import Permission


class CustomersState(ListState, rx.State):
    """The list of customers."""

    listing: ClassVar = CUSTOMERS
    permission: ClassVar = Permission.customers_read


@page("/customers", "Customers", CustomersState.load)
def customers_page() -> rx.Component:
    """The generic list."""
    return list_page(CustomersState, CUSTOMERS)
