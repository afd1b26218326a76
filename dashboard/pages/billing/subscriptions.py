"""Subscriptions: what customers have, and what is billed next."""

from typing import ClassVar

import reflex as rx

from dashboard.components.dialogs import link_button
from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.billing import SUBSCRIPTIONS
from models.kernel.permissions import Permission


class SubscriptionsState(ListState, rx.State):
    """The list of subscriptions."""

    listing: ClassVar = SUBSCRIPTIONS
    permission: ClassVar = Permission.subscriptions_read


@page("/billing/subscriptions", "Subscriptions", SubscriptionsState.load)
def subscriptions_page() -> rx.Component:
    """The generic list, with the way to a new one."""
    return list_page(
        SubscriptionsState,
        SUBSCRIPTIONS,
        actions=(link_button("New subscription", "plus", "/billing/subscriptions/new", key="n"),),
    )
