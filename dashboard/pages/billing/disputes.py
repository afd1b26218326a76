"""Disputes: which answer is due, and by when?"""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.kernel.permissions import Permission
from models.payments import DISPUTES


class DisputesState(ListState, rx.State):
    """The list of disputes."""

    listing: ClassVar = DISPUTES
    permission: ClassVar = Permission.payments_read


@page("/billing/disputes", "Disputes", DisputesState.load)
def disputes_page() -> rx.Component:
    """The generic list."""
    return list_page(DisputesState, DISPUTES)
