"""Notifications: did the message go out?"""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.feedback import notice
from dashboard.components.list_page import list_page
from dashboard.shell.guard import Mark, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.states.list_peek import RowAction
from dashboard.states.list_state import ListState
from models.channels import MESSAGES, count_kept
from models.integrations.mail import why_not_send
from models.kernel.permissions import Permission


class MessagesState(ListState, rx.State):
    """The outbox, and whether anything leaves it."""

    listing: ClassVar = MESSAGES
    permission: ClassVar = Permission.notifications_read
    row_actions: ClassVar = (
        RowAction("Send again", "send", "/ops/notifications/{id}?do=resend", Permission.notifications_send),
    )

    standing: str = ""

    @rx.event
    @requires(Mark.page)
    async def look_at_server(self) -> None:
        """Say whether a mail server is set, and how many mails wait for one."""
        why, kept = why_not_send(), await read(count_kept)
        again = f" {kept:,} kept earlier wait to be sent again by a person." if kept and not why else ""
        self.standing = why or again.strip()


@page("/ops/notifications", "Notifications", [MessagesState.load, MessagesState.look_at_server])
def messages_page() -> rx.Component:
    """The generic list, below a line that says why nothing leaves."""
    return list_page(MessagesState, MESSAGES, notice=_standing())


def _standing() -> Any:
    return rx.cond(MessagesState.standing != "", notice("mail-warning", MessagesState.standing))
