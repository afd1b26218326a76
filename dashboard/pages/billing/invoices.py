"""Invoices: what is unpaid, what is late."""

from typing import ClassVar

import reflex as rx

from dashboard.components.dialogs import link_button
from dashboard.components.list_page import list_page
from dashboard.pages.billing.invoices_aging import aging_bar
from dashboard.pages.billing.invoices_bulk import BulkInvoices
from dashboard.pages.billing.invoices_bulk_view import bulk_actions, bulk_dialogs
from dashboard.shell.page import page
from dashboard.states.list_peek import RowAction
from models.billing import INVOICES
from models.kernel.permissions import Permission


class InvoicesState(BulkInvoices, rx.State):
    """The list of invoices, and what can be done with those selected."""

    listing: ClassVar = INVOICES
    permission: ClassVar = Permission.invoices_read
    row_actions: ClassVar = (
        RowAction(
            "Record payment", "banknote", "/billing/invoices/{id}?do=payment", Permission.payments_record
        ),
        RowAction("Void invoice", "ban", "/billing/invoices/{id}?do=void", Permission.invoices_void),
    )


@page(
    "/billing/invoices",
    "Invoices",
    [InvoicesState.load, InvoicesState.load_bulk, InvoicesState.load_aging],
)
def invoices_page() -> rx.Component:
    """What is due by age over the generic list, bulk actions, and the way to an invoice by hand."""
    state = InvoicesState
    new = link_button("New invoice", "plus", "/billing/invoices/new", key="n")
    return list_page(
        state,
        INVOICES,
        bulk=bulk_actions(state),
        actions=(new,),
        notice=rx.fragment(aging_bar(state), bulk_dialogs(state)),
    )
