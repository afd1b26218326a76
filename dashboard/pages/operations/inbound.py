"""The inbox of webhooks: what did Stripe tell us, and what became of it?"""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.dialogs import action_button, reason_dialog, reason_field
from dashboard.components.list_page import list_page
from dashboard.shell.guard import requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.states.dialog_state import DialogState
from dashboard.states.list_peek import RowAction
from dashboard.states.list_state import ListState
from models.kernel.errors import Conflict
from models.kernel.permissions import Permission
from models.webhooks import INBOUND, list_failed_kinds, replay_dead

SHOWN_KINDS = 5


class InboundState(ListState, DialogState, rx.State):
    """The list of messages, and working off again what was given up."""

    listing: ClassVar = INBOUND
    permission: ClassVar = Permission.inbound_read
    write_permission: ClassVar = Permission.inbound_retry
    row_actions: ClassVar = (
        RowAction("Replay", "refresh-cw", "/ops/inbound/{id}?do=replay", Permission.inbound_retry),
    )

    effect: str = ""
    verb: str = ""

    @rx.event
    @requires(Permission.inbound_retry)
    async def ask_all(self) -> None:
        """Say how many were given up, and of which kinds."""
        kinds = await read(list_failed_kinds)
        if not kinds:
            raise Conflict("inbound_event.none_dead", "Nothing was given up, so nothing is replayed.")
        number = sum(count for _, count in kinds)
        self.effect, self.verb = replay_effect(kinds), f"Replay {number:,} message{'s' if number > 1 else ''}"
        self.dialog, self.dialog_error = "all", ""

    @rx.event
    @requires(Permission.inbound_retry)
    async def replay_all(self, form: dict[str, str]) -> Any:
        """Work off again all that was given up."""
        if self.dialog != "all":
            return None
        count = await self._submit(replay_dead, reason=str(form.get("reason", "")))
        return (
            None if count is None else rx.toast.success(f"{count:,} put back. They are worked off at once.")
        )


def replay_effect(kinds: list[tuple[str, int]]) -> str:
    """What replaying everything given up does, kinds with their numbers.

    >>> replay_effect([("charge.refunded", 2), ("dispute.closed", 1)])
    '3 messages are worked off again: 2 charge.refunded, 1 dispute.closed. Each is fetched anew from Stripe, so what was done already stays as it is.'
    """
    number = sum(count for _, count in kinds)
    shown = ", ".join(f"{count:,} {kind}" for kind, count in kinds[:SHOWN_KINDS])
    more = f" and {len(kinds) - SHOWN_KINDS} other kinds" if len(kinds) > SHOWN_KINDS else ""
    what = "message is" if number == 1 else "messages are"
    return (
        f"{number:,} {what} worked off again: {shown}{more}. "
        "Each is fetched anew from Stripe, so what was done already stays as it is."
    )


@page("/ops/inbound", "Inbox of webhooks", InboundState.load)
def inbound_page() -> rx.Component:
    """The generic list, and the dialog that replays what was given up."""
    state = InboundState
    return rx.fragment(
        list_page(
            state,
            INBOUND,
            actions=(
                rx.cond(
                    state.can_write,
                    action_button("Replay all given up", "refresh-cw", state.ask_all),
                ),
            ),
        ),
        replay_dialog(
            state,
            "all",
            title="Replay all that was given up",
            effect=state.effect,
            verb=state.verb,
            on_submit=state.replay_all,
        ),
    )


def replay_dialog(
    state: Any, name: str, *, title: Any, effect: Any, verb: Any, on_submit: Any
) -> rx.Component:
    """Asks what was mended before messages are worked off again."""
    return reason_dialog(
        title=title,
        effect=effect,
        undo="Cannot be undone; replaying twice changes nothing more.",
        verb=verb,
        is_open=state.dialog == name,
        on_close=state.close_dialog,
        on_submit=on_submit,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("What was mended?"),),
    )
