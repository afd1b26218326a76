"""Plans: what do we sell, to how many, for how much?"""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.dialogs import action_button, reason_dialog, select_field, text_field
from dashboard.components.list_page import list_page
from dashboard.shell.guard import requires
from dashboard.shell.page import page
from dashboard.states.dialog_state import DialogState
from dashboard.states.form_fields import texts
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.billing import PLANS, create_plan
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

KINDS = [("plan", "Plan, bought alone"), ("add_on", "Add-on, bought beside a plan")]
STARTS = [("draft", "Draft: prices first, then publish"), ("on_sale", "On sale at once")]


class PlansState(ListState, DialogState, rx.State):
    """The list of plans, and the form of a new one."""

    listing: ClassVar = PLANS
    permission: ClassVar = Permission.plans_read

    @rx.event
    @requires(Permission.plans_write)
    async def ask_plan(self) -> None:
        """Open the form of a new plan."""
        self.dialog, self.dialog_error = "plan", ""

    @rx.event
    @requires(Permission.plans_write)
    async def create(self, form: dict[str, str]) -> Any:
        """Make the plan and go on to its prices."""
        made = await self._submit(
            _create,
            is_add_on=form.get("kind") == "add_on",
            is_draft=form.get("start") != "on_sale",
            **texts(form, "name", "key", "description", "trial_days", "tax_code"),
        )
        forget_counts(self.listing)
        return rx.redirect(f"/billing/plans/{made}") if made else None


def _create(session: Session, actor: Actor, **facts: Any) -> UUID:
    return create_plan(session, actor, **facts).id


@page("/billing/plans", "Plans", PlansState.load)
def plans_page() -> rx.Component:
    """The generic list with a form for a new plan."""
    new = action_button("New plan", "plus", PlansState.ask_plan, is_main=True, key="n")
    return rx.fragment(list_page(PlansState, PLANS, actions=(new,)), _dialog(PlansState))


def _dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="New plan",
        effect="Version 1 of a plan. Its prices come next, one for each currency and rhythm.",
        undo="Can be archived, never deleted.",
        verb="Create plan",
        is_open=state.dialog == "plan",
        on_close=state.close_dialog,
        on_submit=state.create,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Name", "name", placeholder="Growth"),
            text_field("Key", "key", placeholder="Made from the name", required=False),
            text_field("Description", "description", placeholder="What is in it", required=False),
            text_field("Trial in days", "trial_days", default="0"),
            text_field("Kind of product for tax", "tax_code", default="standard"),
            select_field("Kind", "kind", KINDS, "plan"),
            select_field("Start as", "start", STARTS, "draft"),
        ),
    )
