"""Charges: did the money arrive, and if not, whose move is it?"""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_peek import RowAction
from dashboard.states.list_state import ListState
from models.kernel.permissions import Permission
from models.payments import CHARGES


class ChargesState(ListState, rx.State):
    """The list of charges."""

    listing: ClassVar = CHARGES
    permission: ClassVar = Permission.payments_read
    row_actions: ClassVar = (
        RowAction("Charge again", "zap", "/billing/charges/{id}?do=charge", Permission.payments_charge),
        RowAction("Refund", "rotate-ccw", "/billing/charges/{id}?do=refund", Permission.payments_refund),
    )


@page("/billing/charges", "Charges", ChargesState.load)
def charges_page() -> rx.Component:
    """The generic list."""
    return list_page(ChargesState, CHARGES)
