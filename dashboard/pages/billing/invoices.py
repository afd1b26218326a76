"""Invoices: what is unpaid, what is late."""

from typing import ClassVar

import reflex as rx

from dashboard.components.dialogs import link_button
from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_peek import RowAction
from dashboard.states.list_state import ListState
from models.billing import INVOICES
from models.kernel.permissions import Permission


class InvoicesState(ListState, rx.State):
    """The list of invoices."""

    listing: ClassVar = INVOICES
    permission: ClassVar = Permission.invoices_read
    row_actions: ClassVar = (
        RowAction(
            "Record payment", "banknote", "/billing/invoices/{id}?do=payment", Permission.payments_record
        ),
        RowAction("Void invoice", "ban", "/billing/invoices/{id}?do=void", Permission.invoices_void),
    )


@page("/billing/invoices", "Invoices", InvoicesState.load)
def invoices_page() -> rx.Component:
    """The generic list, and the way to an invoice by hand."""
    new = link_button("New invoice", "plus", "/billing/invoices/new", key="n")
    return list_page(InvoicesState, INVOICES, actions=(new,))
