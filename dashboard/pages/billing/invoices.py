"""Invoices: what is unpaid, what is late."""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.billing import INVOICES
from models.kernel.permissions import Permission


class InvoicesState(ListState, rx.State):
    """The list of invoices."""

    listing: ClassVar = INVOICES
    permission: ClassVar = Permission.invoices_read


@page("/billing/invoices", "Invoices", InvoicesState.load)
def invoices_page() -> rx.Component:
    """The generic list, and the way to an invoice by hand."""
    new = rx.link(
        rx.button(rx.icon("plus", size=16), "New invoice", high_contrast=True, tab_index=-1),
        href="/billing/invoices/new",
    )
    return list_page(InvoicesState, INVOICES, actions=(new,))
