"""Coupons: what lowers our prices, and how often it was given."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.dialogs import action_button, reason_dialog, select_field, text_field
from dashboard.components.list_page import list_page
from dashboard.shell.guard import requires
from dashboard.shell.page import page
from dashboard.states.dialog_state import DialogState
from dashboard.states.form_fields import day_or_none, texts
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.billing import COUPONS, create_coupon
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

DURATIONS = [
    ("once", "Once: the next billed period"),
    ("periods", "A number of billed periods"),
    ("forever", "Forever"),
]


class CouponsState(ListState, DialogState, rx.State):
    """The list of coupons, and the form of a new one."""

    listing: ClassVar = COUPONS
    permission: ClassVar = Permission.coupons_read

    @rx.event
    @requires(Permission.coupons_write)
    async def ask_coupon(self) -> None:
        """Open the form of a new coupon."""
        self.dialog, self.dialog_error = "coupon", ""

    @rx.event
    @requires(Permission.coupons_write)
    async def create(self, form: dict[str, str]) -> Any:
        """Make the coupon and go on to its codes."""
        made = await self._submit(
            _create,
            redeem_until_on=day_or_none(form, "redeem_until_on"),
            **texts(form, "name", "key", "percent_off", "amount_off", "currency"),
            **texts(form, "duration", "duration_periods", "max_redemptions"),
        )
        forget_counts(self.listing)
        return rx.redirect(f"/billing/coupons/{made}") if made else None


def _create(session: Session, actor: Actor, **facts: Any) -> UUID:
    return create_coupon(session, actor, **facts).id


@page("/billing/coupons", "Coupons", CouponsState.load)
def coupons_page() -> rx.Component:
    """The generic list with a form for a new coupon."""
    new = action_button("New coupon", "plus", CouponsState.ask_coupon, is_main=True, key="n")
    return rx.fragment(list_page(CouponsState, COUPONS, actions=(new,)), _dialog(CouponsState))


def _dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="New coupon",
        effect="Takes a percentage or an amount off each billed period it is used in.",
        undo="Can be archived, never deleted. Its terms do not change: other terms are another coupon.",
        verb="Create coupon",
        is_open=state.dialog == "coupon",
        on_close=state.close_dialog,
        on_submit=state.create,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Name", "name", placeholder="Welcome, 10 %"),
            text_field("Key", "key", placeholder="Made from the name", required=False),
            rx.flex(
                text_field("Percent off", "percent_off", placeholder="10", required=False),
                text_field("or amount off", "amount_off", placeholder="5.00", required=False),
                text_field("Currency", "currency", placeholder="EUR", required=False),
                gap="var(--space-3)",
                width="100%",
            ),
            select_field("Holds", "duration", DURATIONS, "once"),
            text_field("Number of periods", "duration_periods", placeholder="3", required=False),
            rx.flex(
                text_field("At most given", "max_redemptions", placeholder="No limit", required=False),
                text_field("No longer given from", "redeem_until_on", kind="date", required=False),
                gap="var(--space-3)",
                width="100%",
            ),
        ),
    )
