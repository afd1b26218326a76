"""Payment methods: whose card will fail next?"""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.guard import requires
from dashboard.shell.page import page
from dashboard.shell.run import write
from dashboard.states.form_fields import as_id
from dashboard.states.list_state import ListState
from models.kernel.errors import Invalid
from models.kernel.permissions import Permission
from models.payments import METHODS, prefer_method


class PaymentMethodsState(ListState, rx.State):
    """The list of methods."""

    listing: ClassVar = METHODS
    permission: ClassVar = Permission.payment_methods_read
    write_permission: ClassVar = Permission.payment_methods_write

    @rx.event
    @requires(Permission.payment_methods_write)
    async def prefer(self) -> Any:
        """Charge the selected method first from now on; its customer's other one becomes a backup."""
        if len(self.selected) != 1:
            raise Invalid("payment_method.choose_one", "Select one method: a customer has one default.")
        method = await write(prefer_method, payment_method_id=as_id(self.selected[0]))
        self.selected = []
        return rx.toast.success(
            f"The one ending in {method.last4 or method.brand} is charged first from now on."
        )


@page("/billing/payment-methods", "Payment methods", PaymentMethodsState.load)
def payment_methods_page() -> rx.Component:
    """The generic list; a default is chosen here or on the customer's page."""
    state = PaymentMethodsState
    prefer = rx.cond(
        state.can_write,
        rx.button("Make default", on_click=state.prefer, size="1", variant="soft", high_contrast=True),
    )
    return list_page(state, METHODS, bulk=(prefer,))
