"""The mixin behind dialogs of what one person may not always decide alone: the same dialog asks a second one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import reflex as rx

from dashboard.components.approval import RequestNote
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current
from dashboard.shell.run import read
from models.approvals import (
    Needed,
    Order,
    RequestRow,
    RequestStatus,
    list_needs,
    request_approval,
    which_needed,
)
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.money import Money
from models.limits import LimitedAction

ASKED = "Approval requested. It is done as soon as somebody else approves it."
HOURS_IN_A_DAY = 24


class AsksApproval(rx.State, mixin=True):
    """Whether the open dialog needs a second person, and sending it; the page's state is a `DetailState`."""

    needs_approval: bool = False
    approval_note: str = ""

    _weights: dict[str, int] = {}  # noqa: RUF012 -- Reflex copies defaults for each state
    _weighed_in: str = ""
    _request_id: str = ""

    def _begin_request(self) -> None:
        """One id a form: sent twice it is one request."""
        self._request_id = new_id().hex
        self.needs_approval, self.approval_note = False, ""

    async def _weigh(self, weights: Mapping[LimitedAction, Money]) -> None:
        """Say whether these amounts need a second person, as the limits are now."""
        currency = next(iter(weights.values())).currency
        self._weights = {action.value: amount.minor for action, amount in weights.items()}
        self._weighed_in = currency
        needed = which_needed(await read(list_needs, currency), weights)
        self.needs_approval = needed is not None
        self.approval_note = need_words(needed, current().actor.locale) if needed else ""

    async def _commit_or_ask(
        self, order: Order, operation: Any, done: str, *, token: str, **arguments: Any
    ) -> Any:
        """Do it, or ask for it where one person may not; a limit that was lowered meanwhile turns the button."""
        if self.needs_approval:
            return await self._commit(
                request_approval, ASKED, order=order, request_id=UUID(self._request_id), token=token
            )
        answer = await self._commit(operation, done, token=token, **arguments)
        if self.dialog:
            await self._weigh_again()
        return answer

    async def _weigh_again(self) -> None:
        weights = self._weights.items()
        await self._weigh(
            {LimitedAction(action): Money(minor, self._weighed_in) for action, minor in weights}
        )


def request_notes(rows: list[RequestRow], reader: Actor) -> list[RequestNote]:
    """What waits for a decision about the thing shown."""
    return [
        RequestNote(
            f"/approvals/{each.id}",
            f"{each.requester} asked {relative_instant(each.created_at)}: {each.title}, "
            f"{Money(each.amount_minor, each.currency).format(reader.locale)}.",
            f"It could not be carried out: {each.error}"
            if each.error
            else f"It waits for a second person and expires {relative_instant(each.expires_at)}.",
        )
        for each in rows
        if each.standing == RequestStatus.waiting
    ]


def need_words(needed: Needed, locale: str) -> str:
    """Above which limit it is, who decides, and how long a request waits."""
    roles = " or ".join(needed.roles) or "nobody yet"
    hours = needed.expires_hours
    days, rest = divmod(hours, HOURS_IN_A_DAY)
    wait = f"{hours} hours" if rest else "1 day" if days == 1 else f"{days} days"
    return (
        f"This is above the {needed.limit.format(locale)} that one person decides alone. "
        f"Somebody else approves it ({roles}); the request waits {wait} at most."
    )
