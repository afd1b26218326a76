"""Credit notes: what did we give back?"""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.billing import CREDIT_NOTES
from models.kernel.permissions import Permission


class CreditNotesState(ListState, rx.State):
    """The list of credit notes."""

    listing: ClassVar = CREDIT_NOTES
    permission: ClassVar = Permission.credit_notes_read


@page("/billing/credit-notes", "Credit notes", CreditNotesState.load)
def credit_notes_page() -> rx.Component:
    """The generic list."""
    return list_page(CreditNotesState, CREDIT_NOTES)
