"""Payments: did the money arrive?"""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.billing import PAYMENTS
from models.kernel.permissions import Permission


class PaymentsState(ListState, rx.State):
    """The list of payments."""

    listing: ClassVar = PAYMENTS
    permission: ClassVar = Permission.payments_read


@page("/billing/payments", "Payments", PaymentsState.load)
def payments_page() -> rx.Component:
    """The generic list."""
    return list_page(PaymentsState, PAYMENTS)
